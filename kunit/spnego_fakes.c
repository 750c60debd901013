// SPDX-License-Identifier: GPL-2.0-only
#include "spnego_fakes.h"

#include <linux/slab.h>
#include "base/status.h"

struct fake_script fake_scripts[FAKE_KINDS];
/* Mechanisms that were created and not freed */
static unsigned int fakes_alive;

/**
 * struct fake - a scripted mechanism of either side
 * @kind: whose script it follows
 * @accepts: it is an acceptor
 * @steps: successful ones
 * @sent, @received: messages
 */
struct fake {
	struct cssp_mech base;
	enum fake_kind kind;
	bool accepts;
	unsigned int steps;
	u8 sent, received;
};

static struct fake *fake_of(struct cssp_mech *mech)
{
	return container_of(mech, struct fake, base);
}

static const struct fake_script *fake_script(const struct fake *f)
{
	return &fake_scripts[f->kind];
}

static int fake_fail(struct fake *f, u32 reason, int err)
{
	f->base.reason = reason;
	return err;
}

static int fake_new(struct cssp_mech **mech, const struct cssp_mech_ops *ops,
		    enum fake_kind kind, bool accepts)
{
	struct fake *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->kind = kind;
	f->accepts = accepts;
	f->base.ops = ops;
	f->base.ntlm_only = kind == FAKE_CHALLENGE;
	f->base.trailer = kind == FAKE_TICKET ? 60 : 16;
	f->base.signature = kind == FAKE_TICKET ? 28 : 16;
	f->base.facts.package = kind == FAKE_TICKET ? CREDSSP_PACKAGE_KERBEROS :
						      CREDSSP_PACKAGE_NTLM;
	fakes_alive++;
	*mech = &f->base;
	return 0;
}

static int fake_create_ticket(struct cssp_mech **mech, const struct cssp_mech_params *p)
{
	return fake_new(mech, &fake_ticket_ops, FAKE_TICKET, false);
}

static int fake_create_challenge(struct cssp_mech **mech, const struct cssp_mech_params *p)
{
	return fake_new(mech, &fake_challenge_ops, FAKE_CHALLENGE, false);
}

static int fake_accept_ticket(struct cssp_mech **mech, const struct cssp_mech_params *p)
{
	return fake_scripts[FAKE_TICKET].create_err ?:
	       fake_new(mech, &fake_ticket_acceptor_ops, FAKE_TICKET, true);
}

static int fake_accept_challenge(struct cssp_mech **mech, const struct cssp_mech_params *p)
{
	return fake_scripts[FAKE_CHALLENGE].create_err ?:
	       fake_new(mech, &fake_challenge_acceptor_ops, FAKE_CHALLENGE, true);
}

static int fake_put(struct cssp_vbuf *out, char side, unsigned int number)
{
	const char token[] = { side, '0' + number % 10 };

	return cssp_vbuf_append(out, token, sizeof(token));
}

static bool fake_is(const struct cssp_rd *in, char side, unsigned int number)
{
	const char token[] = { side, '0' + number % 10 };
	struct cssp_rd end = *in;

	return in->left >= sizeof(token) && !cssp_rd_skip(&end, in->left - sizeof(token)) &&
	       cssp_rd_equal(&end, token, sizeof(token));
}

/* The token number @f->steps + 1 is @in. */
static int fake_accept(struct fake *f, const struct cssp_rd *in, struct cssp_vbuf *out,
		       enum cssp_mech_progress *progress)
{
	const struct fake_script *s = fake_script(f);
	const bool last = ++f->steps == s->tokens;

	f->base.facts.user_to_user = s->user_to_user;
	f->base.facts.kdc_messages = 1;
	if (f->steps == s->err_at) {
		f->base.unavailable = s->unavailable;
		f->base.only_user_to_user = s->only_user_to_user;
		f->base.facts.ntstatus = FAKE_NTSTATUS;
		if (s->error_token &&
		    cssp_vbuf_append(out, s->error_token, strlen(s->error_token)))
			cssp_vbuf_clear(out);
		return fake_fail(f, FAKE_REASON, s->err);
	}
	if (!fake_is(in, 'i', f->steps))
		return fake_fail(f, FAKE_REASON, -EBADMSG);
	*progress = last ? CSSP_MECH_DONE : CSSP_MECH_CONTINUE;
	return last && s->silent ? 0 : fake_put(out, 'a', f->steps);
}

static int fake_initiate(struct fake *f, const struct cssp_rd *in, struct cssp_vbuf *out,
			 enum cssp_mech_progress *progress)
{
	const struct fake_script *s = fake_script(f);
	const unsigned int number = f->steps++;

	if (number ? !fake_is(in, 'a', number) : in->left)
		return fake_fail(f, FAKE_REASON, -EBADMSG);
	*progress = CSSP_MECH_CONTINUE;
	if (number + s->silent == s->tokens)
		*progress = CSSP_MECH_DONE;
	return number == s->tokens ? 0 : fake_put(out, 'i', number + 1);
}

static int fake_name(struct cssp_vbuf *to, const char *name)
{
	cssp_vbuf_clear(to);
	return cssp_vbuf_append(to, name, strlen(name) + 1);
}

static int fake_step(struct cssp_mech *mech, const struct cssp_rd *in, struct cssp_vbuf *out,
		     enum cssp_mech_progress *progress)
{
	struct fake *f = fake_of(mech);
	int ret;

	if (!f->accepts)
		return fake_initiate(f, in, out, progress);
	ret = f->kind == FAKE_CHALLENGE ? fake_name(&mech->facts.claimed, FAKE_CLAIMED) : 0;
	ret = ret ?: fake_accept(f, in, out, progress);
	if (ret)
		return ret;
	return *progress == CSSP_MECH_DONE ? fake_name(&mech->facts.client, FAKE_CLIENT) : 0;
}

u8 fake_list_sum(const struct cssp_rd *list)
{
	u8 sum = 0;
	size_t i;

	for (i = 0; i < list->left; i++)
		sum = 3 * sum + list->p[i];
	return sum;
}

static int fake_sign(struct cssp_mech *mech, const struct cssp_rd *message, struct cssp_vbuf *mic)
{
	struct fake *f = fake_of(mech);
	const u8 bytes[] = { f->accepts ? 'a' : 'i', f->sent++, fake_list_sum(message) };

	return cssp_vbuf_append(mic, bytes, sizeof(bytes));
}

static int fake_verify(struct cssp_mech *mech, const struct cssp_rd *message,
		       const struct cssp_rd *mic)
{
	struct fake *f = fake_of(mech);
	const u8 bytes[] = { f->accepts ? 'i' : 'a', f->received++, fake_list_sum(message) };

	return cssp_rd_equal(mic, bytes, sizeof(bytes)) ? 0 :
	       fake_fail(f, FAKE_MIC_REASON, CSSP_E_ALTERED);
}

static int fake_wrap(struct cssp_mech *mech, const struct cssp_rd *plain, struct cssp_vbuf *out)
{
	struct fake *f = fake_of(mech);
	const u8 head[] = { f->accepts ? 'a' : 'i', f->sent++ };

	return cssp_vbuf_append(out, head, sizeof(head)) ?:
	       cssp_vbuf_append(out, plain->p, plain->left);
}

static int fake_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
		       struct cssp_vbuf *out)
{
	struct fake *f = fake_of(mech);
	const u8 want[] = { f->accepts ? 'i' : 'a', f->received++ };
	struct cssp_rd rd = *sealed, head;

	if (cssp_rd_sub(&rd, sizeof(want), &head) || !cssp_rd_equal(&head, want, sizeof(want)))
		return fake_fail(f, FAKE_MIC_REASON, CSSP_E_ALTERED);
	return cssp_vbuf_append(out, rd.p, rd.left);
}

static int fake_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	memset(key->bytes, 'k', 16);
	key->length = 16;
	return 0;
}

static void fake_free(struct cssp_mech *mech)
{
	cssp_mech_facts_free(&mech->facts);
	kfree(fake_of(mech));
	fakes_alive--;
}

#define FAKE_OPS(ntlm, tickets, new)		\
{						\
	.needs_ntlm = ntlm,			\
	.needs_tickets = tickets,		\
	.create = new,				\
	.step = fake_step,			\
	.wrap = fake_wrap,			\
	.unwrap = fake_unwrap,			\
	.sign = fake_sign,			\
	.verify = fake_verify,			\
	.list_mic = fake_sign,			\
	.check_list_mic = fake_verify,		\
	.session_key = fake_session_key,	\
	.free = fake_free,			\
}

const struct cssp_mech_ops fake_ticket_ops = FAKE_OPS(false, true, fake_create_ticket);
const struct cssp_mech_ops fake_challenge_ops = FAKE_OPS(true, false, fake_create_challenge);
const struct cssp_mech_ops fake_ticket_acceptor_ops = FAKE_OPS(false, true, fake_accept_ticket);
const struct cssp_mech_ops fake_challenge_acceptor_ops =
	FAKE_OPS(true, false, fake_accept_challenge);

const struct cssp_spnego_offer fake_offers[FAKE_OFFERS] = {
	{ CSSP_SPNEGO_MS_KRB5, &fake_ticket_ops },
	{ CSSP_SPNEGO_KRB5, &fake_ticket_ops },
	{ CSSP_SPNEGO_NTLM, &fake_challenge_ops },
};

const struct cssp_spnego_offer fake_acc_offers[FAKE_ACC_OFFERS] = {
	{ CSSP_SPNEGO_MS_KRB5, &fake_ticket_acceptor_ops },
	{ CSSP_SPNEGO_KRB5, &fake_ticket_acceptor_ops },
	{ CSSP_SPNEGO_KRB5_U2U, &fake_ticket_acceptor_ops },
	{ CSSP_SPNEGO_NTLM, &fake_challenge_acceptor_ops },
};

static void fakes_check(void *data)
{
	struct kunit *test = data;

	KUNIT_EXPECT_EQ(test, fakes_alive, 0U);
}

int fakes_reset(struct kunit *test)
{
	fakes_alive = 0;
	fake_scripts[FAKE_TICKET] = (struct fake_script){ .tokens = 1 };
	fake_scripts[FAKE_CHALLENGE] = (struct fake_script){ .tokens = 2, .silent = true };
	/* The first action is the last one to run. */
	return kunit_add_action_or_reset(test, fakes_check, test);
}

struct cssp_mech *fake_new_acceptor(struct kunit *test, const struct cssp_mech_params *params)
{
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, cssp_spnego_acceptor_create_with(&mech, params, fake_acc_offers,
							       FAKE_ACC_OFFERS), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}

static const struct cssp_identity fake_user = { .user = { .data = (u8 *)"u", .len = 2 } };
static const struct cssp_tickets fake_tickets;

struct cssp_mech *fake_new_initiator(struct kunit *test)
{
	static const struct cssp_mech_params params = {
		.id = &fake_user,
		.tickets = &fake_tickets,
	};
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, cssp_spnego_create_with(&mech, &params, fake_offers, FAKE_OFFERS),
			0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}
