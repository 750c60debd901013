# SPDX-License-Identifier: LGPL-2.1-or-later
"""What can go wrong, under the names of the public package."""


class AuthenticationException(Exception):
    """The logon failed, or a message could not be sealed or opened."""


class NTStatusException(AuthenticationException):
    """The server said why it denied the logon; the number is in status."""

    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


class InvalidConfigurationException(Exception):
    """The arguments contradict each other, or ask for what is not there."""
