// SPDX-License-Identifier: GPL-2.0-only
#include "fake_mech.h"

#include <linux/slab.h>

#include "base/status.h"

struct fake_script fake_script;

/**
 * struct fake_mech - one side
 * @base: its base
 * @initiator: which side
 * @steps: steps done
 * @done: no token is expected any more
 * @sent, @received: messages
 */
struct fake_mech {
	struct cssp_mech base;
	bool initiator;
	int steps;
	bool done;
	u32 sent, received;
};

/* Tokens of each side, and after which one it can seal */
static const struct {
	int initiator, initiator_ready;
	int acceptor, acceptor_ready;
	/* the step that ends it */
	int initiator_done, acceptor_done;
} fake_styles[FAKE_STYLES] = {
	[FAKE_NTLM]		= { 2, 2, 1, 2, 2, 2 },
	[FAKE_SPNEGO]		= { 2, 2, 2, 2, 3, 2 },
	[FAKE_KERBEROS]		= { 1, 2, 1, 1, 2, 1 },
	[FAKE_USER_TO_USER]	= { 3, 3, 2, 2, 3, 3 },
	[FAKE_MUTE]		= { 1, 1, 0, 1, 1, 1 },
	[FAKE_LATE_ANSWER]	= { 3, 3, 3, 2, 4, 3 },
};

static struct fake_mech *fake_of(struct cssp_mech *mech)
{
	return container_of(mech, struct fake_mech, base);
}

/* Without a reason of its own: as the errno has it in NTLM. */
static int fake_fail(struct fake_mech *m, u32 reason, int err)
{
	m->base.reason = reason ?: cssp_reason(CSSP_LAYER_NTLM, err);
	m->done = true;
	return err;
}

/* The peer's next token: initiator's n-th step takes a(n-1), the acceptor's i(n). */
static bool fake_is_next(const struct fake_mech *m, const struct cssp_rd *in)
{
	char want[2] = { m->initiator ? 'a' : 'i', '0' + m->steps - m->initiator };

	if (m->initiator && m->steps == 1)
		return !in->left;
	return cssp_rd_equal(in, want, sizeof(want));
}

static int fake_add_token(const struct fake_mech *m, int tokens, struct cssp_vbuf *out)
{
	char token[2] = { m->initiator ? 'i' : 'a', '0' + m->steps };

	return m->steps <= tokens ? cssp_vbuf_append(out, token, sizeof(token)) : 0;
}

static enum cssp_mech_progress fake_progress(const struct fake_mech *m)
{
	int ready = m->initiator ? fake_styles[fake_script.style].initiator_ready :
				   fake_styles[fake_script.style].acceptor_ready;

	if (m->done)
		return CSSP_MECH_DONE;
	return m->steps >= ready ? CSSP_MECH_READY : CSSP_MECH_CONTINUE;
}

static int fake_scripted_failure(struct fake_mech *m, struct cssp_vbuf *out)
{
	m->base.facts.ntstatus = fake_script.ntstatus;
	if (fake_script.reject &&
	    cssp_vbuf_append(out, fake_script.reject, strlen(fake_script.reject)))
		return -ENOMEM;
	return fake_fail(m, fake_script.reason, fake_script.err);
}

static int fake_name(struct cssp_vbuf *to)
{
	if (to->len || !fake_script.name)
		return 0;
	return cssp_vbuf_append(to, fake_script.name, strlen(fake_script.name) + 1);
}

static int fake_step(struct cssp_mech *mech, const struct cssp_rd *in, struct cssp_vbuf *out,
		     enum cssp_mech_progress *progress)
{
	struct fake_mech *m = fake_of(mech);
	int last = m->initiator ? fake_styles[fake_script.style].initiator_done :
				  fake_styles[fake_script.style].acceptor_done;
	int tokens = m->initiator ? fake_styles[fake_script.style].initiator :
				    fake_styles[fake_script.style].acceptor;
	int ret;

	if (m->done)
		return fake_fail(m, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	m->steps++;
	if (!m->initiator && m->steps == fake_script.fail_at)
		return fake_name(&m->base.facts.claimed) ?: fake_scripted_failure(m, out);
	if (!fake_is_next(m, in))
		return fake_fail(m, CREDSSP_REASON_MECH_TOKEN, CSSP_E_MALFORMED);
	m->done = m->steps == last;
	*progress = fake_progress(m);
	ret = fake_add_token(m, tokens, out);
	if (!ret && !m->initiator)
		ret = fake_name(&m->base.facts.claimed);
	if (!ret && !m->initiator && m->done)
		ret = fake_name(&m->base.facts.client);
	return ret ? fake_fail(m, CREDSSP_REASON_NONE, ret) : 0;
}

/* FNV-1a: any one wrong bit gives another sum. */
static u32 fake_sum(u32 number, const struct cssp_rd *plain)
{
	u32 sum = 0x811c9dc5 ^ number;
	size_t i;

	for (i = 0; i < plain->left; i++)
		sum = (sum ^ plain->p[i]) * 0x01000193;
	return sum;
}

int fake_seal(bool from_initiator, u32 number, const struct cssp_rd *plain,
	      struct cssp_vbuf *out)
{
	u8 head[FAKE_OVERHEAD] = { 'm', from_initiator };
	struct cssp_wr wr = cssp_wr_of(head + 2, sizeof(head) - 2);

	cssp_wr_le32(&wr, number);
	cssp_wr_le32(&wr, fake_sum(number, plain));
	return cssp_vbuf_append(out, head, sizeof(head)) ?:
	       cssp_vbuf_append(out, plain->p, plain->left);
}

static int fake_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
		     struct cssp_vbuf *out)
{
	struct fake_mech *m = fake_of(mech);

	if (!m->initiator && fake_script.wrap_err)
		return fake_fail(m, CREDSSP_REASON_NONE, fake_script.wrap_err);
	return fake_seal(m->initiator, m->sent++, plain, out);
}

static int fake_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
		       struct cssp_vbuf *out)
{
	struct fake_mech *m = fake_of(mech);
	struct cssp_vbuf want = {};
	struct cssp_rd plain = *sealed;
	int ret;

	if (!m->initiator && fake_script.unwrap_err)
		return fake_fail(m, fake_script.unwrap_reason, fake_script.unwrap_err);
	if (fake_progress(m) == CSSP_MECH_CONTINUE)
		return fake_fail(m, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	/* The first message ends the exchange of tokens. */
	m->done = true;
	if (cssp_rd_skip(&plain, FAKE_OVERHEAD))
		return fake_fail(m, CREDSSP_REASON_MECH_MIC, CSSP_E_MALFORMED);
	ret = fake_seal(!m->initiator, m->received++, &plain, &want);
	if (!ret && !cssp_rd_equal(sealed, want.data, want.len))
		ret = CSSP_E_ALTERED;
	if (!ret)
		ret = cssp_vbuf_set(out, &plain);
	cssp_vbuf_free(&want);
	return ret ? fake_fail(m, CREDSSP_REASON_NONE, ret) : 0;
}

static int fake_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	if (fake_script.key_err)
		return fake_script.key_err;
	memset(key->bytes, FAKE_KEY_BYTE, FAKE_KEY_SIZE);
	key->length = FAKE_KEY_SIZE;
	return 0;
}

static void fake_free(struct cssp_mech *mech)
{
	cssp_mech_facts_free(&mech->facts);
	kfree(fake_of(mech));
	fake_script.alive--;
}

static int fake_create(struct cssp_mech **mech, const struct cssp_mech_ops *ops,
		       bool initiator)
{
	struct fake_mech *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	m->base.ops = ops;
	m->base.facts.package = CREDSSP_PACKAGE_NTLM;
	m->initiator = initiator;
	fake_script.alive++;
	*mech = &m->base;
	return 0;
}

static int fake_initiator_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return fake_create(mech, &fake_initiator_ops, true);
}

static int fake_acceptor_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return fake_script.create_err ?: fake_create(mech, &fake_acceptor_ops, false);
}

const struct cssp_mech_ops fake_initiator_ops = {
	.create = fake_initiator_create,
	.step = fake_step,
	.wrap = fake_wrap,
	.unwrap = fake_unwrap,
	.session_key = fake_session_key,
	.free = fake_free,
};

const struct cssp_mech_ops fake_acceptor_ops = {
	.create = fake_acceptor_create,
	.step = fake_step,
	.wrap = fake_wrap,
	.unwrap = fake_unwrap,
	.session_key = fake_session_key,
	.free = fake_free,
};
