/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SSPI as FreeRDP's library WinPR declares it for modules, versions 2 and 3: sizes and
 * layouts, under names of our own. abi_test.c compares them with WinPR's headers.
 *
 * The A and the W form of a structure or function differ only in what its strings
 * consist of, so that one declaration with void pointers serves for both.
 */
#ifndef LIBCREDSSP_SSPI_WINPR_H
#define LIBCREDSSP_SSPI_WINPR_H

#include <stdint.h>

#include <linux/credssp.h>

/* CredHandle, CtxtHandle */
struct sspi_handle {
	uintptr_t lower;
	uintptr_t upper;
};

/* SecBuffer, SecBufferDesc */
struct sspi_buffer {
	uint32_t length;
	uint32_t type;
	void *data;
};

struct sspi_buffer_desc {
	uint32_t version;
	uint32_t count;
	struct sspi_buffer *buffers;
};

/* TimeStamp */
struct sspi_time {
	uint32_t low;
	int32_t high;
};

/* SecPkgInfoA, SecPkgInfoW */
struct sspi_package_info {
	uint32_t capabilities;
	uint16_t version;
	uint16_t rpc_id;
	uint32_t max_token;
	void *name;
	void *comment;
};

/* SEC_WINNT_AUTH_IDENTITY_A and _W. Lengths count characters, not bytes. */
struct sspi_identity {
	const void *user;
	uint32_t user_length;
	const void *domain;
	uint32_t domain_length;
	const void *password;
	uint32_t password_length;
	uint32_t flags;
};

#define SSPI_IDENTITY_ANSI		0x1
#define SSPI_IDENTITY_UNICODE		0x2
#define SSPI_IDENTITY_MARSHALLED	0x4
#define SSPI_IDENTITY_EXTENDED		0x100	/* of WinPR: sspi_identity_winpr */

/* SEC_WINNT_AUTH_IDENTITY_EXA and _EXW */
struct sspi_identity_ex {
	uint32_t version;
	uint32_t length;
	const void *user;
	uint32_t user_length;
	const void *domain;
	uint32_t domain_length;
	const void *password;
	uint32_t password_length;
	uint32_t flags;
	const void *package_list;
	uint32_t package_list_length;
};

#define SSPI_IDENTITY_VERSION		0x200
#define SSPI_IDENTITY_VERSION_2		0x201

/*
 * WinPR marks a hash in place of a password by adding this to its length (LB_PASSWORD_MAX_LENGTH
 * or SSPI_CREDENTIALS_HASH_LENGTH_OFFSET). A password has at most so many characters.
 */
#define SSPI_HASH_MARK			512

/* Front of SEC_WINPR_KERBEROS_SETTINGS; times and others follow. */
struct sspi_krb5_settings {
	const char *kdc_url;
	const char *keytab;
	const char *cache;
	const char *armor_cache;
	const char *pkinit_anchors;
	const char *pkinit_identity;
};

/* SEC_WINNT_AUTH_IDENTITY_WINPR, of version 3 */
struct sspi_identity_winpr {
	struct sspi_identity_ex ex;
	const void *ntlm;
	const struct sspi_krb5_settings *krb5;
};

/* SecPkgContext_Lifespan */
struct sspi_lifespan {
	struct sspi_time start;
	struct sspi_time expiry;
};

/* SecPkgContext_Names, SecPkgCredentials_Names */
struct sspi_names {
	void *user;
};

/* SecPkgContext_NativeNames */
struct sspi_native_names {
	void *client;
	void *server;
};

/* SecPkgContext_SessionKey */
struct sspi_session_key {
	uint32_t length;
	void *key;
};

/* SecPkgContext_PackageInfo */
struct sspi_package_attr {
	struct sspi_package_info *info;
};

/* SecPkgContext_NegotiationInfo */
struct sspi_negotiation_info {
	struct sspi_package_info *info;
	uint32_t state;
};

#define SSPI_CRED_ATTR_NAMES		1

/* SecPkgContext_AuthIdentity, of WinPR; always of bytes */
#define SECBUFFER_PADDING		9

#define SSPI_ATTR_AUTH_IDENTITY		1001
#define SSPI_AUTH_NAME			256

struct sspi_auth_identity {
	char user[SSPI_AUTH_NAME + 1];
	char domain[SSPI_AUTH_NAME + 1];
};

/* Flags of SSPI that <linux/credssp.h> does not have */
#define SSPI_REQ_USE_SESSION_KEY		0x00000020	/* ISC and ASC */
#define SSPI_ISC_REQ_IDENTIFY			0x00020000
#define SSPI_ISC_REQ_FRAGMENT_TO_FIT		0x00200000
#define SSPI_ISC_REQ_USE_HTTP_STYLE		0x01000000
#define SSPI_ASC_REQ_IDENTIFY			0x00080000
#define SSPI_ASC_REQ_ALLOW_NON_USER_LOGONS	0x00200000
#define SSPI_ASC_REQ_FRAGMENT_TO_FIT		0x00800000
#define SSPI_ASC_REQ_PROXY_BINDINGS		0x04000000

/* SecurityFunctionTableA, SecurityFunctionTableW */
struct sspi_table {
	uint32_t version;
	int32_t (*enumerate_packages)(uint32_t *count, struct sspi_package_info **info);
	int32_t (*query_cred)(struct sspi_handle *cred, uint32_t attribute, void *buffer);
	int32_t (*acquire)(const void *principal, const void *package, uint32_t use,
			   void *logon_id, const void *auth_data, void *get_key,
			   void *get_key_arg, struct sspi_handle *cred,
			   struct sspi_time *expiry);
	int32_t (*free_cred)(struct sspi_handle *cred);
	void *reserved2;
	int32_t (*initialize)(struct sspi_handle *cred, struct sspi_handle *context,
			      const void *target, uint32_t req, uint32_t reserved1,
			      uint32_t data_rep, struct sspi_buffer_desc *input,
			      uint32_t reserved2, struct sspi_handle *new_context,
			      struct sspi_buffer_desc *output, uint32_t *attr,
			      struct sspi_time *expiry);
	int32_t (*accept)(struct sspi_handle *cred, struct sspi_handle *context,
			  struct sspi_buffer_desc *input, uint32_t req, uint32_t data_rep,
			  struct sspi_handle *new_context, struct sspi_buffer_desc *output,
			  uint32_t *attr, struct sspi_time *expiry);
	int32_t (*complete)(struct sspi_handle *context, struct sspi_buffer_desc *token);
	int32_t (*delete_context)(struct sspi_handle *context);
	int32_t (*apply_control_token)(struct sspi_handle *context,
				       struct sspi_buffer_desc *input);
	int32_t (*query)(struct sspi_handle *context, uint32_t attribute, void *buffer);
	int32_t (*impersonate)(struct sspi_handle *context);
	int32_t (*revert)(struct sspi_handle *context);
	int32_t (*sign)(struct sspi_handle *context, uint32_t qop,
			struct sspi_buffer_desc *message, uint32_t sequence);
	int32_t (*verify)(struct sspi_handle *context, struct sspi_buffer_desc *message,
			  uint32_t sequence, uint32_t *qop);
	int32_t (*free_buffer)(void *buffer);
	int32_t (*query_package)(const void *name, struct sspi_package_info **info);
	void *reserved3;
	void *reserved4;
	int32_t (*export_context)(struct sspi_handle *context, uint32_t flags,
				  struct sspi_buffer *packed, void **token);
	int32_t (*import_context)(const void *package, struct sspi_buffer *packed, void *token,
				  struct sspi_handle *context);
	int32_t (*add_cred)(struct sspi_handle *cred, const void *principal,
			    const void *package, uint32_t use, void *auth_data,
			    void *get_key, void *get_key_arg, struct sspi_time *expiry);
	void *reserved8;
	int32_t (*query_token)(struct sspi_handle *context, void **token);
	int32_t (*encrypt)(struct sspi_handle *context, uint32_t qop,
			   struct sspi_buffer_desc *message, uint32_t sequence);
	int32_t (*decrypt)(struct sspi_handle *context, struct sspi_buffer_desc *message,
			   uint32_t sequence, uint32_t *qop);
	int32_t (*set_context)(struct sspi_handle *context, uint32_t attribute, void *buffer,
			       uint32_t length);
	/* WinPR 3; version 2 ends here. */
	int32_t (*set_cred)(struct sspi_handle *cred, uint32_t attribute, void *buffer,
			    uint32_t length);
};

#define SSPI_TABLE_VERSION	3	/* through SetCredentialsAttributes */

#endif
