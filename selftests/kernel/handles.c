// SPDX-License-Identifier: GPL-2.0-only
/* Credentials, packages, and NULL handles. */
#include <linux/cred.h>
#include <linux/key.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "consumer.h"

void consumer_for_whom(struct consumer *c)
{
	struct credssp_acquire args = { .use = SECPKG_CRED_OUTBOUND, .key = c->key };
	struct credssp_cred *cred = NULL;

	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	args.cred = c->user;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, NULL, NULL),
		  SEC_E_INVALID_PARAMETER);
	EXPECT_EQ(c, credssp_acquire_credentials_handle(NULL, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	args.use = SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_UNSUPPORTED_FUNCTION);
	/* an acceptor has no key */
	args.use = SECPKG_CRED_INBOUND;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	args.use = SECPKG_CRED_OUTBOUND;
	args.user = "a";
	args.user_length = 1;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	args.key = NULL;
	/* half of a UTF-16 unit */
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	EXPECT(c, !cred);
	args.user = "a\0";
	args.user_length = 2;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL), SEC_E_OK);
	EXPECT_EQ(c, credssp_free_credentials_handle(cred), SEC_E_OK);
}

void consumer_null(struct consumer *c)
{
	struct credssp_buffer out = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 1, &out };
	struct credssp_context *context = NULL;
	u32 attr, length = 0;

	EXPECT_EQ(c, credssp_free_credentials_handle(NULL), SEC_E_INVALID_HANDLE);
	EXPECT_EQ(c, credssp_delete_security_context(NULL), SEC_E_INVALID_HANDLE);
	EXPECT_EQ(c, credssp_complete_auth_token(NULL, NULL), SEC_E_INVALID_HANDLE);
	EXPECT_EQ(c, credssp_query_context_attributes(NULL, 0, NULL, &length),
		  SEC_E_INVALID_HANDLE);
	EXPECT_EQ(c, credssp_encrypt_message(NULL, 0, &desc, 0), SEC_E_INVALID_HANDLE);
	EXPECT_EQ(c, credssp_decrypt_message(NULL, &desc, 0, NULL), SEC_E_INVALID_HANDLE);
	EXPECT_EQ(c, credssp_export_ktls(NULL, NULL), SEC_E_INVALID_HANDLE);
	EXPECT_EQ(c, credssp_attach_socket(NULL, NULL, &context), SEC_E_NO_CREDENTIALS);
	EXPECT_EQ(c, credssp_initialize_security_context(NULL, NULL, NULL,
							 ISC_REQ_ALLOCATE_MEMORY, 0,
							 SECURITY_NATIVE_DREP, NULL, 0,
							 &context, &desc, &attr, NULL),
		  SEC_E_NO_CREDENTIALS);
	EXPECT_EQ(c, credssp_free_context_buffer(NULL), SEC_E_OK);
	credssp_cancel(NULL);
}

void consumer_packages(struct consumer *c)
{
	struct credssp_package_info *info = NULL;
	char *pool;
	u32 count = 0;

	EXPECT_EQ(c, credssp_enumerate_security_packages(&count, &info), SEC_E_OK);
	if (info) {
		EXPECT(c, count >= 1);
		EXPECT(c, !strcmp((char *)info + info->name_offset, "CREDSSP"));
	}
	EXPECT_EQ(c, credssp_free_context_buffer(info), SEC_E_OK);
	info = NULL;
	EXPECT_EQ(c, credssp_query_security_package_info("CredSSP", &info), SEC_E_OK);
	if (info)
		EXPECT_EQ(c, info->package, CREDSSP_PACKAGE_CREDSSP);
	credssp_free_context_buffer(info);
	EXPECT_EQ(c, credssp_query_security_package_info("Digest", &info),
		  SEC_E_SECPKG_NOT_FOUND);
	EXPECT_EQ(c, credssp_query_security_package_info(NULL, &info),
		  SEC_E_INVALID_PARAMETER);
	/* the module must not free memory from kmalloc() */
	pool = kmalloc(16, GFP_KERNEL);
	EXPECT_EQ(c, credssp_free_context_buffer(pool), SEC_E_INVALID_PARAMETER);
	kfree(pool);
}

/* An inner package needs no helper and no peer for its first token. */
static void first_token(struct consumer *c, u32 package, const void *begins, size_t len)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.package = package,
		.cred = c->user,
		.key = c->key,
	};
	struct call call = { .req = ISC_REQ_ALLOCATE_MEMORY, .out.type = SECBUFFER_TOKEN };
	__le16 *target = consumer_utf16("TERMSRV/localhost");
	struct credssp_context *attached = NULL;
	struct credssp_cred *cred = NULL;
	struct socket *sock = NULL;

	call.target = target;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL), SEC_E_OK);
	if (!cred || !target)
		goto out;
	EXPECT_EQ(c, consumer_call(cred, &call), SEC_I_CONTINUE_NEEDED);
	EXPECT(c, call.out.length > len && !memcmp(call.out.data, begins, len));
	EXPECT(c, is_vmalloc_addr(call.out.data));
	credssp_free_context_buffer(call.out.data);
	if (call.context)
		EXPECT_EQ(c, credssp_delete_security_context(call.context), SEC_E_OK);
	/* an inner package cannot use a socket */
	EXPECT_EQ(c, consumer_connect(c->port, &sock), 0);
	if (sock) {
		EXPECT_EQ(c, credssp_attach_socket(cred, sock, &attached),
			  SEC_E_UNSUPPORTED_FUNCTION);
		sock_release(sock);
	}
out:
	vfree(target);
	credssp_free_credentials_handle(cred);
}

void consumer_inner(struct consumer *c)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.package = CREDSSP_PACKAGE_NTLM,
		.mechs = CREDSSP_MECH_NTLM,
		.cred = c->user,
		.key = c->key,
	};
	struct credssp_cred *cred;

	first_token(c, CREDSSP_PACKAGE_NTLM, "NTLMSSP", 8);
	first_token(c, CREDSSP_PACKAGE_NEGOTIATE, "\x60", 1);
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	args.mechs = 0;
	args.package = 99;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
}

void consumer_key_of_another(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	struct call call = { .req = ISC_REQ_DELEGATE | ISC_REQ_ALLOCATE_MEMORY };
	__le16 *target = consumer_utf16("TERMSRV/elsewhere");

	if (!cred || !target)
		goto out;
	call.target = target;
	call.out.type = SECBUFFER_TOKEN;
	EXPECT_EQ(c, consumer_call(cred, &call), SEC_E_NO_CREDENTIALS);
	EXPECT(c, !call.context && !call.out.data);
out:
	vfree(target);
	credssp_free_credentials_handle(cred);
}
