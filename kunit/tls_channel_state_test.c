// SPDX-License-Identifier: GPL-2.0-only
/* kmod/tls/channel_state.c: which states may follow which. */
#include "tls/channel_state.h"
#include "tls_util.h"

#define STATES	(CSSP_CHANNEL_DEAD + 1)

/* By the present state: the states that may follow it. */
static const unsigned int allowed[STATES] = {
	[CSSP_CHANNEL_NEW]		= BIT(CSSP_CHANNEL_HANDSHAKE) | BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_HANDSHAKE]	= BIT(CSSP_CHANNEL_CERT_WANTED) | BIT(CSSP_CHANNEL_UP) |
					  BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_CERT_WANTED]	= BIT(CSSP_CHANNEL_HANDSHAKE) | BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_UP]		= BIT(CSSP_CHANNEL_BROKEN) | BIT(CSSP_CHANNEL_GONE) |
					  BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_BROKEN]		= BIT(CSSP_CHANNEL_DEAD),
	[CSSP_CHANNEL_GONE]		= BIT(CSSP_CHANNEL_DEAD),
};

static void states_follow_the_table(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	int from, to, ret;

	for (from = 0; from < STATES; from++) {
		for (to = 0; to < STATES; to++) {
			end->ch->state = from;
			ret = cssp_channel_set_state(end->ch, to);
			KUNIT_EXPECT_EQ_MSG(test, ret,
					    allowed[from] & BIT(to) ? 0 : -EPROTO,
					    "%d to %d", from, to);
			KUNIT_EXPECT_EQ(test, end->ch->state, ret ? from : to);
		}
	}
}

static void every_state_can_be_killed(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	int from;

	for (from = 0; from < STATES; from++) {
		end->ch->state = from;
		cssp_channel_kill(end->ch);
		KUNIT_EXPECT_EQ(test, end->ch->state, CSSP_CHANNEL_DEAD);
	}
}

/* Only a channel that is up can lose its receiving side. */
static void only_up_breaks(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	int from;

	for (from = 0; from < STATES; from++) {
		end->ch->state = from;
		cssp_channel_break(end->ch);
		KUNIT_EXPECT_EQ(test, end->ch->state,
				from == CSSP_CHANNEL_UP ? CSSP_CHANNEL_BROKEN : from);
	}
}

static void the_first_reason_stays(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);

	/* The errno says enough. */
	KUNIT_EXPECT_EQ(test, cssp_channel_fail(end->ch, -ETIMEDOUT, 0), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);

	KUNIT_EXPECT_EQ(test, cssp_channel_fail(end->ch, -EKEYREJECTED, 0), -EKEYREJECTED);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), CREDSSP_REASON_TLS_RECORD);
	cssp_channel_fail(end->ch, -EBADMSG, CREDSSP_REASON_DER);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), CREDSSP_REASON_TLS_RECORD);
}

static struct kunit_case tls_channel_state_cases[] = {
	KUNIT_CASE(states_follow_the_table),
	KUNIT_CASE(every_state_can_be_killed),
	KUNIT_CASE(only_up_breaks),
	KUNIT_CASE(the_first_reason_stays),
	{}
};

static struct kunit_suite tls_channel_state_suite = {
	.name = "credssp_tls_channel_state",
	.test_cases = tls_channel_state_cases,
};

kunit_test_suites(&tls_channel_state_suite);
