/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handles that programs get: numbers of slots, never pointers. */
#ifndef LIBCREDSSP_SSPI_SLOTS_H
#define LIBCREDSSP_SSPI_SLOTS_H

#include "winpr.h"

/* A server has one context for each connection; more than this is a leak of the program. */
#define SSPI_MAX_SLOTS	16384

#define SSPI_PACKAGES	(CREDSSP_PACKAGE_KERBEROS + 1)

/**
 * struct sspi_cred - what a credential handle stands for
 * @handles: the kernel's handles by CREDSSP_PACKAGE_*, 0 for none; an acceptor of Negotiate has
 *	one for each mechanism as well
 * @package: CREDSSP_PACKAGE_* that the program asked for
 * @acceptor: SECPKG_CRED_INBOUND
 * @name: the user in UTF-8, or NULL; belongs to the slot
 */
struct sspi_cred {
	uint64_t handles[SSPI_PACKAGES];
	uint32_t package;
	int acceptor;
	char *name;
};

/**
 * struct sspi_context - what a context handle stands for
 * @handle: the kernel's handle
 * @req: flags of the first call
 * @acceptor: of AcceptSecurityContext
 */
struct sspi_context {
	uint64_t handle;
	uint32_t req;
	int acceptor;
};

/*
 * Each function takes the table's lock. SEC_E_INVALID_HANDLE for NULL, and for a handle that
 * is not of this kind or no longer valid.
 */

/* Put *@cred into a slot. SEC_E_INSUFFICIENT_MEMORY: nothing was kept. */
int32_t sspi_cred_put(const struct sspi_cred *cred, struct sspi_handle *handle);

/* A copy. Its @name is a copy too, for free(), or NULL without memory. */
int32_t sspi_cred_get(const struct sspi_handle *handle, struct sspi_cred *cred);

/* Empty the slot. @name of what was there belongs to the caller. */
int32_t sspi_cred_take(const struct sspi_handle *handle, struct sspi_cred *cred);

/* The same for contexts. */
int32_t sspi_context_put(const struct sspi_context *context, struct sspi_handle *handle);
int32_t sspi_context_get(const struct sspi_handle *handle, struct sspi_context *context);
int32_t sspi_context_take(const struct sspi_handle *handle, struct sspi_context *context);

#endif
