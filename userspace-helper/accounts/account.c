// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <nettle/md4.h>
#include <credssp.h>
#include "account.h"

#define FIELDS		4
#define FLAG_DISABLED	"disabled"
/* Passwords of accounts have up to CREDSSP_MAX_PASSWORD bytes, so as many code units at most. */
#define HASH_UNITS	CREDSSP_MAX_PASSWORD

/* The NT hash of an empty password: MD4 of nothing (RFC 1320 A.5) */
static const uint8_t blank_hash[ACCOUNT_HASH] = {
	0x31, 0xd6, 0xcf, 0xe0, 0xd1, 0x6a, 0xe9, 0x31,
	0xb7, 0x3c, 0x59, 0xd7, 0xe0, 0xc0, 0x89, 0xc0,
};

/* ---- passwords ---------------------------------------------------------------- */

static void hash_units(uint8_t hash[ACCOUNT_HASH], const uint16_t *units, size_t count)
{
	struct md4_ctx md4;
	uint8_t le[2];

	md4_init(&md4);
	for (size_t i = 0; i < count; i++) {
		le[0] = units[i];
		le[1] = units[i] >> 8;
		md4_update(&md4, sizeof(le), le);
	}
	md4_digest(&md4, ACCOUNT_HASH, hash);
	explicit_bzero(&md4, sizeof(md4));
	explicit_bzero(le, sizeof(le));
}

int account_hash_password(uint8_t hash[ACCOUNT_HASH], const char *password, size_t length)
{
	uint16_t units[HASH_UNITS];
	const ssize_t count = credssp_utf8_to_utf16(password, length, units, HASH_UNITS);
	int ret = 0;

	if (count < 0)
		ret = -EILSEQ;
	else if (count > HASH_UNITS)
		ret = -EMSGSIZE;
	else
		hash_units(hash, units, count);
	explicit_bzero(units, sizeof(units));
	return ret;
}

/* ---- a line ------------------------------------------------------------------- */

bool account_line_is_comment(const char *line, size_t length)
{
	size_t i = 0;

	while (i < length && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i == length || line[i] == '#';
}

/* One field of a line */
struct account_field {
	const char *text;
	size_t length;
};

static bool line_split(struct account_field fields[FIELDS], const char *line, size_t length)
{
	size_t count = 0, from = 0;

	for (size_t i = 0; i <= length; i++) {
		if (i < length && line[i] != ':')
			continue;
		if (count == FIELDS)
			return false;
		fields[count++] = (struct account_field){ line + from, i - from };
		from = i + 1;
	}
	return count == FIELDS;
}

/*
 * What divides fields, or a name from its domain, cannot be in a name. Control characters could
 * forge lines of a log.
 */
static bool name_has_bad_character(const struct account_field *f)
{
	for (size_t i = 0; i < f->length; i++) {
		if (strchr(":\\/@\"", f->text[i]) || (unsigned char)f->text[i] < ' ' ||
		    f->text[i] == '\x7f')
			return true;
	}
	return f->length && (f->text[0] == ' ' || f->text[0] == '#' ||
			     f->text[f->length - 1] == ' ');
}

static const char *name_parse(struct account_name *name, char *text, const struct account_field *f)
{
	const int ret = account_name_from_utf8(name, f->text, f->length);

	if (ret == -EMSGSIZE || f->length > ACCOUNT_TEXT_MAX)
		return "a name is too long";
	if (ret)
		return "a name is not UTF-8";
	if (name_has_bad_character(f))
		return "a name has a character that it cannot have";
	memcpy(text, f->text, f->length);
	text[f->length] = '\0';
	return NULL;
}

static int account_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hash_parse(uint8_t hash[ACCOUNT_HASH], const struct account_field *f)
{
	if (f->length != 2 * ACCOUNT_HASH)
		return false;
	for (size_t i = 0; i < ACCOUNT_HASH; i++) {
		const int high = account_hex_digit(f->text[2 * i]);
		const int low = account_hex_digit(f->text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		hash[i] = high << 4 | low;
	}
	return true;
}

/* A flag that is not known may be one that forbids a logon. */
static bool flags_parse(struct account *a, const struct account_field *f)
{
	a->disabled = f->length == strlen(FLAG_DISABLED) &&
		      !memcmp(f->text, FLAG_DISABLED, f->length);
	return !f->length || a->disabled;
}

const char *account_parse(struct account *a, const char *line, size_t length)
{
	struct account_field fields[FIELDS];
	const char *err;

	*a = (struct account){ 0 };
	if (!line_split(fields, line, length))
		return "not of the form user:domain:hash:flags";
	if (!fields[0].length)
		return "there is no user";
	err = name_parse(&a->user, a->user_text, &fields[0]);
	if (!err)
		err = name_parse(&a->domain, a->domain_text, &fields[1]);
	if (err)
		return err;
	if (!hash_parse(a->hash, &fields[2]))
		return "the hash is not of 32 hexadecimal digits";
	if (!flags_parse(a, &fields[3]))
		return "there is a flag that is not known";
	a->blank = !memcmp(a->hash, blank_hash, sizeof(blank_hash));
	return NULL;
}

const char *account_check_name(const char *text, bool domain)
{
	const struct account_field f = { text, strlen(text) };
	char copy[ACCOUNT_TEXT_MAX + 1];
	struct account_name name;

	if (!f.length && !domain)
		return "there is no user";
	return name_parse(&name, copy, &f);
}

void account_format(const struct account *a, char line[ACCOUNT_LINE_MAX])
{
	char digits[2 * ACCOUNT_HASH + 1];

	for (size_t i = 0; i < ACCOUNT_HASH; i++)
		snprintf(digits + 2 * i, 3, "%02x", a->hash[i]);
	snprintf(line, ACCOUNT_LINE_MAX, "%s:%s:%s:%s\n", a->user_text, a->domain_text, digits,
		 a->disabled ? FLAG_DISABLED : "");
	explicit_bzero(digits, sizeof(digits));
}

/* ---- all lines ---------------------------------------------------------------- */

/* Mark @a and the account that it doubles. */
static bool list_is_doubled(struct account_list *l, struct account *a)
{
	bool found = false;

	for (size_t i = 0; i < l->count; i++) {
		struct account *other = &l->accounts[i];

		if (memcmp(&other->user, &a->user, sizeof(a->user)) ||
		    memcmp(&other->domain, &a->domain, sizeof(a->domain)))
			continue;
		other->doubled = true;
		found = true;
	}
	a->doubled = found;
	return found;
}

static const char *list_add(struct account_list *l, const char *line, size_t length)
{
	struct account *a = &l->accounts[l->count];
	const char *err;

	if (l->count == ACCOUNTS_MAX)
		return "there are too many accounts";
	err = account_parse(a, line, length);
	if (err) {
		explicit_bzero(a, sizeof(*a));
		return err;
	}
	if (list_is_doubled(l, a))
		err = "the account stands twice, and is not used";
	l->count++;
	return err;
}

int account_list_read(struct account_list *l, const char *text, size_t length,
		      account_complaint *complain, void *arg)
{
	const char *end = text + length, *stop, *err;
	unsigned int number = 1;

	l->count = 0;
	/* Memory that is not used is not there. */
	l->accounts = calloc(ACCOUNTS_MAX, sizeof(*l->accounts));
	if (!l->accounts)
		return -ENOMEM;
	for (const char *line = text; line < end; line = stop + 1, number++) {
		stop = memchr(line, '\n', end - line);
		if (!stop)
			stop = end;
		if (account_line_is_comment(line, stop - line))
			continue;
		err = list_add(l, line, stop - line);
		if (err)
			complain(arg, number, err);
	}
	return 0;
}

void account_list_free(struct account_list *l)
{
	if (l->accounts)
		explicit_bzero(l->accounts, l->count * sizeof(*l->accounts));
	free(l->accounts);
	*l = (struct account_list){ 0 };
}
