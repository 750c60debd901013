// SPDX-License-Identifier: GPL-2.0-only
/* What must be refused: by the module, whose context is dead afterwards, and by MIT. */
#include <stdio.h>
#include <string.h>

#include "../ioctl/tap.h"
#include "krb5_pair.h"

#define LIMIT	60	/* seconds for tests with many exchanges */
#define LENGTH	40	/* of the message */
#define ROOM	(LENGTH + CREDSSP_MAX_SIGNATURE)

static const uint8_t text[LENGTH] = "a message of this length, which is sent";
static uint8_t room[ROOM];

static struct span plain(void)
{
	return span(text, sizeof(text));
}

/* The context is dead: only its report can be read, and it can be deleted. */
static void expect_dead(struct pair *p, uint32_t reason)
{
	struct credssp_report report;
	uint32_t length = sizeof(room);

	CHECK_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, plain(), room, &length),
		 SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_report(p->fd, p->context, &report), SEC_E_OK);
	CHECK_EQ(report.reason, reason);
	pair_end(p);
}

static int32_t give_sealed(struct pair *p, const struct bytes *sealed)
{
	uint32_t length = sizeof(room);

	return pair_message(p, CREDSSP_IOC_DECRYPT, span_of(sealed), room, &length);
}

static int32_t give_mic(struct pair *p, struct bytes *mic)
{
	uint32_t length = mic->len;

	return pair_message(p, CREDSSP_IOC_VERIFY, plain(), mic->p, &length);
}

TEST(replayed, "a sealed message that comes twice is refused")
{
	struct pair *p = pair_establish();
	struct bytes sealed = { 0 };

	krb5_seal(&p->server, plain(), &sealed);
	CHECK_EQ(give_sealed(p, &sealed), SEC_E_OK);
	CHECK_EQ(give_sealed(p, &sealed), SEC_E_MESSAGE_ALTERED);
	expect_dead(p, CREDSSP_REASON_MECH_MIC);
	bytes_free(&sealed);
}

TEST(replayed_mic, "a signature that comes twice is refused")
{
	struct pair *p = pair_establish();
	struct bytes mic = { 0 };

	krb5_sign(&p->server, plain(), &mic);
	CHECK_EQ(give_mic(p, &mic), SEC_E_OK);
	CHECK_EQ(give_mic(p, &mic), SEC_E_MESSAGE_ALTERED);
	expect_dead(p, CREDSSP_REASON_MECH_MIC);
	bytes_free(&mic);
}

TEST(reordered, "a message that comes before an earlier one is refused")
{
	struct pair *p = pair_establish();
	struct bytes sealed = { 0 }, mic = { 0 };

	krb5_seal(&p->server, plain(), &sealed);
	krb5_sign(&p->server, plain(), &mic);
	CHECK_EQ(give_mic(p, &mic), SEC_E_MESSAGE_ALTERED);
	expect_dead(p, CREDSSP_REASON_MECH_MIC);
	bytes_free(&sealed);
	bytes_free(&mic);
}

TEST(reflected, "the module's own message is not one of the server")
{
	struct pair *p = pair_establish();
	struct bytes sealed = { 0 };
	uint32_t length = sizeof(room);

	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, plain(), room, &length), SEC_E_OK);
	bytes_add(&sealed, room, length);
	CHECK_EQ(give_sealed(p, &sealed), SEC_E_MESSAGE_ALTERED);
	expect_dead(p, CREDSSP_REASON_MECH_MIC);
	bytes_free(&sealed);
}

TEST(not_sealed, "a message with integrity alone is refused")
{
	struct pair *p = pair_establish();
	struct bytes wrapped = { 0 };

	krb5_wrap(&p->server, plain(), &wrapped);
	CHECK_EQ(give_sealed(p, &wrapped), SEC_E_MESSAGE_ALTERED);
	expect_dead(p, CREDSSP_REASON_MECH_MIC);
	bytes_free(&wrapped);
}

/**
 * struct flip - a bit of a message that is changed
 * @at: byte; negative: from the end
 * @bit: mask
 * @malformed: it is not even a token
 */
struct flip {
	int at;
	uint8_t bit;
	bool malformed;
};

static const struct flip sealed_flips[] = {
	{ 0, 1, true },		/* TOK_ID */
	{ 1, 1, true },
	{ 2, 1, false },	/* sent by the acceptor */
	{ 2, 2, false },	/* sealed */
	{ 2, 4, false },	/* acceptor's subkey */
	{ 2, 8, false },	/* a reserved flag, which the encrypted copy has not */
	{ 3, 1, true },		/* filler */
	{ 4, 1, true },		/* EC: 256 bytes more than there are */
	{ 5, 1, false },	/* EC */
	{ 7, 1, false },	/* RRC */
	{ 8, 1, false },	/* number */
	{ 15, 1, false },
	{ 16, 1, false },	/* the header's copy */
	{ 33, 0x80, false },	/* checksum, or what follows it */
	{ 60, 1, false },
	{ -1, 1, false },	/* the last byte of the message */
};

static const struct flip mic_flips[] = {
	{ 0, 1, true }, { 2, 1, false }, { 2, 4, false }, { 3, 1, true }, { 4, 1, true },
	{ 7, 1, true }, { 8, 1, false }, { 15, 1, false }, { 16, 1, false }, { -1, 1, false },
};

/* One exchange for each bit: a refusal ends the context. */
static void try_flip(const struct flip *f, void (*make)(struct krb5_server *s, struct span from,
							struct bytes *out),
		     int32_t (*give)(struct pair *p, struct bytes *message))
{
	struct pair *p = pair_establish();
	struct bytes message = { 0 };

	make(&p->server, plain(), &message);
	message.p[f->at < 0 ? message.len + f->at : (size_t)f->at] ^= f->bit;
	if (!CHECK_EQ(give(p, &message), f->malformed ? SEC_E_INVALID_TOKEN :
							SEC_E_MESSAGE_ALTERED))
		printf("# byte %d, bit %#x\n", f->at, f->bit);
	expect_dead(p, f->malformed ? CREDSSP_REASON_MECH_TOKEN : CREDSSP_REASON_MECH_MIC);
	bytes_free(&message);
}

static int32_t give_sealed_bytes(struct pair *p, struct bytes *sealed)
{
	return give_sealed(p, sealed);
}

TEST_LIMIT(altered, LIMIT, "a sealed message with any bit flipped is refused")
{
	size_t i;

	for (i = 0; i < sizeof(sealed_flips) / sizeof(sealed_flips[0]); i++)
		try_flip(&sealed_flips[i], krb5_seal, give_sealed_bytes);
}

TEST_LIMIT(altered_mic, LIMIT, "a signature with any bit flipped is refused")
{
	size_t i;

	for (i = 0; i < sizeof(mic_flips) / sizeof(mic_flips[0]); i++)
		try_flip(&mic_flips[i], krb5_sign, give_mic);
}

TEST_LIMIT(cut, LIMIT, "a message or signature that is cut or longer is refused")
{
	static const size_t lengths[] = { 0, 8, 15, 16, 30, 59 };
	struct bytes message = { 0 };
	struct pair *p;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		p = pair_establish();
		bytes_free(&message);
		krb5_seal(&p->server, plain(), &message);
		message.len = lengths[i];
		CHECK_EQ(give_sealed(p, &message), SEC_E_INVALID_TOKEN);
		expect_dead(p, CREDSSP_REASON_MECH_TOKEN);
	}
	p = pair_establish();
	bytes_free(&message);
	krb5_seal(&p->server, plain(), &message);
	bytes_u8(&message, 0);
	CHECK_EQ(give_sealed(p, &message), SEC_E_MESSAGE_ALTERED);
	expect_dead(p, CREDSSP_REASON_MECH_MIC);
	p = pair_establish();
	bytes_free(&message);
	krb5_sign(&p->server, plain(), &message);
	bytes_u8(&message, 0);
	CHECK_EQ(give_mic(p, &message), SEC_E_INVALID_TOKEN);
	expect_dead(p, CREDSSP_REASON_MECH_TOKEN);
	bytes_free(&message);
}

TEST(other_text, "a signature of another message is refused")
{
	struct pair *p = pair_establish();
	struct bytes mic = { 0 };

	krb5_sign(&p->server, span(text, sizeof(text) - 1), &mic);
	CHECK_EQ(give_mic(p, &mic), SEC_E_MESSAGE_ALTERED);
	expect_dead(p, CREDSSP_REASON_MECH_MIC);
	bytes_free(&mic);
}

TEST(mit_refuses, "MIT refuses the module's messages twice, altered and in the wrong order")
{
	struct pair *p = pair_establish();
	uint8_t first[ROOM], second[ROOM];
	uint32_t length = sizeof(first);
	struct bytes made = { 0 };

	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, plain(), first, &length), SEC_E_OK);
	length = sizeof(second);
	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, plain(), second, &length), SEC_E_OK);
	CHECK(memcmp(first, second, length));
	first[length - 1] ^= 1;
	CHECK(!krb5_unseal(&p->server, span(first, length), &made));
	first[length - 1] ^= 1;
	CHECK(krb5_unseal(&p->server, span(first, length), &made));
	CHECK(!krb5_unseal(&p->server, span(first, length), &made));
	CHECK(krb5_unseal(&p->server, span(second, length), &made));
	bytes_free(&made);
	pair_end(p);
}

TEST(garbage, "an answer that is none, an empty one and one too many end the exchange")
{
	uint32_t spnego = pair_setup.package == CREDSSP_PACKAGE_NEGOTIATE;
	uint32_t reason = spnego ? CREDSSP_REASON_SPNEGO : CREDSSP_REASON_MECH_TOKEN;
	struct pair *p = pair_begin();

	CHECK_EQ(pair_feed(p, span("nonsense", 8)), SEC_E_INVALID_TOKEN);
	expect_dead(p, reason);
	p = pair_begin();
	CHECK_EQ(pair_feed(p, span(NULL, 0)), SEC_E_INVALID_TOKEN);
	expect_dead(p, reason);
}

TEST_LIMIT(unproven, LIMIT, "an AP-REP with any bit flipped does not establish the context")
{
	struct credssp_report report;
	struct bytes answer = { 0 };
	struct pair *p;
	size_t at;

	/* The last bytes are those of the encrypted part. */
	for (at = 1; at <= 61; at += 20) {
		p = pair_begin();
		pair_accept(p);
		bytes_set(&answer, span_of(&p->server.token));
		REQUIRE(answer.len > at);
		answer.p[answer.len - at] ^= 1;
		CHECK(pair_feed(p, span_of(&answer)) < 0);
		CHECK_EQ(p->leg.out_len, 0);
		CHECK_EQ(device_report(p->fd, p->context, &report), SEC_E_OK);
		CHECK_EQ(report.reason, CREDSSP_REASON_SERVER_NOT_PROVEN);
		CHECK_EQ(report.facts & CREDSSP_FACT_KERBEROS_PROVEN, 0);
		pair_end(p);
	}
	bytes_free(&answer);
}
