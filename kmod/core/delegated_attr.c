// SPDX-License-Identifier: GPL-2.0-only
#include "delegated_attr.h"

#include <linux/string.h>

#include "../base/status.h"
#include "../mech/encode.h"

/**
 * struct delegated_part - one string of the attribute
 * @utf16: the string
 * @offset: out: where it is
 * @length: out: its bytes
 */
struct delegated_part {
	const struct cssp_vbuf *utf16;
	u32 *offset;
	u32 *length;
};

static int delegated_put(struct cssp_vbuf *out, const struct delegated_part *part)
{
	struct cssp_rd utf16 = cssp_vbuf_rd(part->utf16), string;
	struct cssp_vbuf utf8 = {};
	int ret;

	ret = cssp_encode_utf8(&utf8, &utf16);
	string = cssp_vbuf_rd(&utf8);
	if (!ret)
		ret = cssp_vbuf_append_string(out, &string, part->offset, part->length);
	cssp_vbuf_free(&utf8);
	return ret == -EBADMSG ? CSSP_E_NO_CREDS : ret;
}

static int delegated_put_strings(struct cssp_vbuf *out, const struct cssp_delegated *d,
				 struct credssp_delegated_creds *head)
{
	const struct delegated_part parts[] = {
		{ &d->id.user, &head->user_offset, &head->user_length },
		{ &d->id.domain, &head->domain_offset, &head->domain_length },
		{ &d->id.password, &head->secret_offset, &head->secret_length },
		{ &d->card, &head->card_offset, &head->card_length },
		{ &d->reader, &head->reader_offset, &head->reader_length },
		{ &d->container, &head->container_offset, &head->container_length },
		{ &d->csp, &head->csp_offset, &head->csp_length },
	};
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		ret = delegated_put(out, &parts[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/* The structure is appended first to keep its place, and filled in at the end. */
static int delegated_append(const struct cssp_delegated *d, struct cssp_vbuf *out)
{
	struct credssp_delegated_creds head = { .kind = d->kind, .key_spec = d->key_spec };
	int ret;

	ret = cssp_vbuf_append(out, &head, sizeof(head));
	if (ret)
		return ret;
	ret = delegated_put_strings(out, d, &head);
	if (ret)
		return ret;
	head.raw_offset = out->len;
	head.raw_length = d->remote_guard.len;
	ret = cssp_vbuf_append(out, d->remote_guard.data, d->remote_guard.len);
	if (!ret)
		memcpy(out->data, &head, sizeof(head));
	return ret;
}

int cssp_delegated_write(const struct cssp_delegated *d, struct cssp_vbuf *out)
{
	int ret = delegated_append(d, out);

	if (ret)
		cssp_vbuf_clear(out);
	return ret;
}
