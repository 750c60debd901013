#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
gss_client.py MECH SERVICE@HOST USER DOMAIN PORT: a client of CredSSP, version 6, on 127.0.0.1, by
Debian's python3-gssapi and Python's ssl: TLS at once. The password is read from standard input.

MECH is "kerberos" or "ntlm" (gss-ntlmssp), with "spnego-" before it for SPNEGO of MIT's library
around it. Kerberos has the tickets of the default cache.

It is in Python, like gss_acceptor.py, because the point is a client with no code of this tree in
it. It prints "result=ok" when the server has proven its key and has taken the credentials, else
"result=fail at=STEP why=TEXT".
"""

import hashlib
import os
import socket
import ssl
import sys

import gssapi
from gssapi.raw import acquire_cred_with_password, set_neg_mechs

SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
MECHS = {
    "kerberos": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"),
    "ntlm": gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10"),
}
FLAGS = (gssapi.RequirementFlag.mutual_authentication | gssapi.RequirementFlag.confidentiality |
         gssapi.RequirementFlag.integrity | gssapi.RequirementFlag.replay_detection |
         gssapi.RequirementFlag.out_of_sequence_detection)
VERSION = 6
TIMEOUT = 300
INTEGER, BIT_STRING, OCTETS, SEQUENCE = 0x02, 0x03, 0x04, 0x30
CLIENT_MAGIC = b"CredSSP Client-To-Server Binding Hash\0"
SERVER_MAGIC = b"CredSSP Server-To-Client Binding Hash\0"


class Refused(Exception):
    """The server does not go on, or may not be trusted."""


# ---- DER ---------------------------------------------------------------------

def put(tag, content):
    """One element"""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def field(number, content):
    return put(0xa0 | number, content)


def head(data):
    """Tag, where the content begins, and where it ends, of the first element; None: too short"""
    if len(data) < 2:
        return None
    start, size = 2, data[1]
    if size & 0x80:
        start += size & 0x7f
        if len(data) < start:
            return None
        size = int.from_bytes(data[2:start], "big")
    return data[0], start, start + size


def elements(data):
    """(tag, content) of each element"""
    while data:
        tag, start, end = head(data)
        yield tag, data[start:end]
        data = data[end:]


def inside(data, tag):
    """The content of the one element"""
    (found, content), = elements(data)
    if found != tag:
        raise Refused(f"tag {found:#x}")
    return content


def public_key(certificate):
    """SubjectPublicKey, RFC 5280 4.1: it is in the one SEQUENCE that ends with a BIT STRING."""
    tbs = next(content for _, content in elements(inside(certificate, SEQUENCE)))
    for tag, content in elements(tbs):
        if tag != SEQUENCE:
            continue
        last = list(elements(content))[-1]
        if last[0] == BIT_STRING:
            return last[1][1:]
    raise Refused("no key in the certificate")


# ---- TSRequest, MS-CSSP 2.2.1 ------------------------------------------------

NEGO_TOKENS, AUTH_INFO, PUB_KEY_AUTH, ERROR_CODE, CLIENT_NONCE = range(1, 6)


def encode(fields):
    body = field(0, put(INTEGER, bytes((VERSION,))))
    for number in sorted(fields):
        content = put(OCTETS, fields[number])
        if number == NEGO_TOKENS:
            content = put(SEQUENCE, put(SEQUENCE, field(0, content)))
        body += field(number, content)
    return put(SEQUENCE, body)


def decode(message):
    fields = {}
    for tag, content in elements(inside(message, SEQUENCE)):
        number = tag & 0x1f
        if number == NEGO_TOKENS:
            content = inside(inside(inside(content, SEQUENCE), SEQUENCE), 0xa0)
        fields[number] = next(value for _, value in elements(content))
    if ERROR_CODE in fields:
        raise Refused("0x" + fields[ERROR_CODE].hex()[-8:])
    return fields


def password_credentials(user, domain, password):
    """TSCredentials with TSPasswordCreds"""
    creds = b"".join(field(number, put(OCTETS, text.encode("utf-16-le")))
                     for number, text in enumerate((domain, user, password)))
    return put(SEQUENCE, field(0, put(INTEGER, b"\1")) +
               field(1, put(OCTETS, put(SEQUENCE, creds))))


# ---- the client --------------------------------------------------------------

def context_of(mech, service, user, domain, password):
    inner = MECHS[mech.removeprefix("spnego-")]
    outer = SPNEGO if mech.startswith("spnego-") else inner
    if inner == MECHS["kerberos"]:
        creds = gssapi.Credentials(usage="initiate", mechs=[outer])
    else:
        name = gssapi.Name(f"{domain}\\{user}", gssapi.NameType.user)
        creds = gssapi.Credentials(base=acquire_cred_with_password(
            name, password.encode(), mechs=[outer], usage="initiate").creds)
    if outer == SPNEGO:
        set_neg_mechs(creds, [inner])
    return gssapi.SecurityContext(
        name=gssapi.Name(service, gssapi.NameType.hostbased_service), creds=creds, mech=outer,
        flags=FLAGS, usage="initiate")


class Client:
    """One logon"""

    def __init__(self, context, port):
        self.context = context
        self.step = "tls"
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # pubKeyAuth, and not the certificate, proves who the server is.
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
        self.stream = tls.wrap_socket(socket.create_connection(("127.0.0.1", port), TIMEOUT))
        self.key = public_key(self.stream.getpeercert(binary_form=True))
        self.nonce = os.urandom(32)

    def ask(self, fields):
        """Send these, and return those of the answer"""
        self.stream.sendall(encode(fields))
        data = b""
        while not head(data) or len(data) < head(data)[2]:
            more = self.stream.recv(16384)
            if not more:
                raise Refused("closed")
            data += more
        return decode(data)

    def seal(self, message):
        return self.context.wrap(message, True).message

    def bound(self, magic):
        return hashlib.sha256(magic + self.nonce + self.key).digest()

    def negotiate(self):
        """The last token, if there is one, goes with pubKeyAuth."""
        self.step = "nego"
        token = self.context.step()
        while not self.context.complete:
            token = self.context.step(self.ask({NEGO_TOKENS: token})[NEGO_TOKENS])
        last = {NEGO_TOKENS: token} if token else {}
        last |= {PUB_KEY_AUTH: self.seal(self.bound(CLIENT_MAGIC)), CLIENT_NONCE: self.nonce}
        self.step = "pubkey"
        answer = self.context.unwrap(self.ask(last)[PUB_KEY_AUTH])
        if not answer.encrypted or answer.message != self.bound(SERVER_MAGIC):
            raise Refused("another key")

    def delegate(self, user, domain, password):
        """A server that does not take the credentials answers."""
        self.step = "creds"
        sealed = self.seal(password_credentials(user, domain, password))
        self.stream.sendall(encode({AUTH_INFO: sealed}))
        if self.stream.recv(1):
            raise Refused("an answer")


def log_on(mech, service, user, domain, port):
    password = sys.stdin.readline().rstrip("\n")
    client = None
    try:
        context = context_of(mech, service, user, domain, password)
        client = Client(context, int(port))
        client.negotiate()
        client.delegate(user, domain, password)
    except (Refused, OSError, KeyError, gssapi.exceptions.GSSError) as fault:
        why = "_".join(str(fault).split())
        print(f"result=fail at={client.step if client else 'start'} why={why}")
        return 1
    print("result=ok")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 6 or sys.argv[1].removeprefix("spnego-") not in MECHS:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    sys.exit(log_on(*sys.argv[1:]))
