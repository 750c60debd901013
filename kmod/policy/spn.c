// SPDX-License-Identifier: GPL-2.0-only
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

/* What a class cannot have: the syntax of names, of patterns and of lists of them. */
#define CLASS_NOT	"\"#'*,/;<=>\\`"

/* Beside letters and digits; NetBIOS names have underscores */
#define HOST_CHARS	"-_."

/* A text without its NUL: @n characters at @s. */
struct target_part {
	const char *s;
	size_t n;
};

static struct target_part part_of(const char *s, size_t n)
{
	return (struct target_part){ .s = s, .n = n };
}

/*
 * The host of "class/host", "class/host:port", "class/host/service" or a bare
 * "host"; an IPv6 address is written in brackets when a port follows.  @after: what
 * comes behind it.
 */
static struct target_part host_of(const char *spn, const char **after)
{
	const char *slash = strchr(spn, '/');
	const char *host = slash ? slash + 1 : spn;
	size_t len = strcspn(host, "/");
	const char *colon;

	if (host[0] == '[') {
		len = strcspn(++host, "]/");
		*after = host + len + (host[len] == ']');
		return part_of(host, len);
	}
	colon = memchr(host, ':', len);
	if (colon && !memchr(colon + 1, ':', host + len - colon - 1))
		len = colon - host;
	*after = host + len;
	return part_of(host, len);
}

void cssp_spn_service(const char *spn, char *name, size_t room)
{
	const char *slash = strchr(spn, '/'), *after;
	struct target_part host = host_of(spn, &after);

	/* a fully qualified name with its last dot is the same name */
	if (host.n > 1 && host.s[host.n - 1] == '.')
		host.n--;
	snprintf(name, room, "%.*s%.*s", slash ? (int)(slash + 1 - spn) : 0, spn,
		 (int)host.n, host.s);
}

static bool is_class_char(char c)
{
	return isascii(c) && isprint(c) && !strchr(CLASS_NOT, c);
}

static bool is_host_char(char c)
{
	return c && isascii(c) && (isalnum(c) || strchr(HOST_CHARS, c));
}

/* Class of a name, or with @wild of a pattern: blanks are inside only. */
static bool is_class(struct target_part class, bool wild)
{
	size_t i;

	if (!class.n || class.s[0] == ' ' || class.s[class.n - 1] == ' ')
		return false;
	for (i = 0; i < class.n; i++)
		if (!is_class_char(class.s[i]) && !(wild && class.s[i] == '*'))
			return false;
	return true;
}

/*
 * Labels of a name, none of them empty.  With @wild of a pattern's host, in which '*'
 * is part of a label and stands for any more of them.
 */
static bool has_labels(struct target_part host, bool wild)
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
		} else if (!is_host_char(host.s[i]) || ++label > LABEL_MAX) {
			return false;
		}
	}
	return (label || star) && host.n <= HOST_MAX + (wild ? 1 : 0);
}

/* Would a resolver take @label for a number: decimal, octal or hexadecimal? */
static bool is_number(struct target_part label)
{
	bool hex = label.n > 1 && label.s[0] == '0' && tolower(label.s[1]) == 'x';
	size_t i;

	for (i = hex ? 2 : 0; i < label.n; i++)
		if (hex ? !isxdigit(label.s[i]) : !isdigit(label.s[i]))
			return false;
	return label.n;
}

static struct target_part last_label(struct target_part host)
{
	size_t i = host.n;

	while (i && host.s[i - 1] != '.')
		i--;
	return part_of(host.s + i, host.n - i);
}

static bool is_text(struct target_part host, const char *text)
{
	return host.n == strlen(text) && !strncasecmp(host.s, text, host.n);
}

/* Four decimal numbers: "127.1", "0x7f.1" and "010.0.0.1" are other spellings. */
static bool is_ipv4(struct target_part host)
{
	char text[sizeof("255.255.255.255")];
	u8 address[4];

	if (!in4_pton(host.s, host.n, address, -1, NULL))
		return false;
	snprintf(text, sizeof(text), "%pI4", address);
	return is_text(host, text);
}

/*
 * As RFC 5952 4 writes it.  An IPv4-mapped address is another spelling of the IPv4
 * address, and a zone says which link, not who is there.
 */
static bool is_ipv6(struct target_part host)
{
	char text[sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")];
	struct in6_addr address;

	if (memchr(host.s, '.', host.n) ||
	    !in6_pton(host.s, host.n, address.s6_addr, -1, NULL) ||
	    ipv6_addr_v4mapped(&address))
		return false;
	snprintf(text, sizeof(text), "%pI6c", &address);
	return is_text(host, text);
}

/*
 * One spelling for each host but for case and a last dot, so that a policy which
 * names it cannot be passed by another one.  The last label of a name is no number:
 * resolvers read such hosts as IPv4 addresses.
 */
static bool is_host(struct target_part host)
{
	struct target_part name = host;

	if (memchr(host.s, ':', host.n))
		return is_ipv6(host);
	if (is_number(last_label(host)))
		return is_ipv4(host);
	if (name.n && name.s[name.n - 1] == '.')
		name.n--;
	return has_labels(name, false) && !is_number(last_label(name));
}

static bool is_port_char(char c)
{
	return isascii(c) && isgraph(c) && c != '/' && c != ':';
}

/* Behind the host: nothing, ":port", "/service", or both. */
static bool is_rest(const char *rest)
{
	if (*rest == ':') {
		if (!is_port_char(*++rest))
			return false;
		while (is_port_char(*rest))
			rest++;
	}
	if (*rest && *rest != '/')
		return false;
	/* the service's name is no host: UTF-8 without blanks and control characters */
	for (; *rest; rest++)
		if ((u8)*rest <= ' ' || *rest == 0x7f)
			return false;
	return true;
}

static bool is_target(const char *spn)
{
	const char *slash = strchr(spn, '/'), *after;
	struct target_part host = host_of(spn, &after);

	if (slash && !is_class(part_of(spn, slash - spn), false))
		return false;
	/* brackets are an IPv6 address's, and both of them are there */
	if (host.s > spn && host.s[-1] == '[' &&
	    (after[-1] != ']' || !memchr(host.s, ':', host.n)))
		return false;
	return is_host(host) && is_rest(after);
}

bool cssp_spn_is_name(const struct cssp_rd *utf8)
{
	char spn[CREDSSP_MAX_TARGET + 1];

	if (!utf8->left || utf8->left > CREDSSP_MAX_TARGET ||
	    memchr(utf8->p, '\0', utf8->left) || cssp_utf16_size(utf8) < 0)
		return false;
	memcpy(spn, utf8->p, utf8->left);
	spn[utf8->left] = '\0';
	return is_target(spn);
}

/* A decimal number of an IPv4 address, without leading zeros. */
static bool is_octet(struct target_part label)
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

static bool has_digits(struct target_part part)
{
	size_t i;

	for (i = 0; i < part.n; i++)
		if (!isdigit(part.s[i]))
			return false;
	return true;
}

/**
 * struct wild_numbers - what the labels of a pattern's host can be
 * @octets: each label fits an IPv4 address
 * @numbers: a resolver takes each label for a number
 * @labels: count
 * @plain: labels without '*'
 */
struct wild_numbers {
	bool octets;
	bool numbers;
	unsigned int labels;
	unsigned int plain;
};

static void count_label(struct wild_numbers *w, struct target_part label)
{
	const char *star = memchr(label.s, '*', label.n);
	struct target_part head, tail;

	w->labels++;
	if (!star) {
		w->octets &= is_octet(label);
		w->numbers &= is_number(label);
		w->plain++;
		return;
	}
	head = part_of(label.s, star - label.s);
	tail = part_of(star + 1, label.n - head.n - 1);
	w->octets &= (!head.n || is_octet(head)) && has_digits(tail);
	w->numbers &= has_digits(head) && has_digits(tail);
}

/*
 * A target whose last label is a number is an IPv4 address.  So is what a pattern of
 * numbers that ends in '*' means.  Then all of it fits such an address.
 */
static bool has_fit_numbers(struct target_part host)
{
	struct wild_numbers w = { .octets = true, .numbers = true };
	struct target_part last = last_label(host);
	size_t i, start = 0;
	bool address;

	for (i = 0; i <= host.n; i++) {
		if (i < host.n && host.s[i] != '.')
			continue;
		count_label(&w, part_of(host.s + start, i - start));
		start = i + 1;
	}
	if (memchr(last.s, '*', last.n))
		address = w.plain && w.numbers;
	else
		address = is_number(last);
	return !address || (w.octets && w.labels <= 4);
}

/*
 * Groups as RFC 5952 writes them; the one behind '*' may have begun before it.  Zero
 * groups in a row are "::", and this once: a zero group beside another or beside "::"
 * would make a rule that misses most of the addresses it is meant for.
 */
static bool has_groups(struct target_part host)
{
	size_t i, start = 0, colons = 0, gaps = 0;
	bool zero = false, now, whole;
	char end;

	for (i = 0; i <= host.n; i++) {
		end = i < host.n ? host.s[i] : '\0';
		if (isxdigit(end))
			continue;
		if (i < host.n && end != ':' && end != '*')
			return false;
		whole = !start || host.s[start - 1] == ':';
		now = whole && i > start && host.s[start] == '0';
		if (i - start > GROUP_MAX || (now && i - start > 1))
			return false;
		/* nothing between two colons is a gap */
		if (start && whole && i == start && end == ':') {
			gaps++;
			now = true;
		}
		if (zero && now)
			return false;
		colons += end == ':';
		zero = now && end == ':';
		start = i + 1;
	}
	return gaps <= 1 && colons < GROUPS;
}

/* The host of a pattern with one '*': a name, or an IPv6 address, which has no port. */
static bool is_wild_host(struct target_part host)
{
	const char *colon = memchr(host.s, ':', host.n);

	if (!colon)
		return has_labels(host, true) && has_fit_numbers(host);
	return memchr(colon + 1, ':', host.s + host.n - colon - 1) && has_groups(host);
}

/* Without a slash '*' stands for it as well: the class begins before, the host ends behind. */
static bool is_wild_whole(const char *pattern, const char *star)
{
	return is_class(part_of(pattern, star + 1 - pattern), true) &&
	       is_wild_host(part_of(star, strlen(star)));
}

bool cssp_spn_is_pattern(const char *pattern)
{
	const char *star = strchr(pattern, '*'), *slash = strchr(pattern, '/');
	char name[CREDSSP_MAX_TARGET + 1];
	struct target_part host;

	if (strlen(pattern) > CREDSSP_MAX_TARGET || (star && strchr(star + 1, '*')))
		return false;
	if (!slash)
		return star && is_wild_whole(pattern, star);
	host = part_of(slash + 1, strlen(slash + 1));
	if (!is_class(part_of(pattern, slash - pattern), true))
		return false;
	if (star > slash)
		return is_wild_host(host);
	/* as names are compared: no port, service, brackets or last dot */
	cssp_spn_service(pattern, name, sizeof(name));
	return is_host(host) && !strcmp(name, pattern);
}

int cssp_spn_set(struct cssp_spn *t, const struct cssp_rd *utf8)
{
	struct cssp_spn new = {};
	struct target_part host;
	const char *after;

	if (utf8->left && !cssp_spn_is_name(utf8))
		return CSSP_E_TARGET;
	new.spn = kmemdup_nul(utf8->left ? (const char *)utf8->p : "", utf8->left,
			      CSSP_GFP);
	if (!new.spn)
		return -ENOMEM;
	host = host_of(new.spn, &after);
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
