// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "alter.h"
#include "der.h"

#define PARTS	8
#define FILLING	65536

/* The client's messages by SPNEGO and NTLM: NEGOTIATE; AUTHENTICATE and pubKeyAuth; authInfo. */
const struct alter alter_table[] = {
	{ "none", ALTER_REQUESTS, ALTER_NOTHING, 1, 0, true },

	{ "flip-1-0", ALTER_REQUESTS, ALTER_FLIP, 1, 0, false },
	{ "flip-1-2", ALTER_REQUESTS, ALTER_FLIP, 1, 2, false },
	{ "flip-1-5", ALTER_REQUESTS, ALTER_FLIP, 1, 5, false },
	{ "flip-1-6", ALTER_REQUESTS, ALTER_FLIP, 1, 6, false },
	{ "flip-1-end", ALTER_REQUESTS, ALTER_FLIP, 1, PARTS, false },
	{ "flip-2-0", ALTER_REQUESTS, ALTER_FLIP, 2, 0, false },
	{ "flip-2-2", ALTER_REQUESTS, ALTER_FLIP, 2, 2, false },
	{ "flip-2-3", ALTER_REQUESTS, ALTER_FLIP, 2, 3, false },
	{ "flip-2-5", ALTER_REQUESTS, ALTER_FLIP, 2, 5, false },
	{ "flip-2-7", ALTER_REQUESTS, ALTER_FLIP, 2, 7, false },
	{ "flip-2-end", ALTER_REQUESTS, ALTER_FLIP, 2, PARTS, false },
	{ "flip-3-0", ALTER_REQUESTS, ALTER_FLIP, 3, 0, false },
	{ "flip-3-4", ALTER_REQUESTS, ALTER_FLIP, 3, 4, false },
	{ "flip-3-end", ALTER_REQUESTS, ALTER_FLIP, 3, PARTS, false },

	{ "cut-1", ALTER_REQUESTS, ALTER_CUT, 1, 4, false },
	{ "cut-2", ALTER_REQUESTS, ALTER_CUT, 2, 4, false },
	{ "cut-3", ALTER_REQUESTS, ALTER_CUT, 3, 4, false },
	{ "close-2", ALTER_REQUESTS, ALTER_CLOSE, 2, 0, false },

	{ "twice-1", ALTER_REQUESTS, ALTER_TWICE, 1, 0, false },
	{ "twice-2", ALTER_REQUESTS, ALTER_TWICE, 2, 0, false },
	/* The second one is data, which the exchange leaves to the program behind it. */
	{ "twice-3", ALTER_REQUESTS, ALTER_TWICE, 3, 0, true },
	{ "before-2", ALTER_REQUESTS, ALTER_BEFORE, 2, 0, false },
	{ "before-3", ALTER_REQUESTS, ALTER_BEFORE, 3, 0, false },
	{ "reflect-2", ALTER_REQUESTS, ALTER_REFLECT, 2, 0, false },
	{ "reflect-3", ALTER_REQUESTS, ALTER_REFLECT, 3, 0, false },
	{ "old-2", ALTER_REQUESTS, ALTER_OLD, 2, 0, false },
	{ "old-3", ALTER_REQUESTS, ALTER_OLD, 3, 0, false },

	{ "more-1", ALTER_REQUESTS, ALTER_MORE, 1, 0, false },
	{ "more-2", ALTER_REQUESTS, ALTER_MORE, 2, 0, false },
	{ "huge-1", ALTER_REQUESTS, ALTER_HUGE, 1, 0, false },
	{ "huge-3", ALTER_REQUESTS, ALTER_HUGE, 3, 0, false },
	{ "endless-1", ALTER_REQUESTS, ALTER_ENDLESS, 1, 0, false },
	{ "tag-1", ALTER_REQUESTS, ALTER_TAG, 1, 0, false },
	{ "fill-1", ALTER_REQUESTS, ALTER_FILL, 1, 0, false },
	{ "fill-3", ALTER_REQUESTS, ALTER_FILL, 3, 0, false },
	{ "garbage-2", ALTER_REQUESTS, ALTER_GARBAGE, 2, 0, false },

	{ "version-1-0", ALTER_REQUESTS, ALTER_VERSION, 1, 0, false },
	{ "version-1-2", ALTER_REQUESTS, ALTER_VERSION, 1, 2, false },
	{ "version-1-9", ALTER_REQUESTS, ALTER_VERSION, 1, 9, false },
	{ "version-2-5", ALTER_REQUESTS, ALTER_VERSION, 2, 5, false },

	/* ClientHello; then, with TLS 1.3, Finished and what is encrypted */
	{ "record-flip-1-0", ALTER_RECORDS, ALTER_FLIP, 1, 0, false },
	{ "record-flip-1-4", ALTER_RECORDS, ALTER_FLIP, 1, 4, false },
	{ "record-flip-3-4", ALTER_RECORDS, ALTER_FLIP, 3, 4, false },
	{ "record-flip-4-end", ALTER_RECORDS, ALTER_FLIP, 4, PARTS, false },
	{ "record-cut-1", ALTER_RECORDS, ALTER_CUT, 1, 4, false },
	{ "record-cut-4", ALTER_RECORDS, ALTER_CUT, 4, 4, false },
	{ "record-twice-1", ALTER_RECORDS, ALTER_TWICE, 1, 0, false },
	{ "record-twice-4", ALTER_RECORDS, ALTER_TWICE, 4, 0, false },
	{ "record-before-4", ALTER_RECORDS, ALTER_BEFORE, 4, 0, false },
	{ "record-garbage-1", ALTER_RECORDS, ALTER_GARBAGE, 1, 0, false },
	{ "record-garbage-4", ALTER_RECORDS, ALTER_GARBAGE, 4, 0, false },
	{ "record-huge-1", ALTER_RECORDS, ALTER_HUGE, 1, 0, false },
	{ "record-close-1", ALTER_RECORDS, ALTER_CLOSE, 1, 0, false },
};

const size_t alter_count = sizeof(alter_table) / sizeof(alter_table[0]);

/* Of an element with any tag, what is behind tag and length */
static struct span content_of(struct span message)
{
	struct span rest = message, content = { 0 };
	long total = der_total(message);

	if (total > 0 && (size_t)total <= message.len)
		der_take(&rest, DER_SEQUENCE, &content);
	return content;
}

static void flip(struct bytes *out, unsigned int part)
{
	size_t at = part < PARTS ? out->len * part / PARTS : out->len - 1;

	out->p[at] ^= 1;
}

/* version ::= [0] INTEGER of one octet, which is the first field */
static bool set_version(struct bytes *out, unsigned int version)
{
	const struct span content = content_of(span_of(out));
	const size_t at = out->len - content.len + 4;

	if (content.len < 5 || content.p[0] != 0xa0 || content.p[3] != 1)
		return false;
	out->p[at] = version;
	return true;
}

static void fill(struct bytes *out)
{
	static const uint8_t head[] = { 0x30, 0x83, 1, 0, 4, 0xa0, 0x83, 1, 0, 0 };

	bytes_add(out, head, sizeof(head));
	bytes_zero(out, FILLING);
}

static bool instead(struct bytes *out, struct span s)
{
	bytes_span(out, s);
	return s.len;
}

bool alter_apply(const struct alter *a, const struct alter_seen *seen, struct bytes *out,
		 bool *close)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	const struct span m = seen->message, content = content_of(m);

	*close = a->what == ALTER_CUT || a->what == ALTER_CLOSE;
	switch (a->what) {
	case ALTER_NOTHING:
		return instead(out, m);
	case ALTER_FLIP:
		bytes_span(out, m);
		flip(out, a->part);
		return true;
	case ALTER_CUT:
		bytes_add(out, m.p, m.len * a->part / PARTS);
		return true;
	case ALTER_TWICE:
		bytes_span(out, m);
		return instead(out, m);
	case ALTER_BEFORE:
		return instead(out, seen->before);
	case ALTER_REFLECT:
		return instead(out, seen->answer);
	case ALTER_OLD:
		return instead(out, seen->old);
	case ALTER_MORE:
		bytes_span(out, m);
		bytes_u8(out, 0);
		return true;
	case ALTER_HUGE:
		bytes_add(out, a->layer == ALTER_RECORDS ? "\x16\x03\x01\xff\xff" :
			  "\x30\x84\x7f\xff\xff\xff", a->layer == ALTER_RECORDS ? 5 : 6);
		bytes_zero(out, 256);
		return true;
	case ALTER_ENDLESS:
		bytes_add(out, "\x30\x80", 2);
		bytes_span(out, content);
		bytes_zero(out, 2);
		return content.len;
	case ALTER_TAG:
		bytes_span(out, m);
		out->p[0] = 0x31;
		return true;
	case ALTER_VERSION:
		bytes_span(out, m);
		return set_version(out, a->part);
	case ALTER_FILL:
		fill(out);
		return true;
	case ALTER_GARBAGE:
		bytes_add(out, text, strlen(text));
		return true;
	case ALTER_CLOSE:
		return true;
	}
	return false;
}
