// SPDX-License-Identifier: GPL-2.0-only
/* MD4, RFC 1320. */
#include "md4.h"

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "../base/compat.h"

#define BLOCK_SIZE	64
#define LENGTH_SIZE	8	/* the message's length in bits ends the last block, 3.2 */
#define ROUNDS		3
#define STEPS		16	/* of a round, one for each word of the block */

/**
 * struct md4 - a digest under way
 * @state: A, B, C and D of section 3.3
 * @bytes: of the message so far
 * @block: its last bytes, which do not make a whole block yet
 */
struct md4 {
	u32 state[4];
	u64 bytes;
	u8 block[BLOCK_SIZE];
};

/* Section 3.4: which word a step adds, how far it rotates, what a round adds. */
static const struct {
	u8 word[STEPS];
	u8 rotate[4];
	u32 constant;
} rounds[ROUNDS] = {
	{ { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, { 3, 7, 11, 19 }, 0 },
	{ { 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 }, { 3, 5, 9, 13 },
	  0x5a827999 },
	{ { 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 }, { 3, 9, 11, 15 },
	  0x6ed9eba1 },
};

/* F, G and H of section 3.4 */
static u32 md4_mix(unsigned int round, u32 x, u32 y, u32 z)
{
	switch (round) {
	case 0:
		return (x & y) | (~x & z);
	case 1:
		return (x & y) | (x & z) | (y & z);
	default:
		return x ^ y ^ z;
	}
}

static void md4_block(struct md4 *m)
{
	u32 words[STEPS], s[4], sum;
	unsigned int round, step, i;

	for (i = 0; i < STEPS; i++)
		words[i] = get_unaligned_le32(m->block + i * sizeof(u32));
	memcpy(s, m->state, sizeof(s));
	for (round = 0; round < ROUNDS; round++) {
		for (step = 0; step < STEPS; step++) {
			sum = s[0] + md4_mix(round, s[1], s[2], s[3]) +
			      words[rounds[round].word[step]] + rounds[round].constant;
			/* The registers change places: A becomes D, D becomes C. */
			s[0] = s[3];
			s[3] = s[2];
			s[2] = s[1];
			s[1] = rol32(sum, rounds[round].rotate[step % 4]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(s); i++)
		m->state[i] += s[i];
	memzero_explicit(words, sizeof(words));
	memzero_explicit(s, sizeof(s));
	memzero_explicit(&sum, sizeof(sum));
}

static void md4_update(struct md4 *m, const u8 *p, size_t n)
{
	size_t have, room;

	while (n) {
		have = m->bytes % BLOCK_SIZE;
		room = min_t(size_t, n, BLOCK_SIZE - have);
		memcpy(m->block + have, p, room);
		m->bytes += room;
		p += room;
		n -= room;
		if (have + room == BLOCK_SIZE)
			md4_block(m);
	}
}

/* Padding and length, sections 3.1 and 3.2 */
static void md4_final(struct md4 *m, u8 digest[CSSP_MD4_SIZE])
{
	static const u8 padding[BLOCK_SIZE] = { 0x80 };
	u8 length[LENGTH_SIZE];
	unsigned int i;

	put_unaligned_le64(m->bytes * BITS_PER_BYTE, length);
	/* One byte at least, up to where the length goes. */
	md4_update(m, padding,
		   1 + (2 * BLOCK_SIZE - LENGTH_SIZE - 1 - m->bytes % BLOCK_SIZE) % BLOCK_SIZE);
	md4_update(m, length, sizeof(length));
	for (i = 0; i < ARRAY_SIZE(m->state); i++)
		put_unaligned_le32(m->state[i], digest + i * sizeof(u32));
}

void cssp_md4(const struct cssp_rd *parts, unsigned int nparts, u8 digest[CSSP_MD4_SIZE])
{
	struct md4 m = { .state = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } };
	unsigned int i;

	for (i = 0; i < nparts; i++)
		md4_update(&m, parts[i].p, parts[i].left);
	md4_final(&m, digest);
	memzero_explicit(&m, sizeof(m));
}
