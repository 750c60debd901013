# SPDX-License-Identifier: LGPL-2.1-or-later
"""HttpCredSSPAuth: CredSSP over HTTP as WinRM has it (MS-WSMV 2.2.9.1.3)."""

import base64
import binascii
import functools
import re
from urllib.parse import urlsplit

from requests.auth import AuthBase
from requests.exceptions import UnrewindableBodyError
from requests.utils import rewind_body

from requests_credssp import library as L
from requests_credssp.context import Context, Credential
from requests_credssp.exceptions import AuthenticationException, InvalidConfigurationException

# One challenge of a list in WWW-Authenticate (RFC 9110 11.6.1)
_OFFER = re.compile(r"(?:^|,)\s*CredSSP\s*(?:,|$)", re.IGNORECASE)
_TOKEN = re.compile(r"(?:^|,)\s*CredSSP\s+([A-Za-z0-9+/]+=*)\s*(?=,|$)", re.IGNORECASE)

# An exchange has at most 16 legs
_LEGS_MAX = 16

_MECHS = {
    "auto": L.CREDSSP_MECH_NEGOTIATE,
    "negotiate": L.CREDSSP_MECH_NEGOTIATE,
    "kerberos": L.CREDSSP_MECH_KERBEROS,
    "ntlm": L.CREDSSP_MECH_NTLM,
}

_PREFIX = "credssp:"

_PORTS = {"http": 80, "https": 443}


def _origin(url):
    """Scheme, host and port: what a logon is meant for (RFC 6454 4)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _split(username):
    """DOMAIN\\USER; USER@REALM is the user's name as a whole, as for credsspctl."""
    domain, slash, user = username.rpartition("\\")
    return (domain, user) if slash else ("", username)


def _identity(username, password):
    """The members of struct credssp_acquire for these two arguments."""
    if password is None:
        password = _PREFIX + "saved"
    if isinstance(password, bytes):
        password = password.decode("utf-8")
    kind, _, value = password[len(_PREFIX) :].partition(":")
    if not password.startswith(_PREFIX):
        return _with_password(username, password)
    if kind == "password":
        return _with_password(username, value)
    if kind == "saved" and not value:
        return {}
    if kind == "key" and value.isascii() and value.isdecimal() and 0 < int(value) < 1 << 31:
        return {"key": int(value)}
    if kind == "ccache":
        return {"ticket_source": L.CREDSSP_TICKETS_CCACHE, **_ticket_name(value)}
    if kind == "keytab":
        return {"ticket_source": L.CREDSSP_TICKETS_KEYTAB, **_ticket_name(value)}
    raise InvalidConfigurationException(
        "a password that begins with credssp: is one of credssp:saved, credssp:key:SERIAL, "
        "credssp:ccache[:NAME], credssp:keytab[:NAME] and credssp:password:TEXT"
    )


def _ticket_name(value):
    return {"tickets": value.encode("utf-8")} if value else {}


def _with_password(username, password):
    if not username:
        raise InvalidConfigurationException("a password needs a user name")
    domain, user = _split(username)
    members = {"user": user.encode("utf-8"), "password": password.encode("utf-8")}
    if domain:
        members["domain"] = domain.encode("utf-8")
    return members


def _pins(pins):
    pins = [pins] if isinstance(pins, str) else list(pins)
    try:
        data = [bytes.fromhex(pin.replace(":", "")) for pin in pins]
    except ValueError as err:
        raise InvalidConfigurationException(f"a fingerprint is not hexadecimal: {err}") from err
    if len(data) > L.CREDSSP_MAX_PINS or any(len(d) != L.CREDSSP_PIN_SIZE for d in data):
        raise InvalidConfigurationException("fingerprints are SHA-256, and at most 16")
    return {"pin_count": len(data), "pins": b"".join(data)} if data else {}


def _wish(minimum_version):
    """
    A lowest version that the caller wants, 0 for none. 2, which every server has, is the public
    package's default, and pywinrm always passes it: the policy's minimum must hold then.
    """
    version = minimum_version or 0
    return version if version > L.CREDSSP_MIN_VERSION else 0


class HttpCredSSPAuth(AuthBase):
    """CredSSP for requests, with the arguments of the public package.

    username -- DOMAIN\\USER or USER@REALM; not used where the password is in a key or cache
    password -- the password; it is copied into the kernel, but the caller's string stays where
        it is. Or where the kernel finds the credentials, so that no password is in this process:
        credssp:saved (also None) -- what "credsspctl cred add HTTP/HOST" has saved, or else the
            tickets of the user's default credential cache
        credssp:key:SERIAL -- a logon key of the kernel's keyrings
        credssp:ccache[:NAME], credssp:keytab[:NAME] -- Kerberos tickets
    auth_mechanism -- auto (Kerberos or NTLM), kerberos, ntlm
    disable_tlsv1_2 -- must be false: there is no TLS below 1.2
    minimum_version -- lowest version of CredSSP, 3 to 6; None and 2, which pywinrm passes, are
        no wish: the policy's minimum holds, see "oracle" in credssp-policy.conf(5)

    and, by keyword alone:

    target -- service principal name, by default HTTP/ and the URL's host
    delegate -- give the server the credentials, if the policy allows it
    mutual -- go on only if Kerberos or the certificate inside CredSSP proves the server
    pins -- SHA-256 fingerprints, in hexadecimal, of certificates that prove it; implies mutual
    """

    def __init__(
        self,
        username=None,
        password=None,
        auth_mechanism="auto",
        disable_tlsv1_2=False,
        minimum_version=None,
        *,
        target=None,
        delegate=True,
        mutual=False,
        pins=(),
    ):
        if disable_tlsv1_2:
            raise InvalidConfigurationException("disable_tlsv1_2: there is no TLS below 1.2")
        if auth_mechanism not in _MECHS:
            raise InvalidConfigurationException(
                f"auth_mechanism is one of {', '.join(_MECHS)}, not {auth_mechanism}"
            )
        pins = _pins(pins)
        self._target = target
        self._flags = (L.ISC_REQ_DELEGATE if delegate else 0) | (
            L.ISC_REQ_MUTUAL_AUTH if mutual or pins else 0
        )
        # of each host, where pywinrm from 0.5 on looks for them; and the newest of them
        self.contexts = {}
        self._context = None
        self._credential = Credential(
            mechs=_MECHS[auth_mechanism],
            min_version=_wish(minimum_version),
            **_identity(username, password),
            **pins,
        )

    # ---- requests -------------------------------------------------------------------

    def __call__(self, request):
        # the logon belongs to the connection
        request.headers["Connection"] = "Keep-Alive"
        hook = functools.partial(self._answer_from, _origin(request.url))
        request.register_hook("response", hook)
        return request

    def _answer_from(self, origin, response, **kwargs):
        """A server must not choose, by a redirect, who gets the credentials."""
        if _origin(response.request.url) != origin:
            return response
        return self.response_hook(response, **kwargs)

    def response_hook(self, response, **kwargs):
        """Logs on after a 401."""
        challenge = response.headers.get("WWW-Authenticate", "")
        if response.status_code != 401 or not (_OFFER.search(challenge) or _TOKEN.search(challenge)):
            return response
        self._refuse_sealed(response.request)
        self._refuse_used(response.request)
        return self._log_on(response, **kwargs)

    def _refuse_sealed(self, request):
        """A message that was sealed for a connection that is gone cannot be sent again."""
        kind = request.headers.get("Content-Type", "")
        if "HTTP-CredSSP-session-encrypted" in kind:
            raise AuthenticationException(
                "the server wants a new logon: the connection, to which the sealed message "
                "belongs, was closed; make a new session"
            )

    @staticmethod
    def _refuse_used(request):
        """What an iterator has given to the first request is not there for the last one."""
        again = request.body is None or isinstance(request.body, (str, bytes, bytearray))
        if not again and request._body_position is None:
            raise UnrewindableBodyError("the body cannot be sent again after the logon")

    def _log_on(self, response, **kwargs):
        host = urlsplit(response.request.url).hostname
        context = self._new_context(host)
        try:
            return self._exchange(response, context, **kwargs)
        except BaseException:
            self._end(host)
            raise

    def _exchange(self, first, context, **kwargs):
        response = first
        token = context.step()
        for _ in range(_LEGS_MAX):
            request = self._request(first.request, token, context.established)
            response = self._send(response, request, **kwargs)
            if context.established:
                return self._finish(first, response, context)
            try:
                token = context.step(self._take_token(response, context))
            except AuthenticationException:
                self._tell(first.request, response, context, **kwargs)
                raise
        raise AuthenticationException("the exchange has too many legs")

    def _new_context(self, host):
        self._end(host)
        self._context = Context(self._credential, self._target or f"HTTP/{host}", self._flags)
        self.contexts[host] = self._context
        return self._context

    def _end(self, host):
        context = self.contexts.pop(host, None)
        if context:
            context.close()

    @staticmethod
    def _request(original, token, last):
        """A request with a token; with the last one goes the caller's message."""
        request = original.copy()
        request.headers["Authorization"] = "CredSSP " + base64.b64encode(token).decode("ascii")
        if not last:
            request.body = None
            request.headers["Content-Length"] = "0"
            request.headers.pop("Transfer-Encoding", None)
        elif original._body_position is not None:
            # a file, which the first request has read to its end
            rewind_body(request)
        return request

    @staticmethod
    def _send(response, request, **kwargs):
        """Send it on the connection of the last response, which is free when that is read."""
        _ = response.content
        response.raw.release_conn()
        return response.connection.send(request, **kwargs)

    def _finish(self, first, response, context):
        if response.status_code in (401, 403):
            raise context.denied(f"{response.status_code} {response.reason}")
        # records that come with success, such as tickets of TLS 1.3, must be opened in turn
        tokens = _TOKEN.findall(response.headers.get("WWW-Authenticate", ""))
        if tokens and context.unwrap(self._decode(tokens[0])):
            raise AuthenticationException("the server's last token has data")
        response.history.append(first)
        return response

    def _take_token(self, response, context):
        tokens = _TOKEN.findall(response.headers.get("WWW-Authenticate", ""))
        if response.status_code != 401 or not tokens:
            raise context.denied(f"{response.status_code} {response.reason}")
        if len(tokens) > 1:
            raise AuthenticationException("the server sent several tokens at a time")
        return self._decode(tokens[0])

    @staticmethod
    def _decode(token):
        try:
            data = base64.b64decode(token, validate=True)
        except binascii.Error as err:
            raise AuthenticationException(f"the server's token is not base64: {err}") from err
        if len(data) > L.CREDSSP_MAX_TOKEN:
            raise AuthenticationException("the server's token is too long")
        return data

    def _tell(self, original, response, context, **kwargs):
        """Send the alert of a failure, which may get lost."""
        if not context.alert:
            return
        try:
            request = self._request(original, context.alert, False)
            _ = self._send(response, request, **kwargs).content
        except Exception:  # noqa: the logon's own failure is what the caller must see
            pass

    # ---- messages -------------------------------------------------------------------

    def wrap(self, message):
        """Seal a message for the server that was logged on to last."""
        return self._established().wrap(message)

    def unwrap(self, message):
        """Open a message of that server."""
        return self._established().unwrap(message)

    @property
    def cipher_negotiated(self):
        """Name of the cipher suite of TLS inside CredSSP."""
        return self._established().cipher

    def _established(self):
        if not self._context:
            raise AuthenticationException("there is no logon yet: send a request first")
        return self._context

    def close(self):
        """Wipe the keys and the credential; a later request fails."""
        for host in list(self.contexts):
            self._end(host)
        self._context = None
        self._credential.close()
