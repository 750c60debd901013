#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
gss_acceptor.py MECH KEYTAB: an acceptor by Debian's python3-gssapi, for gss_package_test.

MECH is "kerberos" or "ntlm" (gss-ntlmssp, whose accounts are in $NTLM_USER_FILE), with
"spnego-" before it for SPNEGO of MIT's library around it.

It is in Python, unlike the other peers, because the point is a peer with no code of this
tree in it: python3-gssapi is what Linux services in Python accept with.

A command for each line of standard input, one line of standard output for each:
  new [HEX]      a new context, with these bytes as channel bindings   -> ok
  accept [HEX]   a token of the initiator, empty where the acceptor begins
                 -> more HEX | done FLAGS USER HEX
  wrap HEX | unwrap HEX | sign HEX   -> ok HEX
  verify HEX HEX  a message and its signature -> ok
A failure is "error TEXT".
"""

import sys

import gssapi
from gssapi.raw import ChannelBindings, set_neg_mechs

SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
MECHS = {
    "kerberos": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"),
    "ntlm": gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10"),
}
FLAGS = ("mutual_authentication", "confidentiality", "integrity", "replay_detection",
         "out_of_sequence_detection", "channel_bound")


def acceptor_credentials(mech, keytab):
    """Credentials of one mechanism, alone or inside SPNEGO."""
    inner = MECHS[mech.removeprefix("spnego-")]
    spnego = mech.startswith("spnego-")
    store = {"keytab": keytab} if inner == MECHS["kerberos"] else None
    creds = gssapi.Credentials(usage="accept", store=store,
                               mechs=[SPNEGO, inner] if spnego else [inner])
    if spnego:
        set_neg_mechs(creds, [inner])
    return creds


class Acceptor:
    """One context at a time."""

    def __init__(self, creds):
        self.creds = creds
        self.context = None

    def new(self, bindings=b""):
        bound = ChannelBindings(application_data=bindings) if bindings else None
        self.context = gssapi.SecurityContext(creds=self.creds, usage="accept",
                                              channel_bindings=bound)
        return "ok"

    def accept(self, token=b""):
        answer = (self.context.step(token) or b"").hex()
        if not self.context.complete:
            return f"more {answer}"
        flags = ",".join(name for name in FLAGS
                         if getattr(gssapi.RequirementFlag, name) in self.context.actual_flags)
        # gss-ntlmssp has a NUL behind the name
        user = bytes(self.context.initiator_name).rstrip(b"\0").decode()
        return f"done {flags or '-'} {user} {answer}"

    def wrap(self, message=b""):
        return f"ok {self.context.wrap(message, True).message.hex()}"

    def unwrap(self, message):
        result = self.context.unwrap(message)
        return f"ok {result.message.hex()}" if result.encrypted else "error not sealed"

    def sign(self, message=b""):
        return f"ok {self.context.get_signature(message).hex()}"

    def verify(self, *args):
        # The message may be empty, and then its hex is "-".
        self.context.verify_signature(args[0], args[1])
        return "ok"


def carry_out(acceptor, line):
    """The answer to one command."""
    verb, *args = line.split()
    if verb not in ("new", "accept", "wrap", "unwrap", "sign", "verify"):
        return f"error unknown command {verb}"
    try:
        args = [b"" if arg == "-" else bytes.fromhex(arg) for arg in args]
        return getattr(acceptor, verb)(*args)
    except gssapi.exceptions.GSSError as fault:
        return "error " + " ".join(str(fault).split())


def main():
    if len(sys.argv) != 3 or sys.argv[1].removeprefix("spnego-") not in MECHS:
        print(__doc__, file=sys.stderr)
        return 64
    acceptor = Acceptor(acceptor_credentials(sys.argv[1], sys.argv[2]))
    for line in sys.stdin:
        print(carry_out(acceptor, line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
