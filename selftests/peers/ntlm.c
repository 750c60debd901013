// SPDX-License-Identifier: GPL-2.0-only
/* AUTHENTICATE and message protection, MS-NLMP 3.2.5.1.2 and 3.4. */
#include <string.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>

#include "ntlm.h"

#define SIGNATURE	"NTLMSSP"
#define MIC_OFFSET	72
#define MIC_PAYLOAD	88
/* NTProofStr and the fixed part of NTLMv2_CLIENT_CHALLENGE, MS-NLMP 2.2.2.7 */
#define NT_RESPONSE_MIN	(16 + 28)
#define AV_FLAGS_MIC	0x2

/* Views into the AUTHENTICATE, MS-NLMP 2.2.1.3 */
struct auth_fields {
	struct span lm;
	struct span nt;
	struct span domain;
	struct span user;
	struct span host;
	struct span key;
};

bool ntlm_is_message(struct span token)
{
	return token.len >= 12 && !memcmp(token.p, SIGNATURE, 8);
}

static void hmac_md5(const uint8_t *key, struct span a, struct span b, struct span c,
		     uint8_t *out)
{
	struct hmac_md5_ctx ctx;

	hmac_md5_set_key(&ctx, 16, key);
	hmac_md5_update(&ctx, a.len, a.p);
	hmac_md5_update(&ctx, b.len, b.p);
	hmac_md5_update(&ctx, c.len, c.p);
	hmac_md5_digest(&ctx, MD5_DIGEST_SIZE, out);
}

static bool read_field(struct span msg, size_t at, struct span *out)
{
	return span_at(msg, get_le32(msg.p + at + 4), get_le16(msg.p + at), out);
}

static bool read_fields(struct span msg, struct auth_fields *f)
{
	return read_field(msg, 12, &f->lm) && read_field(msg, 20, &f->nt) &&
	       read_field(msg, 28, &f->domain) && read_field(msg, 36, &f->user) &&
	       read_field(msg, 44, &f->host) && read_field(msg, 52, &f->key);
}

/* The client's MsvAvFlags (0 when absent); false when the list is broken. */
static bool av_flags(struct span list, uint32_t *flags)
{
	struct span head, value;
	bool seen = false;

	*flags = 0;
	while (span_take(&list, 4, &head)) {
		uint16_t id = get_le16(head.p), len = get_le16(head.p + 2);

		if (!id)
			return !len;
		if (!span_take(&list, len, &value))
			return false;
		if (id != 6)
			continue;
		if (seen || len != 4)
			return false;
		seen = true;
		*flags = get_le32(value.p);
	}
	return false;
}

/* NTOWFv2, MS-NLMP 3.3.2 */
static void ntowf(const struct account *a, const struct auth_fields *f, uint8_t *out)
{
	struct bytes wide = { 0 }, name = { 0 };
	struct md4_ctx md4;
	uint8_t hash[16];

	bytes_utf16(&wide, a->password);
	md4_init(&md4);
	md4_update(&md4, wide.len, wide.p);
	md4_digest(&md4, sizeof(hash), hash);
	utf16_upper(&name, f->user);
	bytes_span(&name, f->domain);
	hmac_md5(hash, span_of(&name), span(NULL, 0), span(NULL, 0), out);
	bytes_free(&wide);
	bytes_free(&name);
}

static bool is_name(struct span wide, const char *text)
{
	struct bytes want = { 0 }, a = { 0 }, b = { 0 };
	bool same;

	bytes_utf16(&want, text);
	utf16_upper(&a, span_of(&want));
	utf16_upper(&b, wide);
	same = span_equal(span_of(&a), span_of(&b));
	bytes_free(&want);
	bytes_free(&a);
	bytes_free(&b);
	return same;
}

static const char *check_proof(struct ntlm_server *s, const struct auth_fields *f,
			       uint8_t *session_base_key)
{
	struct span temp = span(f->nt.p + 16, f->nt.len - 16);
	uint8_t owf[16], proof[16];

	if (!is_name(f->user, s->account->user))
		return "no-such-user";
	if (s->account->domain && !is_name(f->domain, s->account->domain))
		return "wrong-domain";
	ntowf(s->account, f, owf);
	hmac_md5(owf, span(s->nonce, 8), temp, span(NULL, 0), proof);
	/* With the fault of a guest's keys the server has no proof to compare with. */
	if (!s->zero_key && memcmp(proof, f->nt.p, 16))
		return "wrong-password";
	hmac_md5(owf, span(proof, 16), span(NULL, 0), span(NULL, 0), session_base_key);
	return NULL;
}

static const char *check_mic(const struct ntlm_server *s, struct span msg, const uint8_t *key)
{
	struct bytes blank = { 0 };
	uint8_t mic[16];

	if (msg.len < MIC_PAYLOAD)
		return "mic-missing";
	bytes_span(&blank, msg);
	memset(blank.p + MIC_OFFSET, 0, 16);
	hmac_md5(key, span_of(&s->negotiate), span_of(&s->challenge), span_of(&blank), mic);
	bytes_free(&blank);
	return memcmp(mic, msg.p + MIC_OFFSET, 16) ? "mic-wrong" : NULL;
}

/* SIGNKEY and SEALKEY with extended session security, MS-NLMP 3.4.5.2 and 3.4.5.3 */
static void direction_keys(struct ntlm_direction *d, const uint8_t *key, const char *direction)
{
	static const char *const kind[] = { "signing", "sealing" };
	uint8_t *out[] = { d->sign_key, d->seal_key };
	struct bytes magic = { 0 };
	struct md5_ctx md5;
	int i;

	for (i = 0; i < 2; i++) {
		bytes_add(&magic, "session key to ", 15);
		bytes_add(&magic, direction, strlen(direction));
		bytes_add(&magic, " ", 1);
		bytes_add(&magic, kind[i], strlen(kind[i]));
		bytes_add(&magic, " key magic constant", 20);
		md5_init(&md5);
		md5_update(&md5, 16, key);
		md5_update(&md5, magic.len, magic.p);
		md5_digest(&md5, 16, out[i]);
		magic.len = 0;
	}
	bytes_free(&magic);
	d->seq = 0;
	ntlm_rewind(d);
}

static const char *session_key(struct ntlm_server *s, const struct auth_fields *f,
			       uint8_t *base, uint8_t *key)
{
	struct arcfour_ctx rc4;

	if (!(s->flags & NTLM_KEY_EXCH)) {
		memcpy(key, base, 16);
		return f->key.len ? "key-unasked" : NULL;
	}
	if (f->key.len != 16)
		return "key-missing";
	arcfour_set_key(&rc4, 16, base);
	arcfour_crypt(&rc4, 16, key, f->key.p);
	return NULL;
}

/* Check the form of the response, before its proof. */
static const char *check_form(struct ntlm_server *s, struct span msg, struct auth_fields *f)
{
	uint32_t need = NTLM_SIGN | NTLM_SEAL | NTLM_ESS | NTLM_128 | NTLM_KEY_EXCH;
	uint32_t flags;

	if (!ntlm_is_message(msg) || msg.len < 64 || get_le32(msg.p + 8) != 3 ||
	    !read_fields(msg, f))
		return "authenticate-malformed";
	if ((get_le32(msg.p + 60) & NTLM_ANONYMOUS) || !f->user.len || !f->nt.len)
		return "anonymous";
	if (f->nt.len < NT_RESPONSE_MIN || f->nt.p[16] != 1 || f->nt.p[17] != 1)
		return "not-ntlmv2";
	if ((get_le32(msg.p + 60) & need) != (need & s->flags))
		return "authenticate-flags";
	if (!av_flags(span(f->nt.p + NT_RESPONSE_MIN, f->nt.len - NT_RESPONSE_MIN), &flags))
		return "av-list";
	s->mic = flags & AV_FLAGS_MIC;
	return NULL;
}

const char *ntlm_authenticate(struct ntlm_server *s, struct span msg)
{
	uint8_t base[16], key[16];
	struct auth_fields f;
	const char *why = check_form(s, msg, &f);

	if (why)
		return why;
	bytes_set(&s->authenticate, msg);
	utf16_to_text(f.user, s->user, sizeof(s->user));
	utf16_to_text(f.domain, s->domain, sizeof(s->domain));
	why = check_proof(s, &f, base);
	if (!why)
		why = session_key(s, &f, base, key);
	if (!why && s->mic && !s->zero_key)
		why = check_mic(s, msg, key);
	if (why)
		return why;
	if (s->zero_key)
		memset(key, 0, sizeof(key));
	direction_keys(&s->in, key, "client-to-server");
	direction_keys(&s->out, key, "server-to-client");
	return NULL;
}

void ntlm_free(struct ntlm_server *s)
{
	bytes_free(&s->negotiate);
	bytes_free(&s->challenge);
	bytes_free(&s->authenticate);
}

void ntlm_rewind(struct ntlm_direction *d)
{
	arcfour_set_key(&d->rc4, sizeof(d->seal_key), d->seal_key);
}

/* The signature over @plain with the next number, MS-NLMP 3.4.4.2 */
static void signature(struct ntlm_direction *d, struct span plain, uint8_t *out)
{
	uint8_t seq[4], mac[16];

	put_le32(seq, d->seq);
	hmac_md5(d->sign_key, span(seq, 4), plain, span(NULL, 0), mac);
	put_le32(out, 1);
	arcfour_crypt(&d->rc4, 8, out + 4, mac);
	put_le32(out + 12, d->seq++);
}

void ntlm_sign(struct ntlm_direction *d, struct span msg, uint8_t *out)
{
	signature(d, msg, out);
}

bool ntlm_verify(struct ntlm_direction *d, struct span msg, struct span given)
{
	uint8_t want[NTLM_SIGNATURE_SIZE];

	signature(d, msg, want);
	return span_equal(span(want, sizeof(want)), given);
}

void ntlm_seal(struct ntlm_direction *d, struct span plain, struct bytes *out)
{
	struct bytes sealed = { 0 };
	uint8_t sig[NTLM_SIGNATURE_SIZE];

	/* The data goes through RC4 before its checksum does. */
	bytes_span(&sealed, plain);
	arcfour_crypt(&d->rc4, plain.len, sealed.p, plain.p);
	signature(d, plain, sig);
	bytes_add(out, sig, sizeof(sig));
	bytes_span(out, span_of(&sealed));
	bytes_free(&sealed);
}

bool ntlm_unseal(struct ntlm_direction *d, struct span sealed, struct bytes *plain)
{
	struct span given;

	if (!span_take(&sealed, NTLM_SIGNATURE_SIZE, &given))
		return false;
	bytes_set(plain, sealed);
	arcfour_crypt(&d->rc4, plain->len, plain->p, plain->p);
	return ntlm_verify(d, span_of(plain), given);
}
