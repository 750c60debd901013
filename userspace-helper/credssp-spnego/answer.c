// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "answer.h"

#define MSG_VERSION	2

/* fs/smb/client/cifs_spnego.h of the kernel; the key and the token follow */
struct msg_head {
	uint32_t version;
	uint32_t flags;
	uint32_t key_length;
	uint32_t blob_length;
};

_Static_assert(ANSWER_MAX == sizeof(struct msg_head) + KEY_MAX + BLOB_MAX, "room");

static const uint8_t oid_spnego[] = { 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 };
static const uint8_t oid_krb5[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02
};

static const uint8_t oid_mskrb5[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02
};

/* A writer from back to front: each header knows the length of what follows it. */
struct back {
	uint8_t *p;
};

static void back_put(struct back *b, const void *data, size_t n)
{
	b->p -= n;
	memcpy(b->p, data, n);
}

/* @end: of the contents, which begin at @b->p; less than 64 KiB and INIT_ROOM. */
static void back_head(struct back *b, uint8_t tag, const uint8_t *end)
{
	size_t n = (size_t)(end - b->p);

	if (n < 0x80) {
		*--b->p = (uint8_t)n;
	} else {
		uint8_t *last = b->p;

		for (; n; n >>= 8)
			*--b->p = (uint8_t)n;
		n = (size_t)(last - b->p);
		*--b->p = (uint8_t)(0x80 | n);
	}
	*--b->p = tag;
}

size_t negotiate_init(const void *token, size_t length, bool mskrb5, uint8_t *out)
{
	uint8_t *end = out + length + INIT_ROOM, *list_end;
	struct back b = { end };
	size_t total;

	if (length > BLOB_MAX)
		return 0;
	back_put(&b, token, length);
	back_head(&b, 0x04, end);	/* mechToken OCTET STRING */
	back_head(&b, 0xa2, end);
	list_end = b.p;
	back_put(&b, mskrb5 ? oid_mskrb5 : oid_krb5, sizeof(oid_krb5));
	back_head(&b, 0x30, list_end);	/* MechTypeList */
	back_head(&b, 0xa0, list_end);
	back_head(&b, 0x30, end);	/* NegTokenInit */
	back_head(&b, 0xa0, end);
	back_put(&b, oid_spnego, sizeof(oid_spnego));
	back_head(&b, 0x60, end);	/* InitialContextToken, RFC 2743 3.1 */
	total = (size_t)(end - b.p);
	memmove(out, b.p, total);
	return total <= BLOB_MAX ? total : 0;
}

size_t answer_build(const void *key, size_t key_length, const void *blob, size_t blob_length,
		    uint8_t *out)
{
	const struct msg_head head = {
		.version = MSG_VERSION,
		.key_length = (uint32_t)key_length,
		.blob_length = (uint32_t)blob_length,
	};

	if (!key_length || key_length > KEY_MAX || !blob_length || blob_length > BLOB_MAX)
		return 0;
	memcpy(out, &head, sizeof(head));
	memcpy(out + sizeof(head), key, key_length);
	memcpy(out + sizeof(head) + key_length, blob, blob_length);
	return sizeof(head) + key_length + blob_length;
}
