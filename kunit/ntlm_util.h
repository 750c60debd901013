/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of the suites of crypto/ and mech/. Objects are freed with the test case. */
#ifndef KUNIT_NTLM_UTIL_H
#define KUNIT_NTLM_UTIL_H

#include <kunit/test.h>
#include "ntlm_server.h"
#include "util.h"
#include "wire/spnego_msg.h"

KUNIT_DEFINE_ACTION_WRAPPER(free_vbuf_action, cssp_vbuf_free, struct cssp_vbuf *);
KUNIT_DEFINE_ACTION_WRAPPER(free_identity_action, ntlm_server_identity_free,
			    struct cssp_identity *);
KUNIT_DEFINE_ACTION_WRAPPER(free_server_action, ntlm_server_free, struct ntlm_server *);
KUNIT_DEFINE_ACTION_WRAPPER(free_mech_action, cssp_mech_free, struct cssp_mech *);

/* Expect that the @len bytes at @got are those of @str. */
#define EXPECT_HEX(test, got, len, str)						\
do {										\
	struct cssp_rd __got = cssp_rd_of(got, len);				\
										\
	test_expect_hex(test, &__got, str);					\
} while (0)

static inline struct cssp_vbuf *new_vbuf(struct kunit *test)
{
	struct cssp_vbuf *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_vbuf_action, b), 0);
	return b;
}

static inline struct cssp_identity *new_identity(struct kunit *test, const char *user,
						 const char *domain, const char *password)
{
	struct cssp_identity *id = kunit_kzalloc(test, sizeof(*id), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, id);
	KUNIT_ASSERT_EQ(test, ntlm_server_identity(id, user, domain, password), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_identity_action, id), 0);
	return id;
}

/* UTF-16LE of @str, by way of the password of an identity. */
static inline struct cssp_rd utf16_of(struct kunit *test, const char *str)
{
	return cssp_vbuf_rd(&new_identity(test, "", "", str)->password);
}

static inline struct cssp_ntlm_crypto *new_crypto(struct kunit *test)
{
	struct cssp_ntlm_crypto *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_crypto_init(c), 0);
	return c;
}

static inline struct cssp_ntlm_dir *new_dir(struct kunit *test, struct cssp_ntlm_crypto *c,
					    enum cssp_ntlm_way way, const char *session_key)
{
	struct cssp_ntlm_dir *dir = kunit_kzalloc(test, sizeof(*dir), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dir);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_dir_init(c, dir, way, test_hex(test, session_key).p), 0);
	return dir;
}

static inline struct ntlm_server *new_server(struct kunit *test,
					     const struct cssp_identity *id,
					     const struct ntlm_server_knobs *knobs)
{
	struct ntlm_server *s = ntlm_server_new(id, knobs);

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_server_action, s), 0);
	return s;
}

static inline struct cssp_mech *new_mech(struct kunit *test, const struct cssp_mech_ops *ops,
					 const struct cssp_identity *id, const char *target)
{
	const struct cssp_mech_params params = { .id = id, .target = target };
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, ops->create(&mech, &params), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}

/* Replace @old, which is freed, by a new mechanism. */
static inline struct cssp_mech *renew_mech(struct kunit *test, struct cssp_mech *old,
					   const struct cssp_identity *id, const char *target)
{
	const struct cssp_mech_ops *ops = old->ops;

	kunit_release_action(test, free_mech_action, old);
	return new_mech(test, ops, id, target);
}

/* Step @mech; @out is emptied first. */
static inline int step(struct cssp_mech *mech, const struct cssp_vbuf *in,
		       struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	const struct cssp_rd rd = in ? cssp_vbuf_rd(in) : cssp_rd_of(NULL, 0);

	cssp_vbuf_clear(out);
	return mech->ops->step(mech, &rd, out, progress);
}

static inline int server_step(struct ntlm_server *s, const struct cssp_vbuf *in,
			      struct cssp_vbuf *out, bool *established)
{
	const struct cssp_rd rd = cssp_vbuf_rd(in);

	cssp_vbuf_clear(out);
	return ntlm_server_step(s, &rd, out, established);
}

/* A bit of the MIC's tag makes it an extension, and then the token is one without a MIC. */
static inline bool has_lost_its_mic(const struct cssp_vbuf *token)
{
	const struct cssp_rd rd = cssp_vbuf_rd(token);
	struct cssp_spnego_resp resp;

	return !cssp_spnego_resp_decode(&rd, &resp) && !(resp.present & CSSP_SPNEGO_HAS_MIC);
}

#endif
