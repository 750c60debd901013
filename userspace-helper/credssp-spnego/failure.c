// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/credssp.h>

#include "failure.h"

static int no_credentials(uint32_t reason)
{
	switch (reason) {
	case CREDSSP_REASON_TICKETS_EXPIRED:
		return EKEYEXPIRED;
	case CREDSSP_REASON_FOREIGN:
		return EACCES;
	default:
		return ENOKEY;
	}
}

/* EHOSTUNREACH would make mount.cifs try the server's next address. */
int failure_errno(int32_t status, uint32_t reason)
{
	switch (status) {
	case SEC_E_OK:
		return 0;
	case SEC_E_NO_CREDENTIALS:
		return no_credentials(reason);
	case SEC_E_NO_AUTHENTICATING_AUTHORITY:
		return EREMOTEIO;
	default:
		return EKEYREJECTED;
	}
}
