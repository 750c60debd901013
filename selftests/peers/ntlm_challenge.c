// SPDX-License-Identifier: GPL-2.0-only
/* The CHALLENGE, MS-NLMP 2.2.1.2, and its faults. */
#include <gnutls/crypto.h>
#include <string.h>
#include <time.h>

#include "ntlm.h"

enum { AV_EOL, AV_COMPUTER, AV_DOMAIN, AV_DNS_COMPUTER, AV_DNS_DOMAIN, AV_FLAGS = 6, AV_TIME };

#define FILETIME_OF_1970	11644473600ull	/* seconds from 1601 */
#define PAYLOAD			56

static void put_av(struct bytes *b, uint16_t id, const void *value, size_t len)
{
	bytes_le16(b, id);
	bytes_le16(b, len);
	bytes_add(b, value, len);
}

static void put_av_text(struct bytes *b, uint16_t id, const char *text)
{
	struct bytes wide = { 0 };

	bytes_utf16(&wide, text);
	put_av(b, id, wide.p, wide.len);
	bytes_free(&wide);
}

static void put_time(struct bytes *b, size_t len)
{
	uint64_t t = (time(NULL) + FILETIME_OF_1970) * 10000000ull;
	struct bytes le = { 0 };

	bytes_le64(&le, t);
	put_av(b, AV_TIME, le.p, len);
	bytes_free(&le);
}

static void put_padding_avs(struct bytes *b)
{
	uint8_t value[500];
	int i;

	memset(value, 'x', sizeof(value));
	for (i = 0; i < 16; i++)
		put_av(b, 0x100 + i, value, sizeof(value));
}

static void put_odd_avs(struct bytes *b, enum chal_form form)
{
	static const uint8_t zero[4];

	if (form == CHAL_UNKNOWN_AV)
		put_av(b, 0x77, "what is this", 12);
	if (form == CHAL_BIG_INFO)
		put_padding_avs(b);
	if (form == CHAL_FLAGS_ZERO || form == CHAL_DUP_FLAGS)
		put_av(b, AV_FLAGS, zero, 4);
	if (form == CHAL_DUP_FLAGS)
		put_av(b, AV_FLAGS, zero, 4);
	if (form == CHAL_DUP_TIME)
		put_time(b, 8);
	if (form == CHAL_AV_OVER) {
		bytes_le16(b, 0x77);
		bytes_le16(b, 0xfff0);
	}
}

static void target_info(struct bytes *b, const struct ntlm_server *s)
{
	put_av_text(b, AV_DOMAIN, "PEER");
	put_av_text(b, AV_COMPUTER, "PEER");
	put_av_text(b, AV_DNS_DOMAIN, s->account->host);
	put_av_text(b, AV_DNS_COMPUTER, s->account->host);
	if (s->form == CHAL_TIME_SIZE)
		put_time(b, 4);
	else if (s->form != CHAL_NO_TIME)
		put_time(b, 8);
	put_odd_avs(b, s->form);
	if (s->form != CHAL_NO_EOL)
		put_av(b, AV_EOL, NULL, 0);
	if (s->form == CHAL_AFTER_EOL)
		put_av(b, 0x77, "more", 4);
}

/* The requested flags that are granted, MS-NLMP 3.2.5.1.1. */
static uint32_t grant(const struct ntlm_server *s, uint32_t asked)
{
	uint32_t keep = NTLM_UNICODE | NTLM_REQUEST_TARGET | NTLM_SIGN | NTLM_SEAL |
			NTLM_ALWAYS_SIGN | NTLM_ESS | NTLM_128 | NTLM_KEY_EXCH |
			NTLM_56 | NTLM_VERSION;
	uint32_t flags = (asked & keep) | NTLM_NTLM | NTLM_TARGET_INFO | NTLM_TARGET_SERVER;

	if (s->form == CHAL_NO_VERSION)
		flags &= ~NTLM_VERSION;
	if (s->form == CHAL_NO_INFO)
		flags &= ~NTLM_TARGET_INFO;
	return (flags & ~s->clear_flags) | s->set_flags;
}

static void put_fields(struct bytes *b, size_t len, uint32_t off)
{
	bytes_le16(b, len);
	bytes_le16(b, len);
	bytes_le32(b, off);
}

static uint32_t info_offset(enum chal_form form, uint32_t off)
{
	switch (form) {
	case CHAL_OFFSET:
		return off + 100;
	case CHAL_OFFSET_WRAP:
		return 0xfffffff0;
	case CHAL_OFFSET_HEADER:
		return 8;
	default:
		return off;
	}
}

static void write_challenge(const struct ntlm_server *s, struct bytes *out)
{
	static const uint8_t version[8] = { 10, 0, 0x63, 0x45, 0, 0, 0, 15 };
	struct bytes info = { 0 }, name = { 0 };
	size_t gap = s->form == CHAL_LATE_INFO ? 24 : 0;

	bytes_utf16(&name, "PEER");
	if (s->form == CHAL_ODD_NAME)
		bytes_zero(&name, 1);
	if (s->form != CHAL_NO_INFO)
		target_info(&info, s);
	bytes_add(out, s->form == CHAL_SIGNATURE ? "NTLMSSQ" : "NTLMSSP", 8);
	bytes_le32(out, s->form == CHAL_TYPE ? 3 : 2);
	put_fields(out, name.len, PAYLOAD);
	bytes_le32(out, s->flags);
	bytes_add(out, s->nonce, sizeof(s->nonce));
	bytes_zero(out, 8);
	put_fields(out, info.len, info_offset(s->form, PAYLOAD + name.len + gap));
	if (s->flags & NTLM_VERSION)
		bytes_add(out, version, sizeof(version));
	else
		bytes_zero(out, sizeof(version));
	bytes_span(out, span_of(&name));
	bytes_zero(out, gap);
	bytes_span(out, span_of(&info));
	if (s->form == CHAL_SHORT)
		out->len = 31;
	if (s->form == CHAL_EMPTY)
		out->len = 0;
	bytes_free(&info);
	bytes_free(&name);
}

const char *ntlm_challenge(struct ntlm_server *s, struct span negotiate)
{
	uint32_t asked, need = NTLM_UNICODE | NTLM_REQUEST_TARGET | NTLM_NTLM;

	if (!ntlm_is_message(negotiate) || negotiate.len < 16 || get_le32(negotiate.p + 8) != 1)
		return "negotiate-malformed";
	asked = get_le32(negotiate.p + 12);
	if ((asked & need) != need)
		return "negotiate-flags";
	bytes_set(&s->negotiate, negotiate);
	s->flags = grant(s, asked);
	gnutls_rnd(GNUTLS_RND_NONCE, s->nonce, sizeof(s->nonce));
	s->challenge.len = 0;
	write_challenge(s, &s->challenge);
	return NULL;
}
