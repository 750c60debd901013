// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "spn.h"
#include "text.h"

#define DIGITS		"0123456789"
#define HEX_DIGITS	DIGITS "abcdefABCDEF"
#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOST_CHARS	LETTERS DIGITS "-_."
/* Characters that a class cannot have: syntax of names, of patterns and of their lists */
#define CLASS_NOT	"\"#'*,/;<=>\\`"

#define NAME_MAX_LENGTH	253	/* RFC 1035 2.3.4: 255 octets on the wire */
#define LABEL_MAX	63
#define GROUP_MAX	4
#define GROUPS		8

static const char bad_class[] =
	"the class begins or ends with a blank, or has a character that is not allowed";
static const char bad_name[] = "the host is not a host name";
static const char bad_address[] =
	"the host is an address, but not written as 192.0.2.1 or 2001:db8::1";
static const char bad_group[] =
	"an IPv6 pattern with a zero group or :: would miss addresses";
static const char bad_pattern[] =
	"a pattern is CLASS/HOST, without port, realm, brackets or a dot at its end";

static const char *check_class(const char *class, size_t n, bool wild)
{
	size_t i;

	if (!n || class[0] == ' ' || class[n - 1] == ' ')
		return bad_class;
	for (i = 0; i < n; i++)
		if (class[i] < ' ' || class[i] >= 0x7f ||
		    (strchr(CLASS_NOT, class[i]) && !(wild && class[i] == '*')))
			return bad_class;
	return NULL;
}

static bool is_number(const char *label)
{
	bool hex = !strncasecmp(label, "0x", 2);
	const char *digits = hex ? label + 2 : label;

	return *label && strspn(digits, hex ? HEX_DIGITS : DIGITS) == strlen(digits);
}

/* Labels must not be empty; '*' may stand for a part of one. */
static const char *check_labels(const char *host, bool wild)
{
	const char *label = host;
	size_t n, star;

	if (strlen(host) > NAME_MAX_LENGTH + (wild ? 1 : 0) ||
	    strspn(host, wild ? HOST_CHARS "*" : HOST_CHARS) != strlen(host))
		return bad_name;
	for (;;) {
		n = strcspn(label, ".");
		star = wild && memchr(label, '*', n);
		if (!n || n - star > LABEL_MAX)
			return bad_name;
		if (!label[n])
			return NULL;
		label += n + 1;
	}
}

static const char *check_ipv4(const char *host)
{
	struct in_addr address;

	/* inet_pton() refuses leading zeros and short forms */
	return inet_pton(AF_INET, host, &address) == 1 ? NULL : bad_address;
}

/* An IPv6 address has been converted already: any other form is invalid. */
static const char *check_ipv6(const char *host)
{
	struct in6_addr address;

	return strchr(host, '.') || inet_pton(AF_INET6, host, &address) != 1 ?
	       bad_address : NULL;
}

static const char *check_host(const char *host)
{
	const char *last = strrchr(host, '.');
	char name[SPN_ROOM];
	size_t n = strlen(host);

	if (strchr(host, ':'))
		return check_ipv6(host);
	if (is_number(last ? last + 1 : host))
		return check_ipv4(host);
	memcpy(name, host, n + 1);
	if (n && name[n - 1] == '.')
		name[n - 1] = '\0';
	last = strrchr(name, '.');
	return is_number(last ? last + 1 : name) ? bad_address : check_labels(name, false);
}

/* ":port", "/service" or both. */
static const char *check_rest(const char *rest)
{
	if (*rest == ':') {
		size_t n = strcspn(rest + 1, ":/");

		if (!n || strcspn(rest + 1, " ") < n)
			return "the port is missing, or has a blank in it";
		rest += 1 + n;
	}
	if (*rest && *rest != '/')
		return "only :PORT and /SERVICE may follow the host";
	return strchr(rest, ' ') ? "there is a blank behind the host" : NULL;
}

/* Split off the host without its brackets; @rest is behind it. */
static const char *take_host(const char *at, char *host, const char **rest)
{
	size_t n = strcspn(at, "/");
	const char *colon = memchr(at, ':', n);

	if (*at == '[') {
		n = strcspn(++at, "]/");
		if (at[n] != ']' || !memchr(at, ':', n))
			return "brackets are for IPv6 addresses";
		*rest = at + n + 1;
	} else {
		if (colon && !memchr(colon + 1, ':', (size_t)(at + n - colon - 1)))
			n = (size_t)(colon - at);
		*rest = at + n;
	}
	memcpy(host, at, n);
	host[n] = '\0';
	return NULL;
}

/* Checks that all names have in common, and the conversion. */
static const char *convert(const char *arg, char *spn)
{
	if (strlen(arg) > CREDSSP_MAX_TARGET)
		return "too long";
	if (!text_is_clean(arg))
		return "not valid UTF-8, or with control characters";
	return credssp_target_to_ascii(arg, spn, SPN_ROOM) ? bad_name : NULL;
}

/* Check the host of a target, and port and service behind it. */
static const char *check_tail(const char *at)
{
	char host[SPN_ROOM];
	const char *rest, *err = take_host(at, host, &rest);

	if (err)
		return err;
	err = check_host(host);
	return err ? err : check_rest(rest);
}

static const char *check_spn(const char *spn)
{
	const char *slash = strchr(spn, '/'), *err;

	if (!slash || slash == spn || !slash[1])
		return "not of the form CLASS/HOST";
	err = check_class(spn, (size_t)(slash - spn), false);
	return err ? err : check_tail(slash + 1);
}

const char *spn_take(const char *arg, char *spn)
{
	const char *err = convert(arg, spn);

	return err ? err : check_spn(spn);
}

const char *spn_take_target(const char *arg, char *target)
{
	const char *err = convert(arg, target);

	if (err)
		return err;
	return strchr(target, '/') ? check_spn(target) : check_tail(target);
}

/* A decimal number of an IPv4 address, without leading zeros. */
static bool is_octet(const char *s, size_t n)
{
	unsigned int value = 0;
	size_t i;

	if (!n || n > 3 || (n > 1 && *s == '0') || strspn(s, DIGITS) < n)
		return false;
	for (i = 0; i < n; i++)
		value = 10 * value + (unsigned int)(s[i] - '0');
	return value <= 255;
}

/* True if a label with '*' can match an octet. */
static bool is_wild_octet(const char *label, size_t n)
{
	size_t head = strcspn(label, "*");

	return (!head || is_octet(label, head)) &&
	       head + 1 + strspn(label + head + 1, DIGITS) >= n;
}

/*
 * A target is an IPv4 address if its last label is a number. A pattern is for IPv4
 * addresses if its last label is a number, or if it consists of numbers and ends in '*'.
 * Then each label must fit such an address.
 */
static const char *check_numbers(const char *host)
{
	bool octets = true, numbers = true, last = false;
	size_t n, labels = 0, plain = 0;
	char label[SPN_ROOM];

	for (;; host += n + 1) {
		n = strcspn(host, ".");
		memcpy(label, host, n);
		label[n] = '\0';
		last = strchr(label, '*');
		labels++;
		if (last) {
			octets &= is_wild_octet(label, n);
			numbers &= strspn(label, DIGITS "*") == n;
		} else {
			octets &= is_octet(label, n);
			numbers &= is_number(label);
			plain++;
		}
		if (!host[n])
			break;
	}
	if (last ? plain && numbers : is_number(label))
		return octets && labels <= 4 ? NULL : bad_address;
	return NULL;
}

/*
 * Check the groups of an IPv6 pattern, one of them with '*'.  RFC 5952 compresses zero
 * groups in a way that depends on the whole address: a pattern with "::" or with a zero
 * group would miss most of the addresses that it seems to match.
 */
static const char *check_groups(const char *host)
{
	size_t n, colons = 0;
	const char *group;
	bool whole;

	for (group = host;; group += n + 1) {
		n = strspn(group, HEX_DIGITS);
		/* Not the end of a group that began with '*' */
		whole = group == host || group[-1] == ':';
		if (n > GROUP_MAX)
			return bad_address;
		if (whole && (n ? *group == '0' : *group != '*'))
			return bad_group;
		if (!group[n])
			break;
		if (group[n] != ':' && group[n] != '*')
			return bad_address;
		colons += group[n] == ':';
	}
	return colons > GROUPS - 1 ? bad_address : NULL;
}

static const char *check_wild_host(const char *host)
{
	const char *colon = strchr(host, ':');

	if (!colon)
		return check_labels(host, true) ? bad_pattern : check_numbers(host);
	return strchr(colon + 1, ':') ? check_groups(host) : bad_pattern;
}

const char *spn_take_pattern(const char *arg, char *pattern)
{
	const char *err = convert(arg, pattern), *star, *slash, *colon;

	if (err)
		return err;
	star = strchr(pattern, '*');
	slash = strchr(pattern, '/');
	if (star && strchr(star + 1, '*'))
		return "a pattern has more than one *";
	if (!slash && !star)
		return bad_pattern;
	/* in a pattern without a slash '*' stands for the slash as well */
	err = check_class(pattern, (size_t)((slash ? slash : star + 1) - pattern), true);
	if (err)
		return err;
	if (!slash || (star && star > slash))
		return check_wild_host(slash ? slash + 1 : star);
	colon = strchr(slash, ':');
	if (!slash[1] || strpbrk(slash + 1, "/[]") || pattern[strlen(pattern) - 1] == '.' ||
	    (colon && !strchr(colon + 1, ':')))
		return bad_pattern;
	return check_host(slash + 1);
}
