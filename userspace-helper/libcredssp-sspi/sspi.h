/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of libcredssp-sspi. Functions of the table are sspi_<name>; those
 * whose strings are UTF-16 end in _w, the others are for both forms or for UTF-8 (_a).
 */
#ifndef LIBCREDSSP_SSPI_H
#define LIBCREDSSP_SSPI_H

#include "credssp.h"
#include "winpr.h"

/* The forms of strings */
enum sspi_form {
	SSPI_A,
	SSPI_W,
};

/* What the library exports. */
const struct sspi_table *InitSecurityInterfaceA(void);
const struct sspi_table *InitSecurityInterfaceW(void);
/* Of WinPR: the client of FreeRDP 2 calls this one, whatever module is configured. */
const struct sspi_table *InitSecurityInterfaceExA(uint32_t flags);
const struct sspi_table *InitSecurityInterfaceExW(uint32_t flags);

/* device.c: /dev/credssp, opened by the first call that finds it; NULL: no module */
struct credssp *sspi_device(void);

/* Tests use another device; NULL: none is there. */
void sspi_device_set(struct credssp *lib);

/*
 * last_error.c: tell the program why a logon was refused, by the Windows error of @ntstatus (0:
 * a failed logon) as GetLastError(). FreeRDP's server sends its client an NTSTATUS made of it.
 * Without WinPR in the process it does nothing.
 */
void sspi_set_last_error(uint32_t ntstatus);

/* strings.c: a UTF-8 string, with NUL, in form @form; to be freed; NULL: invalid or no memory */
void *sspi_string_make(enum sspi_form form, const char *utf8);

/*
 * @text with NUL in form @form to UTF-8 with NUL. SEC_E_INVALID_PARAMETER: it is NULL, too
 * long or not valid.
 */
int32_t sspi_string_read(enum sspi_form form, const void *text, char *utf8, size_t size);

/* Characters of @text in form @form, at most @max of them as UTF-8, likewise. */
int32_t sspi_chars_read(enum sspi_form form, const void *text, uint32_t count, char *utf8,
			size_t size);

/* package.c */
uint32_t sspi_package_find(const char *name);	/* CREDSSP_PACKAGE_*, CREDSSP: none of ours */

/*
 * The structures of @count packages of @from (but not of CREDSSP) and their strings in one
 * piece of memory. @kept: how many.
 */
int32_t sspi_package_make(enum sspi_form form, const void *from, uint32_t count,
			  struct sspi_package_info **info, uint32_t *kept);
int32_t sspi_enumerate_a(uint32_t *count, struct sspi_package_info **info);
int32_t sspi_enumerate_w(uint32_t *count, struct sspi_package_info **info);
int32_t sspi_query_package_a(const void *name, struct sspi_package_info **info);
int32_t sspi_query_package_w(const void *name, struct sspi_package_info **info);

/* identity.c */

/*
 * Read pAuthData of AcquireCredentialsHandle into @args, whose @use and @package are set. The
 * strings are not copied: they stay in the memory of the caller, who wipes the password. By its
 * list of packages Negotiate may become one of them. NULL: the user's default credentials.
 */
int32_t sspi_identity_read(struct credssp_acquire *args, const void *auth_data);

/* DOMAIN\\user or the user alone in UTF-8, to be freed; NULL without a user or memory */
char *sspi_identity_name(const struct credssp_acquire *args);

/* cred.c */
int32_t sspi_acquire_a(const void *principal, const void *package, uint32_t use, void *logon_id,
		       const void *auth_data, void *get_key, void *get_key_arg,
		       struct sspi_handle *cred, struct sspi_time *expiry);
int32_t sspi_acquire_w(const void *principal, const void *package, uint32_t use, void *logon_id,
		       const void *auth_data, void *get_key, void *get_key_arg,
		       struct sspi_handle *cred, struct sspi_time *expiry);
int32_t sspi_free_cred(struct sspi_handle *handle);
int32_t sspi_query_cred_a(struct sspi_handle *handle, uint32_t attribute, void *buffer);
int32_t sspi_query_cred_w(struct sspi_handle *handle, uint32_t attribute, void *buffer);

/* exchange.c */
int32_t sspi_initialize_a(struct sspi_handle *cred, struct sspi_handle *context,
			  const void *target, uint32_t req, uint32_t reserved1,
			  uint32_t data_rep, struct sspi_buffer_desc *input,
			  uint32_t reserved2, struct sspi_handle *new_context,
			  struct sspi_buffer_desc *output, uint32_t *attr,
			  struct sspi_time *expiry);
int32_t sspi_initialize_w(struct sspi_handle *cred, struct sspi_handle *context,
			  const void *target, uint32_t req, uint32_t reserved1,
			  uint32_t data_rep, struct sspi_buffer_desc *input,
			  uint32_t reserved2, struct sspi_handle *new_context,
			  struct sspi_buffer_desc *output, uint32_t *attr,
			  struct sspi_time *expiry);
int32_t sspi_accept(struct sspi_handle *cred, struct sspi_handle *context,
		    struct sspi_buffer_desc *input, uint32_t req, uint32_t data_rep,
		    struct sspi_handle *new_context, struct sspi_buffer_desc *output,
		    uint32_t *attr, struct sspi_time *expiry);
int32_t sspi_complete(struct sspi_handle *context, struct sspi_buffer_desc *token);
int32_t sspi_delete_context(struct sspi_handle *context);

/* sniff.c: CREDSSP_PACKAGE_* of an initiator's first token; NEGOTIATE: none of the others */
uint32_t sspi_sniff(const void *token, uint32_t length);

/* message.c */
int32_t sspi_encrypt(struct sspi_handle *context, uint32_t qop, struct sspi_buffer_desc *message,
		     uint32_t sequence);
int32_t sspi_decrypt(struct sspi_handle *context, struct sspi_buffer_desc *message,
		     uint32_t sequence, uint32_t *qop);
int32_t sspi_sign(struct sspi_handle *context, uint32_t qop, struct sspi_buffer_desc *message,
		  uint32_t sequence);
int32_t sspi_verify(struct sspi_handle *context, struct sspi_buffer_desc *message,
		    uint32_t sequence, uint32_t *qop);

/* query.c */
int32_t sspi_query_a(struct sspi_handle *context, uint32_t attribute, void *buffer);
int32_t sspi_query_w(struct sspi_handle *context, uint32_t attribute, void *buffer);

/* Set @out from the library's time; @out may be NULL. */
static inline void sspi_time_set(struct sspi_time *out, const struct credssp_timestamp *stamp)
{
	if (!out)
		return;
	out->low = (uint32_t)stamp->local;
	out->high = (int32_t)(stamp->local >> 32);
}

#endif
