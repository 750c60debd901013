/* SPDX-License-Identifier: GPL-2.0-only */
/* An initiator with its helper, and an acceptor. Objects are freed with the test case. */
#ifndef KUNIT_KRB5_PAIR_H
#define KUNIT_KRB5_PAIR_H

#include "krb5_server.h"
#include "mech/krb5.h"
#include "mech/tickets.h"
#include "ntlm_util.h"

#define KRB5_TARGET	"TERMSRV/server.example.org"

/**
 * struct krb5_pair - both sides, and what the initiator borrows
 * @target: target name
 * @bindings: digest of channel bindings, or NULL
 * @to_server, @to_client: the last token
 */
struct krb5_pair {
	struct cssp_identity *id;
	struct cssp_tickets tickets;
	struct cssp_ticket_store store;
	struct cssp_wait wait;
	struct krb5_helper helper;
	struct krb5_server *server;
	struct cssp_mech *client;
	const char *target;
	const u8 *bindings;
	struct cssp_vbuf *to_server;
	struct cssp_vbuf *to_client;
	enum cssp_mech_progress progress;
};

KUNIT_DEFINE_ACTION_WRAPPER(exit_store_action, cssp_ticket_store_exit,
			    struct cssp_ticket_store *);

static inline struct cssp_mech *krb5_client_new(struct kunit *test, struct krb5_pair *p)
{
	const struct cssp_mech_params params = {
		.id = p->id,
		.target = p->target,
		.bindings = p->bindings,
		.wait = &p->wait,
		.tickets = &p->tickets,
		.store = &p->store,
		.helper = &krb5_helper_ops,
	};
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, cssp_krb5_ops.create(&mech, &params), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}

/* A pair before the first token. */
static inline struct krb5_pair *krb5_pair_new(struct kunit *test,
					      const struct krb5_server_knobs *knobs)
{
	struct krb5_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->target = KRB5_TARGET;
	p->id = new_identity(test, "user", "EXAMPLE.ORG", "Password");
	p->to_server = new_vbuf(test);
	p->to_client = new_vbuf(test);
	cssp_wait_init(&p->wait);
	cssp_wait_start(&p->wait, 20000);
	cssp_ticket_store_init(&p->store);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, exit_store_action, &p->store), 0);
	p->server = krb5_server_new(test, knobs);
	krb5_helper_init(test, &p->helper, p->server);
	p->client = krb5_client_new(test, p);
	return p;
}

/* A new client and a new exchange, with what @p has now. */
static inline void krb5_pair_restart(struct kunit *test, struct krb5_pair *p)
{
	kunit_release_action(test, free_mech_action, p->client);
	krb5_server_reset(p->server);
	p->helper.calls = 0;
	p->client = krb5_client_new(test, p);
}

/* The initiator's step on the acceptor's last token. */
static inline int krb5_pair_step(struct krb5_pair *p)
{
	return step(p->client, p->to_client->len ? p->to_client : NULL, p->to_server,
		    &p->progress);
}

/* The acceptor's step on the initiator's last token. */
static inline int krb5_pair_answer(struct krb5_pair *p)
{
	const struct cssp_rd in = cssp_vbuf_rd(p->to_server);

	cssp_vbuf_clear(p->to_client);
	return krb5_server_step(p->server, &in, p->to_client);
}

/* Up to the acceptor's last token, which the initiator has not taken yet. */
static inline void krb5_pair_begin(struct kunit *test, struct krb5_pair *p)
{
	unsigned int legs = p->tickets.user_to_user ? 2 : 1;

	cssp_vbuf_clear(p->to_client);
	while (legs--) {
		KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
		KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
		KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	}
}

static inline void krb5_pair_establish(struct kunit *test, struct krb5_pair *p)
{
	krb5_pair_begin(test, p);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, p->server->state, KRB5_SERVER_ESTABLISHED);
}

/* Expect that @p's client has ended with @reason, and keeps nothing. */
static inline void krb5_pair_expect_dead(struct kunit *test, struct krb5_pair *p, u32 reason)
{
	static const struct cssp_krb5_dir no_dir;
	static const struct cssp_session_key no_key;
	struct cssp_krb5 *k = cssp_krb5_of(p->client);

	KUNIT_EXPECT_EQ(test, k->state, CSSP_KRB5_STATE_DEAD);
	KUNIT_EXPECT_EQ(test, p->client->reason, reason);
	KUNIT_EXPECT_MEMEQ(test, &k->context.tx, &no_dir, sizeof(no_dir));
	KUNIT_EXPECT_MEMEQ(test, &k->context.rx, &no_dir, sizeof(no_dir));
	KUNIT_EXPECT_MEMEQ(test, &k->context.session_key, &no_key, sizeof(no_key));
	KUNIT_EXPECT_NULL(test, k->saved.data);
	KUNIT_EXPECT_NULL(test, k->id);
	KUNIT_EXPECT_NULL(test, k->upcall.conv);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
}

#endif
