# SPDX-License-Identifier: LGPL-2.1-or-later
"""CredSSP for requests, by the kernel module credssp.

A drop-in replacement of the public package of this name: the same class and arguments, but the
exchange and the encryption are the kernel's, and the password can be in one of the kernel's keys,
where no Python program can read it.

    from requests_credssp import HttpCredSSPAuth
    session.auth = HttpCredSSPAuth("alice", "credssp:saved")

See Documentation/winrm.rst of credssp.
"""

from requests_credssp.auth import HttpCredSSPAuth
from requests_credssp.exceptions import (
    AuthenticationException,
    InvalidConfigurationException,
    NTStatusException,
)

__all__ = [
    "HttpCredSSPAuth",
    "AuthenticationException",
    "InvalidConfigurationException",
    "NTStatusException",
]
