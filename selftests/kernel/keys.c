// SPDX-License-Identifier: GPL-2.0-only
/* Keyrings that a consumer names. */
#include <linux/err.h>
#include <linux/key.h>
#include <linux/net.h>
#include <linux/vmalloc.h>

#include "consumer.h"

#define TIMEOUT_MS	60000

static struct credssp_acquire acquire_from(struct consumer *c, struct key *keyring)
{
	return (struct credssp_acquire){
		.use = SECPKG_CRED_OUTBOUND,
		.mechs = CREDSSP_MECH_NTLM,
		.cred = c->user,
		.keyring = keyring,
	};
}

/* The status of an exchange with a credential from @keyring. */
static s32 authenticate(struct consumer *c, struct key *keyring)
{
	struct credssp_acquire args = acquire_from(c, keyring);
	__le16 *target = consumer_utf16("termsrv/LOCALHOST");
	struct credssp_cred *cred = NULL;
	struct socket *sock = NULL;
	s32 status = SEC_E_INTERNAL_ERROR;

	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL), SEC_E_OK);
	EXPECT_EQ(c, consumer_connect(c->port, &sock), 0);
	if (cred && sock && target)
		status = credssp_authenticate_socket(cred, sock, target, ISC_REQ_DELEGATE, 0,
						     TIMEOUT_MS, NULL, NULL);
	if (sock)
		sock_release(sock);
	vfree(target);
	credssp_free_credentials_handle(cred);
	return status;
}

void consumer_keyring(struct consumer *c)
{
	EXPECT_EQ(c, authenticate(c, c->keyring), SEC_E_OK);
}

void consumer_empty_keyring(struct consumer *c)
{
	EXPECT_EQ(c, authenticate(c, c->empty), SEC_E_NO_CREDENTIALS);
}

void consumer_keyring_arguments(struct consumer *c)
{
	struct credssp_acquire args = acquire_from(c, c->key);
	const unsigned int usage = refcount_read(&c->key->usage);
	struct credssp_cred *cred = NULL;

	/* a key, but no keyring */
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	args.keyring = c->keyring;
	args.key = c->key;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	/* the reference on the key is dropped again */
	EXPECT_EQ(c, refcount_read(&c->key->usage), usage);
	args.key = NULL;
	args.user = "a\0";
	args.user_length = 2;
	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL),
		  SEC_E_INVALID_PARAMETER);
	/* a number means nothing without a user's process */
	EXPECT_EQ(c, PTR_ERR(credssp_lookup_key(1)), -EACCES);
	EXPECT(c, !cred);
}
