# SPDX-License-Identifier: LGPL-2.1-or-later
"""requests_credssp without the kernel module: layouts, arguments, and exchanges over HTTP."""

import base64
import ctypes
import http.server
import os
import subprocess
import tempfile
import threading
import unittest
from unittest import mock

import requests

from requests_credssp import AuthenticationException, HttpCredSSPAuth
from requests_credssp import InvalidConfigurationException, NTStatusException
from requests_credssp import auth, context, library


class Abi(unittest.TestCase):
    """The layouts and numbers are those of the headers."""

    def setUp(self):
        out = subprocess.run([os.environ["ABI_TEST"]], capture_output=True, check=True, text=True)
        self.lines = [line.split() for line in out.stdout.splitlines()]

    def test_structures(self):
        members = 0
        for kind, *words in self.lines:
            structure = library.STRUCTURES.get(words[0])
            if kind == "size":
                self.assertEqual(ctypes.sizeof(structure), int(words[1]), words[0])
            elif kind == "member":
                field = getattr(structure, words[1])
                self.assertEqual((field.offset, field.size), (int(words[2]), int(words[3])), words)
                members += 1
        known = sum(len(s._fields_) for s in library.STRUCTURES.values())
        # Report's reserved words are not compared
        self.assertEqual(members, known - 1)

    def test_numbers(self):
        numbers = {words[0]: int(words[1]) for kind, *words in self.lines if kind == "number"}
        for name, value in numbers.items():
            self.assertEqual(getattr(library, name), value, name)
        mine = {n for n in vars(library) if n.isupper() and isinstance(getattr(library, n), int)}
        self.assertEqual(mine, set(numbers))

    def test_functions(self):
        self.assertTrue(library.load().credssp_status_text(0))

    def test_no_device(self):
        if os.path.exists("/dev/credssp"):
            self.skipTest("there is a module")
        with self.assertRaisesRegex(OSError, "/dev/credssp"):
            HttpCredSSPAuth("alice", "secret")


class Arguments(unittest.TestCase):
    def identity(self, username, password):
        return auth._identity(username, password)

    def test_passwords(self):
        for username, password, want in [
            ("alice", "x", {"user": b"alice", "password": b"x"}),
            ("A\\alice", "x", {"user": b"alice", "domain": b"A", "password": b"x"}),
            ("alice@A", "", {"user": b"alice@A", "password": b""}),
            (".\\b\u00fccher", "\u20ac", {
                "user": "b\u00fccher".encode(), "domain": b".", "password": "\u20ac".encode()}),
            ("alice", b"x", {"user": b"alice", "password": b"x"}),
            ("alice", "credssp:password:credssp:saved", {
                "user": b"alice", "password": b"credssp:saved"}),
            ("alice", None, {}),
            (None, "credssp:saved", {}),
            ("alice", "credssp:key:123", {"key": 123}),
            ("alice", "credssp:ccache", {"ticket_source": 1}),
            ("alice", "credssp:ccache:FILE:/x", {"ticket_source": 1, "tickets": b"FILE:/x"}),
            ("alice", "credssp:keytab:/x", {"ticket_source": 2, "tickets": b"/x"}),
        ]:
            self.assertEqual(self.identity(username, password), want)

    def test_wrong(self):
        for username, password in [
            (None, "x"), ("", "x"), ("alice", "credssp:"), ("alice", "credssp:key"),
            ("alice", "credssp:key:"), ("alice", "credssp:key:-1"), ("alice", "credssp:key:0"),
            ("alice", "credssp:key:2147483648"), ("alice", "credssp:key:1 "),
            ("alice", "credssp:key:\u0663"), ("alice", "credssp:saved:x"), ("alice", "credssp:SAVED"),
            (None, "credssp:password:x"),
        ]:
            with self.assertRaises(InvalidConfigurationException, msg=(username, password)):
                self.identity(username, password)

    def test_options(self):
        for options in [
            {"disable_tlsv1_2": True}, {"auth_mechanism": "digest"}, {"pins": "00"},
            {"pins": ["x" * 64]}, {"pins": ["00" * 32] * 17},
        ]:
            with self.assertRaises(InvalidConfigurationException, msg=options):
                HttpCredSSPAuth("alice", "x", **options)
        colons = ":".join(["0f"] * 32)
        self.assertEqual(auth._pins(colons), {"pin_count": 1, "pins": b"\x0f" * 32})
        self.assertEqual(auth._pins([]), {})

    def test_minimum_version(self):
        """2 is the public package's default, and must not lower the policy's minimum."""
        for options, want in [
            ({}, 0), ({"minimum_version": None}, 0), ({"minimum_version": 0}, 0),
            ({"minimum_version": 2}, 0), ({"minimum_version": 3}, 3), ({"minimum_version": 6}, 6),
        ]:
            with mock.patch.object(auth, "Credential") as credential:
                HttpCredSSPAuth("alice", "x", **options)
            self.assertEqual(credential.call_args.kwargs["min_version"], want, options)

    def test_challenges(self):
        for value, offer, tokens in [
            ("CredSSP", True, []), ("Negotiate, credssp", True, []), ("CredSSP YQ==", False, ["YQ=="]),
            ("CredSSP, CredSSP YQ==", True, ["YQ=="]), ("CREDSSP  YQ== , Basic realm=\"x\"", False, ["YQ=="]),
            ("CredSSPx", False, []), ("XCredSSP YQ==", False, []), ("CredSSP=YQ", False, []),
            ("CredSSP YQ==, CredSSP Yg==", False, ["YQ==", "Yg=="]), ("", False, []),
        ]:
            self.assertEqual(bool(auth._OFFER.search(value)), offer, value)
            self.assertEqual(auth._TOKEN.findall(value), tokens, value)


class FakeCredential:
    def __init__(self, **members):
        self.members = members

    def close(self):
        pass


class FakeContext:
    """Tokens are names; the exchange is hello, key, credentials."""

    made = []

    def __init__(self, credential, target, flags):
        self.target, self.flags = target, flags
        self.established, self.alert, self.closed = False, b"", False
        self.script = iter([(None, b"hello"), (b"hello", b"key"), (b"key", b"credentials")])
        FakeContext.made.append(self)

    def step(self, token=None):
        want, answer = next(self.script)
        if token != want:
            self.alert = b"alert"
            raise AuthenticationException("wrong token")
        self.established = answer == b"credentials"
        return answer

    def unwrap(self, data):
        return b"" if data == b"ticket" else data

    def denied(self, what):
        return AuthenticationException(f"denied: {what}")

    def close(self):
        self.closed = True


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def do_POST(self):
        if self.server.elsewhere:
            self.send_response(307)
            self.send_header("Location", self.server.elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.headers.get("Transfer-Encoding"):
            body = b"".join(self.chunks())
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization")
        name = base64.b64decode(token.split()[1]).decode() if token else ""
        self.server.seen.append((name, body, self.client_address[1]))
        status, challenges = self.server.answers.get(name, (500, []))
        self.send_response(status)
        for challenge in challenges:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"body")

    def log_message(self, *args):
        pass


def token(name):
    return "CredSSP " + base64.b64encode(name).decode()


class Exchange(unittest.TestCase):
    def serve(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.seen = []
        server.elsewhere = None
        server.answers = {
            "": (401, ["Negotiate", "CredSSP"]),
            "hello": (401, [token(b"hello")]),
            "key": (401, ["CredSSP", token(b"key")]),
            "credentials": (200, [token(b"ticket")]),
        }
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def setUp(self):
        self.server = self.serve()
        for name, fake in [("Credential", FakeCredential), ("Context", FakeContext)]:
            patch = mock.patch.object(auth, name, fake)
            patch.start()
            self.addCleanup(patch.stop)
        FakeContext.made = []
        self.session = requests.Session()
        self.session.trust_env = False
        self.addCleanup(self.session.close)
        self.session.auth = HttpCredSSPAuth("A\\alice", "secret")

    def post(self, data=b"message", **headers):
        url = f"http://127.0.0.1:{self.server.server_address[1]}/wsman"
        return self.session.post(url, data=data, headers=headers, timeout=60)

    def names(self):
        return [name for name, _, _ in self.server.seen]

    def test_good(self):
        response = self.post()
        self.assertEqual((response.status_code, response.content), (200, b"body"))
        self.assertEqual(self.names(), ["", "hello", "key", "credentials"])
        # the message goes with the last token alone, and all on one connection
        bodies = [body for name, body, _ in self.server.seen if name]
        self.assertEqual(bodies, [b"", b"", b"message"])
        self.assertEqual(len({port for _, _, port in self.server.seen}), 1)
        self.assertEqual(FakeContext.made[0].target, "HTTP/127.0.0.1")
        self.assertEqual(FakeContext.made[0].flags, library.ISC_REQ_DELEGATE)
        self.assertEqual(self.session.auth.contexts, {"127.0.0.1": FakeContext.made[0]})
        self.session.auth.close()
        self.assertEqual(self.session.auth.contexts, {})

    def test_bodies(self):
        """Bodies that are read while they are sent: the last request has them from the start."""
        with tempfile.TemporaryFile() as file:
            file.write(b"not this, a file")
            file.seek(len(b"not this, "))
            self.assertEqual(self.post(file).status_code, 200)
        self.assertEqual([body for _, body, _ in self.server.seen],
                         [b"a file", b"", b"", b"a file"])
        self.server.seen = []
        # what cannot be read again is an error, and nothing else is sent in its place
        with self.assertRaises(requests.exceptions.RequestException):
            self.post(iter([b"a ", b"generator"]))
        self.assertEqual(self.names(), [""])
        self.assertEqual(len(FakeContext.made), 1)

    def test_redirect(self):
        """The server that the logon is for must not name another one that gets it."""
        other = self.serve()
        self.server.elsewhere = f"http://127.0.0.1:{other.server_address[1]}/wsman"
        self.assertEqual(self.post().status_code, 401)
        self.assertEqual([name for name, _, _ in other.seen], [""])
        self.assertEqual(FakeContext.made, [])

    def test_origins(self):
        for one, two, same in [
            ("http://srv/a", "http://SRV:80/b", True), ("https://srv", "https://srv:443/", True),
            ("https://srv", "http://srv", False), ("http://srv:5985", "http://srv:5986", False),
            ("http://srv", "http://srv.example", False), ("http://[::1]/", "http://[::1]:80", True),
        ]:
            self.assertEqual(auth._origin(one) == auth._origin(two), same, (one, two))

    def test_denied(self):
        for name, answer, words in [
            ("credentials", (401, ["CredSSP"]), "denied: 401"),
            ("credentials", (403, []), "denied: 403"),
            ("key", (401, ["CredSSP"]), "denied: 401"),
            ("key", (200, []), "denied: 200"),
            ("hello", (500, []), "denied: 500"),
            ("hello", (401, [token(b"hello"), token(b"hello")]), "several tokens"),
            ("hello", (401, ["CredSSP YQ"]), "not base64"),
            ("credentials", (200, [token(b"data")]), "has data"),
        ]:
            kept = dict(self.server.answers)
            self.server.answers[name] = answer
            with self.assertRaisesRegex(AuthenticationException, words, msg=answer):
                self.post()
            self.assertTrue(FakeContext.made[-1].closed)
            self.server.answers = kept

    def test_alert(self):
        self.server.answers["hello"] = (401, [token(b"bad")])
        with self.assertRaisesRegex(AuthenticationException, "wrong token"):
            self.post()
        self.assertEqual(self.names()[-1], "alert")

    def test_other_answers(self):
        self.server.answers[""] = (401, ["Negotiate"])
        self.assertEqual(self.post().status_code, 401)
        self.server.answers[""] = (500, [])
        self.assertEqual(self.post().status_code, 500)
        self.assertEqual(FakeContext.made, [])

    def test_sealed_again(self):
        kind = 'multipart/encrypted;protocol="application/HTTP-CredSSP-session-encrypted"'
        with self.assertRaisesRegex(AuthenticationException, "make a new session"):
            self.post(**{"Content-Type": kind})
        self.assertEqual(self.names(), [""])

    def test_before_logon(self):
        for call in (lambda a: a.wrap(b"x"), lambda a: a.unwrap(b"x"), lambda a: a.cipher_negotiated):
            with self.assertRaisesRegex(AuthenticationException, "no logon"):
                call(self.session.auth)


class Names(unittest.TestCase):
    def test_exceptions(self):
        self.assertTrue(issubclass(NTStatusException, AuthenticationException))

    def test_ciphers(self):
        """pywinrm takes the trailer's length from the name's end."""
        for name, want in [
            (b"TLS_AES_256_GCM_SHA384", "AES-256-GCM-SHA384"),
            (b"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES-128-GCM-SHA256"),
            (None, ""),
        ]:
            c = context.Context.__new__(context.Context)
            c._credential = mock.Mock()
            c._credential.library.credssp_cipher_name.return_value = name
            with mock.patch.object(context.Context, "report", lambda self: mock.Mock()):
                self.assertEqual(c.cipher, want)


if __name__ == "__main__":
    unittest.main(verbosity=0)
