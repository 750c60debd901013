// SPDX-License-Identifier: GPL-2.0-only
/* ISC_REQ_USE_SUPPLIED_CREDS: the identity comes with the call. */
#include <string.h>

#include "walk.h"

static uint8_t packed[sizeof(struct credssp_identity) + 256];

static uint32_t pack(const char *user, const char *password)
{
	struct credssp_acquire args = walk_alice();
	uint32_t length = sizeof(packed);

	args.user = user;
	args.user_length = strlen(user);
	args.password = password;
	args.password_length = strlen(password);
	REQUIRE_EQ(credssp_pack_identity(&args, packed, &length), SEC_E_OK);
	return length;
}

static void supply(struct walk *w, uint32_t length)
{
	w->req |= ISC_REQ_USE_SUPPLIED_CREDS;
	w->in[w->in_count++] = (struct credssp_buffer){ SECBUFFER_PKG_PARAMS, length, packed };
}

static struct credssp_acquire without_identity(void)
{
	return (struct credssp_acquire){
		.use = SECPKG_CRED_OUTBOUND, .mechs = CREDSSP_MECH_NTLM,
	};
}

TEST(supplied, "with USE_SUPPLIED_CREDS the identity of the call logs on, not the handle's")
{
	struct credssp_acquire args = walk_alice();
	struct walk *w;

	args.password = "not the password";
	args.password_length = 16;
	w = walk_open(&args);
	supply(w, pack(USER, PASSWORD));
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	CHECK(w->attr & ISC_RET_USED_SUPPLIED_CREDS);
	walk_echo(w);
	walk_end(w);
	/* a wrong supplied password is not replaced by the handle's right one */
	w = walk_begin();
	supply(w, pack(USER, "not the password"));
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_LOGON_DENIED);
	walk_end(w);
}

TEST(no_identity, "a credential without an identity serves the calls that bring one")
{
	struct credssp_acquire args = without_identity();
	struct walk *w = walk_open(&args);

	supply(w, pack(USER, PASSWORD));
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	walk_echo(w);
	walk_end(w);
	w = walk_open(&args);
	CHECK_EQ(walk_call(w), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(w->context, 0);
	credssp_close(w->lib);
}

TEST(together, "USE_SUPPLIED_CREDS and PKG_PARAMS go together")
{
	struct walk *w = walk_begin();

	w->req |= ISC_REQ_USE_SUPPLIED_CREDS;
	CHECK_EQ(walk_call(w), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(w->context, 0);
	supply(w, pack(USER, PASSWORD));
	w->req &= ~ISC_REQ_USE_SUPPLIED_CREDS;
	CHECK_EQ(walk_call(w), SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(w->context, 0);
	/* a call that continues an exchange takes no identity */
	w->in_count = 0;
	supply(w, pack(USER, PASSWORD));
	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	supply(w, pack(USER, PASSWORD));
	CHECK_EQ(walk_call(w), SEC_E_INVALID_PARAMETER);
	walk_end(w);
}

TEST(cut_identities, "identities that are malformed are refused, and cut at every length")
{
	struct credssp_identity *id = (struct credssp_identity *)packed;
	struct walk *w = walk_begin();
	uint32_t length = pack(USER, PASSWORD), n;

	for (n = 0; n < length; n++) {
		w->in_count = 0;
		supply(w, n);
		CHECK_EQ(walk_call(w), SEC_E_INVALID_PARAMETER);
		/* the same with the true length in the structure: the strings do not fit */
		if (n >= sizeof(*id)) {
			id->size = n;
			CHECK_EQ(walk_call(w), SEC_E_INVALID_PARAMETER);
			id->size = length;
		}
	}
	pack("", PASSWORD);
	w->in_count = 0;
	supply(w, id->size);
	CHECK_EQ(walk_call(w), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(w->context, 0);
	credssp_close(w->lib);
}

TEST_LIMIT(again, 40, "a reauthentication may bring another identity")
{
	struct credssp_acquire args = without_identity();
	struct walk *w = walk_open(&args);
	uint64_t context;

	supply(w, pack(USER, PASSWORD));
	REQUIRE_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	walk_echo(w);
	context = w->context;
	w->sock = sock_peer();
	walk_input(w, NULL, 0);
	supply(w, pack(USER, PASSWORD));
	REQUIRE_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	CHECK_EQ(w->context, context);
	walk_echo(w);
	w->sock = sock_peer();
	walk_input(w, NULL, 0);
	supply(w, pack("mallory", PASSWORD));
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_LOGON_DENIED);
	walk_end(w);
}

TEST(attached, "an attached socket takes an identity with its one call")
{
	struct credssp_acquire args = without_identity();
	struct walk *w = walk_open(&args);

	REQUIRE_EQ(credssp_attach(w->lib, w->cred, w->sock, &w->context), SEC_E_OK);
	w->out_count = 0;
	supply(w, pack(USER, PASSWORD));
	CHECK_EQ(walk_call(w), SEC_E_OK);
	CHECK(w->attr & ISC_RET_USED_SUPPLIED_CREDS);
	CHECK_EQ(credssp_send(w->sock, "hello", 5, 0), 5);
	walk_end(w);
}

TEST(one_call, "AUTHENTICATE has no place for an identity, and says so")
{
	struct walk *w = walk_begin();

	CHECK_EQ(credssp_authenticate_socket(w->lib, w->cred, w->sock, TARGET,
					     REQ | ISC_REQ_USE_SUPPLIED_CREDS, 0, 0, NULL),
		 SEC_E_NO_CREDENTIALS);
	credssp_close(w->lib);
}
