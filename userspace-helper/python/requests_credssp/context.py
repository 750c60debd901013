# SPDX-License-Identifier: LGPL-2.1-or-later
"""Credentials and security contexts of the kernel module."""

import ctypes

from requests_credssp import library as L
from requests_credssp.exceptions import (
    AuthenticationException,
    InvalidConfigurationException,
    NTStatusException,
)

FLAGS = (
    L.ISC_REQ_REPLAY_DETECT
    | L.ISC_REQ_SEQUENCE_DETECT
    | L.ISC_REQ_CONFIDENTIALITY
    | L.ISC_REQ_INTEGRITY
    | L.ISC_REQ_MANUAL_CRED_VALIDATION
    | L.ISC_REQ_EXTENDED_ERROR
    | L.ISC_REQ_ALLOCATE_MEMORY
)

# A status that lets the exchange go on with the same bytes again
_AGAIN = (L.SEC_I_CONTINUE_NEEDED, L.SEC_I_INCOMPLETE_CREDENTIALS)
# Calls for one answer of the server: each takes at least one record of five bytes or more
_CALLS_MAX = 64


class Credential:
    """A credential of the kernel, and the open device that it belongs to."""

    def __init__(self, **members):
        """Members of struct credssp_acquire; strings are bytes or bytearrays."""
        self._library = L.load()
        self._device = L.open_device(self._library)
        self._handle = ctypes.c_uint64()
        self._acquire(members)

    def _acquire(self, members):
        args = L.Acquire(use=L.SECPKG_CRED_OUTBOUND, encoding=L.CREDSSP_IDENTITY_UTF8)
        arrays = []
        for name, value in members.items():
            if not isinstance(value, (bytes, bytearray)):
                setattr(args, name, value)
                continue
            array = (ctypes.c_char * max(len(value), 1)).from_buffer_copy(value or b"\0")
            arrays.append(array)
            setattr(args, name, ctypes.addressof(array))
            if name != "pins":
                setattr(args, name + "_length", len(value))
        try:
            status = self._library.credssp_acquire_credentials_handle(
                self._device, args, self._handle, None
            )
        finally:
            for array in arrays:
                ctypes.memset(array, 0, len(array))
        if status != L.SEC_E_OK:
            message = self.describe(status)
            self.close()
            raise InvalidConfigurationException(message)

    def close(self):
        """End the credential and all its contexts."""
        if self._device:
            self._library.credssp_close(self._device)
        self._device = None

    def __del__(self):
        if getattr(self, "_device", None):
            self.close()

    @property
    def library(self):
        return self._library

    @property
    def device(self):
        if not self._device:
            raise AuthenticationException("the credential is closed")
        return self._device

    @property
    def handle(self):
        return self._handle

    def describe(self, status):
        """A status in words."""
        name = L.text(self._library.credssp_status_name(status))
        return f"{L.text(self._library.credssp_status_text(status))} ({name})"


class Context:
    """One logon to one server, and then messages that only this server can read."""

    def __init__(self, credential, target, flags):
        self._credential = credential
        self._target = target.encode("utf-8")
        self._flags = FLAGS | flags
        self._context = ctypes.c_uint64()
        self._sizes = None
        self.established = False
        self.alert = b""

    def close(self):
        if self._context.value:
            self._credential.library.credssp_delete_security_context(
                self._credential.device, self._context
            )
        self._context.value = 0
        self.established = False

    # ---- the logon ------------------------------------------------------------------

    def step(self, token=None):
        """The next token for the server; token is the server's, None at the beginning.

        An error raises AuthenticationException. The alert for the server is in self.alert then.
        """
        made = b""
        left = token
        for _ in range(_CALLS_MAX):
            status, some, left = self._call(left)
            made += some
            if status == L.SEC_E_OK:
                self.established = True
                return made
            if status not in _AGAIN:
                self.alert = made
                raise self._failure(status)
            if status == L.SEC_I_CONTINUE_NEEDED and not left:
                return made
        raise AuthenticationException("the server's token has too many records")

    def _call(self, token):
        library, device = self._credential.library, self._credential.device
        out = L.descriptor((L.SECBUFFER_TOKEN, 0, None))
        first = not self._context.value
        data = ctypes.create_string_buffer(token or b"", max(len(token or b""), 1))
        into = L.descriptor(
            (L.SECBUFFER_TOKEN, len(token or b""), ctypes.addressof(data)),
            (L.SECBUFFER_EMPTY, 0, None),
        )
        status = library.credssp_initialize_security_context(
            device,
            self._credential.handle,
            None if first else self._context,
            self._target,
            self._flags,
            0,
            L.SECURITY_NATIVE_DREP,
            None if first else into,
            0,
            self._context,
            out,
            ctypes.c_uint32(),
            None,
        )
        made = ctypes.string_at(out.array[0].data, out.array[0].length) if out.array[0].data else b""
        library.credssp_free_context_buffer(out.array[0].data)
        extra = into.array[1].length if into.array[1].type == L.SECBUFFER_EXTRA else 0
        return status, made, token[len(token) - extra :] if token and extra else b""

    def report(self):
        """What the kernel knows of the exchange; None before there is a context."""
        report = L.Report()
        if not self._context.value:
            return None
        status = self._credential.library.credssp_query_report(
            self._credential.device, self._context, report
        )
        return report if status == L.SEC_E_OK else None

    def _failure(self, status):
        library = self._credential.library
        report = self.report()
        reason = report.reason if report else library.credssp_last_reason()
        message = self._credential.describe(status)
        if reason:
            message = f"{L.text(library.credssp_reason_text(reason))}: {message}"
        if not report or not report.facts & L.CREDSSP_FACT_NTSTATUS:
            return AuthenticationException(message)
        said = L.text(library.credssp_ntstatus_text(report.ntstatus)) or "an error code"
        name = L.text(library.credssp_ntstatus_name(report.ntstatus))
        return NTStatusException(
            f"the server says: {said} ({name} 0x{report.ntstatus:08X}); {message}", report.ntstatus
        )

    def denied(self, what):
        """The exception for a server that ends the exchange in its own way."""
        report = self.report()
        if report and report.leg >= L.CREDSSP_LEG_PUBKEY:
            return AuthenticationException(f"the server denied the logon: {what}")
        return AuthenticationException(f"the server ended the exchange: {what}")

    # ---- messages -------------------------------------------------------------------

    @property
    def cipher(self):
        """The cipher suite in OpenSSL's style; its end tells pywinrm the trailer's length."""
        report = self.report()
        name = L.text(self._credential.library.credssp_cipher_name(report.tls_cipher)) if report else ""
        return name.replace("TLS_", "").replace("_WITH_", "_").replace("_", "-")

    # pywinrm from 0.5 on asks for the cipher suite as if this were pyOpenSSL's connection.

    @property
    def tls_connection(self):
        return self

    def get_cipher_name(self):
        return self.cipher

    def wrap(self, data):
        """Seal: the records, one after the other."""
        sizes = self._stream_sizes()
        data = bytes(data)
        step = sizes.maximum_message
        return b"".join(
            self._seal(data[at : at + step], sizes) for at in range(0, len(data), step)
        )

    def _stream_sizes(self):
        if not self.established:
            raise AuthenticationException("there is no logon yet: send a request first")
        if not self._sizes:
            sizes = L.StreamSizes()
            status = self._credential.library.credssp_query_stream_sizes(
                self._credential.device, self._context, sizes
            )
            if status != L.SEC_E_OK or not sizes.maximum_message:
                raise AuthenticationException(self._credential.describe(status))
            self._sizes = sizes
        return self._sizes

    def _seal(self, data, sizes):
        room = ctypes.create_string_buffer(sizes.header + len(data) + sizes.trailer)
        at = ctypes.addressof(room)
        ctypes.memmove(at + sizes.header, data, len(data))
        desc = L.descriptor(
            (L.SECBUFFER_STREAM_HEADER, sizes.header, at),
            (L.SECBUFFER_DATA, len(data), at + sizes.header),
            (L.SECBUFFER_STREAM_TRAILER, sizes.trailer, at + sizes.header + len(data)),
            (L.SECBUFFER_EMPTY, 0, None),
        )
        status = self._credential.library.credssp_encrypt_message(
            self._credential.device, self._context, 0, desc, 0
        )
        if status != L.SEC_E_OK:
            raise AuthenticationException(f"sealing: {self._credential.describe(status)}")
        return b"".join(ctypes.string_at(b.data, b.length) for b in desc.array[:3])

    def unwrap(self, data):
        """Open records, one after the other."""
        if not self.established:
            raise AuthenticationException("there is no logon yet: send a request first")
        opened = []
        left = bytes(data)
        while left:
            text, left = self._open(left)
            opened.append(text)
        return b"".join(opened)

    def _open(self, data):
        part = data[: L.CREDSSP_MAX_TOKEN]
        rest = data[L.CREDSSP_MAX_TOKEN :]
        room = ctypes.create_string_buffer(part, len(part))
        desc = L.descriptor(
            (L.SECBUFFER_DATA, len(part), ctypes.addressof(room)),
            (L.SECBUFFER_EMPTY, 0, None),
            (L.SECBUFFER_EMPTY, 0, None),
            (L.SECBUFFER_EMPTY, 0, None),
        )
        status = self._credential.library.credssp_decrypt_message(
            self._credential.device, self._context, desc, 0, None
        )
        if status != L.SEC_E_OK:
            raise AuthenticationException(f"opening: {self._credential.describe(status)}")
        extra = desc.array[3].length if desc.array[3].type == L.SECBUFFER_EXTRA else 0
        text = ctypes.string_at(desc.array[1].data, desc.array[1].length)
        return text, part[len(part) - extra :] + rest if extra else rest

