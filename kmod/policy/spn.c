// SPDX-License-Identifier: GPL-2.0-only
/* Target names (SPNs): parsing, and the checks of names and patterns. */
#include <linux/ctype.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/utf16.h"
#include "spn.h"

/* RFC 1035 2.3.4, in characters: 255 octets on the wire are 253 of text */
#define HOST_MAX	253
#define LABEL_MAX	63

/* Digits of one group of an IPv6 address */
#define GROUP_MAX	4
#define GROUPS		8

/* Not in a class: characters with a meaning in names, patterns and lists of them. */
#define CLASS_NOT	"\"#'*,/;<=>\\`"

/* Besides letters and digits; NetBIOS names have underscores */
#define HOST_CHARS	"-_."

/* A part of a name without NUL: @n characters at @s. */
struct spn_part {
	const char *s;
	size_t n;
};

static struct spn_part spn_part_of(const char *s, size_t n)
{
	return (struct spn_part){ .s = s, .n = n };
}

/*
 * The host of "class/host", "class/host:port", "class/host/service" or a bare
 * "host"; an IPv6 address with a port is written in brackets. @after: out: the text
 * behind the host.
 */
static struct spn_part spn_host_of(const char *spn, const char **after)
{
	const char *slash = strchr(spn, '/');
	const char *host = slash ? slash + 1 : spn;
	size_t len = strcspn(host, "/");
	const char *colon;

	if (host[0] == '[') {
		len = strcspn(++host, "]/");
		*after = host + len + (host[len] == ']');
		return spn_part_of(host, len);
	}
	colon = memchr(host, ':', len);
	if (colon && !memchr(colon + 1, ':', host + len - colon - 1))
		len = colon - host;
	*after = host + len;
	return spn_part_of(host, len);
}

void cssp_spn_service(const char *spn, char *name, size_t room)
{
	const char *slash = strchr(spn, '/'), *after;
	struct spn_part host = spn_host_of(spn, &after);

	/* With or without its last dot, a fully qualified name is the same name. */
	if (host.n > 1 && host.s[host.n - 1] == '.')
		host.n--;
	snprintf(name, room, "%.*s%.*s", slash ? (int)(slash + 1 - spn) : 0, spn,
		 (int)host.n, host.s);
}

static bool spn_is_class_char(char c)
{
	return isascii(c) && isprint(c) && (isalnum(c) || !strchr(CLASS_NOT, c));
}

static bool spn_is_host_char(char c)
{
	return c && isascii(c) && (isalnum(c) || strchr(HOST_CHARS, c));
}

/* The class of a name, or with @wild of a pattern. Blanks are allowed inside only. */
static bool spn_is_class(struct spn_part class, bool wild)
{
	size_t i;

	if (!class.n || class.s[0] == ' ' || class.s[class.n - 1] == ' ')
		return false;
	for (i = 0; i < class.n; i++)
		if (!spn_is_class_char(class.s[i]) && !(wild && class.s[i] == '*'))
			return false;
	return true;
}

/*
 * Labels of a host name, none of them empty. With @wild, of a pattern's host: '*' is
 * a part of a label, and also stands for any number of labels.
 */
static bool spn_has_labels(struct spn_part host, bool wild)
{
	bool star = false;
	size_t i, label = 0;

	for (i = 0; i < host.n; i++) {
		if (wild && host.s[i] == '*') {
			star = true;
		} else if (host.s[i] == '.') {
			if (!label && !star)
				return false;
			label = 0;
			star = false;
		} else if (!spn_is_host_char(host.s[i]) || ++label > LABEL_MAX) {
			return false;
		}
	}
	return (label || star) && host.n <= HOST_MAX + (wild ? 1 : 0);
}

/* Does a resolver read @label as a number: decimal, octal or hexadecimal? */
static bool spn_is_number(struct spn_part label)
{
	bool hex = label.n > 1 && label.s[0] == '0' && tolower(label.s[1]) == 'x';
	size_t i;

	for (i = hex ? 2 : 0; i < label.n; i++)
		if (hex ? !isxdigit(label.s[i]) : !isdigit(label.s[i]))
			return false;
	return label.n;
}

static struct spn_part spn_last_label(struct spn_part host)
{
	size_t i = host.n;

	while (i && host.s[i - 1] != '.')
		i--;
	return spn_part_of(host.s + i, host.n - i);
}

static bool spn_is_text(struct spn_part host, const char *text)
{
	return host.n == strlen(text) && !strncasecmp(host.s, text, host.n);
}

/* Four decimal numbers: "127.1", "0x7f.1" and "010.0.0.1" are other spellings. */
static bool spn_is_ipv4(struct spn_part host)
{
	char text[sizeof("255.255.255.255")];
	u8 address[4];

	if (!in4_pton(host.s, host.n, address, -1, NULL))
		return false;
	snprintf(text, sizeof(text), "%pI4", address);
	return spn_is_text(host, text);
}

/* In the kernel's form of ISATAP addresses (RFC 5214 6.1) the last groups are "a.b.c.d". */
static void spn_print_ipv6(char *text, size_t room, const struct in6_addr *address)
{
	const u8 *last = &address->s6_addr[12];
	char *dots;

	snprintf(text, room, "%pI6c", address);
	dots = strchr(text, '.') ? strrchr(text, ':') + 1 : NULL;
	if (dots)
		snprintf(dots, text + room - dots, "%x:%x", last[0] << 8 | last[1],
			 last[2] << 8 | last[3]);
}

/*
 * In the form of RFC 5952 4. An IPv4-mapped address is refused, because it is another
 * spelling of the IPv4 address; and a zone, because it names a link and not a host.
 */
static bool spn_is_ipv6(struct spn_part host)
{
	char text[sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")];
	struct in6_addr address;

	if (memchr(host.s, '.', host.n) ||
	    !in6_pton(host.s, host.n, address.s6_addr, -1, NULL) ||
	    ipv6_addr_v4mapped(&address))
		return false;
	spn_print_ipv6(text, sizeof(text), &address);
	return spn_is_text(host, text);
}

/*
 * Each host has one spelling, except for case and a last dot, so that no other spelling
 * evades a policy that names it. The last label of a name must not be a number, because
 * resolvers read such a name as an IPv4 address.
 */
static bool spn_is_host(struct spn_part host)
{
	struct spn_part name = host;

	if (memchr(host.s, ':', host.n))
		return spn_is_ipv6(host);
	if (spn_is_number(spn_last_label(host)))
		return spn_is_ipv4(host);
	if (name.n && name.s[name.n - 1] == '.')
		name.n--;
	return spn_has_labels(name, false) && !spn_is_number(spn_last_label(name));
}

static bool spn_is_port_char(char c)
{
	return isascii(c) && isgraph(c) && c != '/' && c != ':';
}

/* Behind the host: nothing, ":port", "/service", or both. */
static bool spn_is_rest(const char *rest)
{
	if (*rest == ':') {
		if (!spn_is_port_char(*++rest))
			return false;
		while (spn_is_port_char(*rest))
			rest++;
	}
	if (*rest && *rest != '/')
		return false;
	/* A service name is UTF-8 without blanks and control characters. */
	for (; *rest; rest++)
		if ((u8)*rest <= ' ' || *rest == 0x7f)
			return false;
	return true;
}

static bool spn_is_target(const char *spn)
{
	const char *slash = strchr(spn, '/'), *after;
	struct spn_part host = spn_host_of(spn, &after);

	if (slash && !spn_is_class(spn_part_of(spn, slash - spn), false))
		return false;
	/* Brackets are for an IPv6 address only, and both must be there. */
	if (host.s > spn && host.s[-1] == '[' &&
	    (after[-1] != ']' || !memchr(host.s, ':', host.n)))
		return false;
	return spn_is_host(host) && spn_is_rest(after);
}

bool cssp_spn_is_name(const struct cssp_rd *utf8)
{
	char spn[CREDSSP_MAX_TARGET + 1];

	if (!utf8->left || utf8->left > CREDSSP_MAX_TARGET ||
	    memchr(utf8->p, '\0', utf8->left) || cssp_utf16_size(utf8) < 0)
		return false;
	memcpy(spn, utf8->p, utf8->left);
	spn[utf8->left] = '\0';
	return spn_is_target(spn);
}

/* A decimal number of an IPv4 address, without leading zeros. */
static bool spn_is_octet(struct spn_part label)
{
	unsigned int value = 0;
	size_t i;

	if (!label.n || label.n > 3 || (label.n > 1 && label.s[0] == '0'))
		return false;
	for (i = 0; i < label.n; i++) {
		if (!isdigit(label.s[i]))
			return false;
		value = 10 * value + label.s[i] - '0';
	}
	return value <= 255;
}

static bool spn_has_digits(struct spn_part part)
{
	size_t i;

	for (i = 0; i < part.n; i++)
		if (!isdigit(part.s[i]))
			return false;
	return true;
}

/**
 * struct spn_numbers - what the labels of a pattern's host can be
 * @octets: each label fits an IPv4 address
 * @numbers: a resolver takes each label for a number
 * @labels: count
 * @plain: labels without '*'
 */
struct spn_numbers {
	bool octets;
	bool numbers;
	unsigned int labels;
	unsigned int plain;
};

static void spn_count_label(struct spn_numbers *w, struct spn_part label)
{
	const char *star = memchr(label.s, '*', label.n);
	struct spn_part head, tail;

	w->labels++;
	if (!star) {
		w->octets &= spn_is_octet(label);
		w->numbers &= spn_is_number(label);
		w->plain++;
		return;
	}
	head = spn_part_of(label.s, star - label.s);
	tail = spn_part_of(star + 1, label.n - head.n - 1);
	w->octets &= (!head.n || spn_is_octet(head)) && spn_has_digits(tail);
	w->numbers &= spn_has_digits(head) && spn_has_digits(tail);
}

/*
 * A target whose last label is a number is an IPv4 address.  So is what a pattern of
 * numbers that ends in '*' means.  Then all of it fits such an address.
 */
static bool spn_has_fit_numbers(struct spn_part host)
{
	struct spn_numbers w = { .octets = true, .numbers = true };
	struct spn_part last = spn_last_label(host);
	size_t i, start = 0;
	bool address;

	for (i = 0; i <= host.n; i++) {
		if (i < host.n && host.s[i] != '.')
			continue;
		spn_count_label(&w, spn_part_of(host.s + start, i - start));
		start = i + 1;
	}
	if (memchr(last.s, '*', last.n))
		address = w.plain && w.numbers;
	else
		address = spn_is_number(last);
	return !address || (w.octets && w.labels <= 4);
}

/*
 * Groups of an IPv6 address, one of them with '*'.  RFC 5952 compresses zero groups in a
 * way that depends on the whole address: a pattern with "::" or with a zero group would
 * miss most of the addresses that it seems to match.
 */
static bool spn_has_groups(struct spn_part host)
{
	size_t i, start = 0, colons = 0;
	bool whole;
	char end;

	for (i = 0; i <= host.n; i++) {
		end = i < host.n ? host.s[i] : '\0';
		if (isxdigit(end))
			continue;
		if (i < host.n && end != ':' && end != '*')
			return false;
		/* Not the end of a group that began with '*' */
		whole = !start || host.s[start - 1] == ':';
		if (i - start > GROUP_MAX || (whole && i > start && host.s[start] == '0'))
			return false;
		if (whole && i == start && end != '*')
			return false;
		colons += end == ':';
		start = i + 1;
	}
	return colons < GROUPS;
}

/* The host of a pattern with one '*': a name, or an IPv6 address; without a port. */
static bool spn_is_wild_host(struct spn_part host)
{
	const char *colon = memchr(host.s, ':', host.n);

	if (!colon)
		return spn_has_labels(host, true) && spn_has_fit_numbers(host);
	return memchr(colon + 1, ':', host.s + host.n - colon - 1) && spn_has_groups(host);
}

/* Without a slash, '*' stands for the slash as well: class before it, host behind it. */
static bool spn_is_wild_whole(const char *pattern, const char *star)
{
	return spn_is_class(spn_part_of(pattern, star + 1 - pattern), true) &&
	       spn_is_wild_host(spn_part_of(star, strlen(star)));
}

bool cssp_spn_is_pattern(const char *pattern)
{
	const char *star = strchr(pattern, '*'), *slash = strchr(pattern, '/');
	char name[CREDSSP_MAX_TARGET + 1];
	struct spn_part host;

	if (strlen(pattern) > CREDSSP_MAX_TARGET || (star && strchr(star + 1, '*')))
		return false;
	if (!slash)
		return star && spn_is_wild_whole(pattern, star);
	host = spn_part_of(slash + 1, strlen(slash + 1));
	if (!spn_is_class(spn_part_of(pattern, slash - pattern), true))
		return false;
	if (star > slash)
		return spn_is_wild_host(host);
	/* The form in which names are compared: no port, service, brackets or last dot. */
	cssp_spn_service(pattern, name, sizeof(name));
	return spn_is_host(host) && !strcmp(name, pattern);
}

int cssp_spn_set(struct cssp_spn *t, const struct cssp_rd *utf8)
{
	struct cssp_spn new = {};
	struct spn_part host;
	const char *after;

	if (utf8->left && !cssp_spn_is_name(utf8))
		return CSSP_E_TARGET;
	new.spn = kmemdup_nul(utf8->left ? (const char *)utf8->p : "", utf8->left,
			      CSSP_GFP);
	if (!new.spn)
		return -ENOMEM;
	host = spn_host_of(new.spn, &after);
	new.host = kmemdup_nul(host.s, host.n, CSSP_GFP);
	if (!new.host) {
		kfree(new.spn);
		return -ENOMEM;
	}
	cssp_spn_free(t);
	*t = new;
	return 0;
}

void cssp_spn_free(struct cssp_spn *t)
{
	kfree(t->spn);
	kfree(t->host);
	*t = (struct cssp_spn){};
}

bool cssp_spn_is_remote_desktop(const char *spn)
{
	static const char class[] = "TERMSRV/";

	return spn && !strncasecmp(spn, class, strlen(class));
}
