# SPDX-License-Identifier: LGPL-2.1-or-later
"""libcredssp by ctypes: the structures and functions of <credssp.h> that are used here.

abi_test.c compares the layouts and the numbers with the headers.
"""

import ctypes
import os
from ctypes import POINTER, c_char_p, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64
from ctypes import c_void_p

LIBRARY = "libcredssp.so.0"

SEC_E_OK = 0
SEC_I_CONTINUE_NEEDED = 0x00090312
SEC_I_INCOMPLETE_CREDENTIALS = 0x00090320
SEC_E_INCOMPLETE_MESSAGE = 0x80090318 - (1 << 32)

SECBUFFER_VERSION = 0
SECBUFFER_EMPTY = 0
SECBUFFER_DATA = 1
SECBUFFER_TOKEN = 2
SECBUFFER_EXTRA = 5
SECBUFFER_STREAM_TRAILER = 6
SECBUFFER_STREAM_HEADER = 7

SECPKG_CRED_OUTBOUND = 2
SECURITY_NATIVE_DREP = 0x10
CREDSSP_IDENTITY_UTF8 = 1
CREDSSP_MAX_TOKEN = 65536

ISC_REQ_DELEGATE = 0x00000001
ISC_REQ_MUTUAL_AUTH = 0x00000002
ISC_REQ_REPLAY_DETECT = 0x00000004
ISC_REQ_SEQUENCE_DETECT = 0x00000008
ISC_REQ_CONFIDENTIALITY = 0x00000010
ISC_REQ_ALLOCATE_MEMORY = 0x00000100
ISC_REQ_EXTENDED_ERROR = 0x00004000
ISC_REQ_INTEGRITY = 0x00010000
ISC_REQ_MANUAL_CRED_VALIDATION = 0x00080000

CREDSSP_MECH_NEGOTIATE = 1
CREDSSP_MECH_NTLM = 2
CREDSSP_MECH_KERBEROS = 4

CREDSSP_TICKETS_CCACHE = 1
CREDSSP_TICKETS_KEYTAB = 2

CREDSSP_FACT_NTSTATUS = 0x08
CREDSSP_MIN_VERSION = 2
CREDSSP_MAX_PINS = 16
CREDSSP_PIN_SIZE = 32
CREDSSP_LEG_PUBKEY = 3


class Acquire(ctypes.Structure):
    """struct credssp_acquire"""

    _fields_ = [
        ("use", c_uint32),
        ("encoding", c_uint32),
        ("mechs", c_uint32),
        ("min_version", c_uint32),
        ("max_version", c_uint32),
        ("key", c_int32),
        ("user", c_void_p),
        ("domain", c_void_p),
        ("password", c_void_p),
        ("user_length", c_uint32),
        ("domain_length", c_uint32),
        ("password_length", c_uint32),
        ("cert_length", c_uint32),
        ("cert", c_void_p),
        ("pin_count", c_uint32),
        ("pins", c_void_p),
        ("package", c_uint32),
        ("ticket_source", c_uint32),
        ("flags", c_uint32),
        ("tickets_length", c_uint32),
        ("realm_length", c_uint32),
        ("tickets", c_void_p),
        ("realm", c_void_p),
    ]


class Buffer(ctypes.Structure):
    """struct credssp_buffer"""

    _fields_ = [("type", c_uint32), ("length", c_uint32), ("data", c_void_p)]


class BufferDesc(ctypes.Structure):
    """struct credssp_buffer_desc"""

    _fields_ = [("version", c_uint32), ("count", c_uint32), ("buffers", POINTER(Buffer))]


class Timestamp(ctypes.Structure):
    """struct credssp_timestamp"""

    _fields_ = [("local", c_int64), ("utc", c_int64)]


class StreamSizes(ctypes.Structure):
    """struct credssp_stream_sizes"""

    _fields_ = [
        ("header", c_uint32),
        ("trailer", c_uint32),
        ("maximum_message", c_uint32),
        ("buffers", c_uint32),
        ("block_size", c_uint32),
    ]


class Report(ctypes.Structure):
    """struct credssp_report"""

    _fields_ = [
        ("leg", c_uint32),
        ("reason", c_uint32),
        ("ntstatus", c_uint32),
        ("tls_alert", c_uint32),
        ("tls_version", c_uint16),
        ("tls_cipher", c_uint16),
        ("credssp_version", c_uint32),
        ("peer_version", c_uint32),
        ("mech", c_uint32),
        ("trust", c_uint32),
        ("facts", c_uint32),
        ("cert_length", c_uint32),
        ("mech_package", c_uint32),
        ("cert_sha256", c_uint8 * 32),
        ("passed_over", c_uint32),
        ("krb_error", c_uint32),
        ("skew", c_int64),
        ("kdc_messages", c_uint32),
        ("delegated", c_uint32),
        ("reserved", c_uint32 * 6),
    ]


STRUCTURES = {
    "credssp_acquire": Acquire,
    "credssp_buffer": Buffer,
    "credssp_buffer_desc": BufferDesc,
    "credssp_timestamp": Timestamp,
    "credssp_stream_sizes": StreamSizes,
    "credssp_report": Report,
}

# name: result, arguments
FUNCTIONS = {
    "credssp_open": (c_void_p, []),
    "credssp_close": (None, [c_void_p]),
    "credssp_acquire_credentials_handle": (
        c_int32,
        [c_void_p, POINTER(Acquire), POINTER(c_uint64), POINTER(Timestamp)],
    ),
    "credssp_initialize_security_context": (
        c_int32,
        [
            c_void_p,
            POINTER(c_uint64),
            POINTER(c_uint64),
            c_char_p,
            c_uint32,
            c_uint32,
            c_uint32,
            POINTER(BufferDesc),
            c_uint32,
            POINTER(c_uint64),
            POINTER(BufferDesc),
            POINTER(c_uint32),
            POINTER(Timestamp),
        ],
    ),
    "credssp_delete_security_context": (c_int32, [c_void_p, c_uint64]),
    "credssp_free_context_buffer": (c_int32, [c_void_p]),
    "credssp_encrypt_message": (
        c_int32,
        [c_void_p, c_uint64, c_uint32, POINTER(BufferDesc), c_uint32],
    ),
    "credssp_decrypt_message": (
        c_int32,
        [c_void_p, c_uint64, POINTER(BufferDesc), c_uint32, POINTER(c_uint32)],
    ),
    "credssp_query_stream_sizes": (c_int32, [c_void_p, c_uint64, POINTER(StreamSizes)]),
    "credssp_query_report": (c_int32, [c_void_p, c_uint64, POINTER(Report)]),
    "credssp_last_reason": (c_uint32, []),
    "credssp_target_to_ascii": (c_int32, [c_char_p, c_char_p, ctypes.c_size_t]),
    "credssp_cipher_name": (c_char_p, [c_uint16]),
    "credssp_status_name": (c_char_p, [c_int32]),
    "credssp_status_text": (c_char_p, [c_int32]),
    "credssp_reason_text": (c_char_p, [c_uint32]),
    "credssp_ntstatus_name": (c_char_p, [c_uint32]),
    "credssp_ntstatus_text": (c_char_p, [c_uint32]),
}


def load(name=LIBRARY):
    """The library, with the types of its functions. OSError if it is not installed."""
    library = ctypes.CDLL(name, use_errno=True)
    for function, (result, arguments) in FUNCTIONS.items():
        call = getattr(library, function)
        call.restype = result
        call.argtypes = arguments
    return library


def open_device(library):
    """An open /dev/credssp; OSError says why there is none."""
    handle = library.credssp_open()
    if not handle:
        err = ctypes.get_errno()
        raise OSError(err, f"/dev/credssp: {os.strerror(err)} (modprobe credssp)")
    return handle


def text(value):
    """A string of the library, which may be NULL."""
    return value.decode("utf-8", "replace") if value else ""


def descriptor(*buffers):
    """A descriptor of these (type, length, address); its array is in the descriptor."""
    array = (Buffer * len(buffers))(*buffers)
    desc = BufferDesc(SECBUFFER_VERSION, len(buffers), array)
    desc.array = array
    return desc
