// SPDX-License-Identifier: GPL-2.0-only
/* The state of a channel, and how a channel fails. */
#include "channel_state.h"

#include <linux/bits.h>
#include <linux/kernel.h>

#include "../base/status.h"
#include "resume.h"

/* The states that may follow a state: see Documentation/state-machines.rst. */
static const unsigned long channel_state_next[] = {
	[CSSP_CHANNEL_NEW]		= BIT(CSSP_CHANNEL_HANDSHAKE) |
					  BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_HANDSHAKE]	= BIT(CSSP_CHANNEL_CERT_WANTED) |
					  BIT(CSSP_CHANNEL_UP) |
					  BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_CERT_WANTED]	= BIT(CSSP_CHANNEL_HANDSHAKE) |
					  BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_UP]		= BIT(CSSP_CHANNEL_BROKEN) |
					  BIT(CSSP_CHANNEL_GONE) |
					  BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_BROKEN]		= BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_GONE]		= BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_DEAD]		= 0,
};

int cssp_channel_set_state(struct cssp_channel *ch, enum cssp_channel_state next)
{
	if (!(channel_state_next[ch->state] & BIT(next)))
		return -EPROTO;
	ch->state = next;
	return 0;
}

int cssp_channel_check(const struct cssp_channel *ch)
{
	switch (ch->state) {
	case CSSP_CHANNEL_UP:
		return 0;
	case CSSP_CHANNEL_NEW:
	case CSSP_CHANNEL_HANDSHAKE:
	case CSSP_CHANNEL_CERT_WANTED:
		return -EPROTO;
	case CSSP_CHANNEL_GONE:
		return -EOPNOTSUPP;
	default:
		return -EPIPE;
	}
}

/* A close after an alert is reported as the alert. */
static u32 channel_state_reason(const struct cssp_channel *ch, int err)
{
	if (err == CSSP_E_CLOSED && ch->control.alert)
		return CREDSSP_REASON_TLS_ALERT;
	return cssp_reason(CSSP_LAYER_TLS, err);
}

int cssp_channel_fail(struct cssp_channel *ch, int err, u32 reason)
{
	if (!ch->reason)
		ch->reason = reason ?: channel_state_reason(ch, err);
	return err;
}

static void channel_state_drop_input(struct cssp_channel *ch)
{
	cssp_loopback_close(&ch->loopback);
	cssp_vbuf_free(&ch->wire_in);
	cssp_vbuf_free(&ch->plain);
}

void cssp_channel_break(struct cssp_channel *ch)
{
	if (!cssp_channel_set_state(ch, CSSP_CHANNEL_BROKEN))
		channel_state_drop_input(ch);
}

void cssp_channel_kill(struct cssp_channel *ch)
{
	channel_state_drop_input(ch);
	cssp_tls_session_forget_keys(&ch->session);
	cssp_resume_forget(ch);
	if (ch->conv)
		ch->helper->close(ch->conv, false);
	ch->conv = NULL;
	ch->state = CSSP_CHANNEL_DEAD;
}
