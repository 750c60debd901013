#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""winrm_client.py URL USER TEST PASSWORD...: Debian's python3-winrm over our requests_credssp.

A PASSWORD may be "@FILE", for the first line of FILE. For each of them a line is printed: "ok"
and facts, or the name and the text of an exception. One process makes several logons, because
Python starts slowly in an emulated machine.

  run    a command with an exit code, output and errors
  large  a command line and an output of more than one TLS record
  many   several commands in one shell, and several shells
  oldest as run, with the lowest version that pywinrm 0.5 passes
  wait   logs on, prints "ready", and ends with its standard input
"""

import functools
import sys

import winrm
from requests_credssp import HttpCredSSPAuth

# pywinrm must have taken ours
assert winrm.transport.HttpCredSSPAuth is HttpCredSSPAuth


def protocol(url, user, password):
    return winrm.protocol.Protocol(
        url,
        transport="credssp",
        username=user,
        password=password,
        operation_timeout_sec=60,
        read_timeout_sec=600,
    )


def run(p, command):
    shell = p.open_shell()
    # pywinrm 0.5 has no session any more once the shell is closed
    run.auth = p.transport.session.auth
    ident = p.run_command(shell, command)
    out, err, code = p.get_command_output(shell, ident)
    p.cleanup_command(shell, ident)
    p.close_shell(shell)
    return code, out, err


def test_run(p):
    assert run(p, "echo out; echo err >&2; exit 5") == (5, b"out\n", b"err\n")
    print("ok")


def test_oldest(p):
    winrm.transport.HttpCredSSPAuth = functools.partial(HttpCredSSPAuth, minimum_version=2)
    test_run(p)


def test_large(p):
    text = "".join(chr(ord("a") + i % 26) for i in range(40000))
    code, out, _ = run(p, f"printf %s {text}")
    assert (code, out.decode()) == (0, text)
    code, out, err = run(p, "head -c 200000 /dev/zero | tr '\\0' x; head -c 50000 /dev/zero >&2")
    assert (code, len(out), len(err)) == (0, 200000, 50000)
    assert set(out) == {ord("x")} and set(err) == {0}
    print("ok", run.auth.cipher_negotiated)


def test_many(p):
    shells = [p.open_shell() for _ in range(3)]
    for i in range(6):
        ident = p.run_command(shells[i % 3], "echo", [str(i)])
        assert p.get_command_output(shells[i % 3], ident) == (b"%d\n" % i, b"", 0)
        p.cleanup_command(shells[i % 3], ident)
    # the others end with the connection, which pywinrm 0.5 closes now
    p.close_shell(shells[0])
    try:
        p.run_command(shells[0], "true")
    except winrm.exceptions.WinRMError as err:
        assert "no such shell" in str(err)
        print("ok")


def test_wait(p):
    code, _, _ = run(p, "true")
    print("ready", code, flush=True)
    sys.stdin.read()


def main():
    url, user, test, *passwords = sys.argv[1:]
    for password in passwords:
        if password.startswith("@"):
            with open(password[1:], encoding="utf-8") as f:
                password = f.readline().rstrip("\n")
        try:
            globals()[f"test_{test}"](protocol(url, user, password))
        except Exception as err:
            print(type(err).__name__, err)


main()
