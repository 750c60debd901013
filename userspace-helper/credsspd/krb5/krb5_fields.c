// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "krb5_fields.h"

const uint8_t *krb5_fields_take(struct krb5_fields *f, size_t n, size_t most)
{
	const uint8_t *place = f->data;

	if (f->bad || n > most || n > f->left) {
		f->bad = true;
		return NULL;
	}
	f->data += n;
	f->left -= n;
	return place;
}

const uint8_t *krb5_fields_copy(struct krb5_fields *f, void *to, size_t n)
{
	const uint8_t *place = krb5_fields_take(f, n, n);

	if (place)
		memcpy(to, place, n);
	return place;
}

void krb5_fields_text(struct krb5_fields *f, char *text, size_t n, size_t most)
{
	const uint8_t *place = krb5_fields_take(f, n, most);

	text[0] = '\0';
	if (!place)
		return;
	if (memchr(place, 0, n)) {
		f->bad = true;
		return;
	}
	memcpy(text, place, n);
	text[n] = '\0';
}

int krb5_fields_end(const struct krb5_fields *f)
{
	return f->bad || f->left ? -EBADMSG : 0;
}
