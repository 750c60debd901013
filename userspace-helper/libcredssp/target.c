// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Conversion of target names. The kernel accepts one spelling of each host: names that
 * people and resolvers take for the same host must be the same for its policy.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <idn2.h>

#include "private.h"

#define ACE_PREFIX	"xn--"
/* Characters of a host after UTS 46, which makes letters small; '*' is for patterns */
#define ASCII_HOST	"abcdefghijklmnopqrstuvwxyz0123456789-_.*"

/**
 * struct host_place - the place of the host in a target name
 * @start: the host, without brackets
 * @length: bytes of it
 * @open, @close: brackets around it
 */
struct host_place {
	const char *start;
	size_t length;
	size_t open;
	size_t close;
};

/* Find the host as the kernel does: behind "class/", before ":port" and "/service". */
static struct host_place find_host(const char *target)
{
	const char *slash = strchr(target, '/'), *colon;
	struct host_place h = { .start = slash ? slash + 1 : target };

	if (*h.start == '[') {
		h.open = 1;
		h.length = strcspn(++h.start, "]/");
		h.close = h.start[h.length] == ']';
		return h;
	}
	h.length = strcspn(h.start, "/");
	colon = memchr(h.start, ':', h.length);
	if (colon && !memchr(colon + 1, ':', (size_t)(h.start + h.length - colon - 1)))
		h.length = (size_t)(colon - h.start);
	return h;
}

static int is_ascii(const char *s)
{
	while (*s && !(*s & 0x80))
		s++;
	return !*s;
}

static size_t count_stars(const char *s)
{
	size_t n;

	for (n = 0; (s = strchr(s, '*')); s++)
		n++;
	return n;
}

/*
 * Characters of other alphabets must not become syntax of names. A '*' may stand for part
 * of a label only if that label is not encoded.
 */
static int is_sound(const char *ascii, const char *host)
{
	const char *label, *end;

	/* an empty name would mean that there is no target */
	if (!*ascii || strspn(ascii, ASCII_HOST) != strlen(ascii) ||
	    count_stars(ascii) != count_stars(host))
		return 0;
	for (label = ascii; *label; label = *end ? end + 1 : end) {
		end = strchrnul(label, '.');
		if (!strncmp(label, ACE_PREFIX, strlen(ACE_PREFIX)) &&
		    memchr(label, '*', (size_t)(end - label)))
			return 0;
	}
	return 1;
}

/* Convert a name to A-labels. */
static int name_to_ascii(const char *host, char *ascii)
{
	uint8_t *found;
	int ret = -1;

	if (is_ascii(host)) {
		strcpy(ascii, host);
		return 0;
	}
	if (idn2_lookup_u8((const uint8_t *)host, &found,
			   IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return -1;
	if (strlen((char *)found) <= CREDSSP_MAX_TARGET && is_sound((char *)found, host)) {
		strcpy(ascii, (char *)found);
		ret = 0;
	}
	idn2_free(found);
	return ret;
}

/*
 * Write an IPv6 address as RFC 5952 does, without its zone, which only tells the link. A
 * mapped IPv4 address becomes an IPv4 address. A string that is no address, or that ends
 * in another IPv4 address, is not changed.
 */
static void address_to_ascii(const char *host, char *ascii)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t n = strcspn(host, "%");

	strcpy(ascii, host);
	if (n >= sizeof(text))
		return;
	memcpy(text, host, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, &address) != 1)
		return;
	if (IN6_IS_ADDR_V4MAPPED(&address))
		inet_ntop(AF_INET, &address.s6_addr[12], ascii, INET6_ADDRSTRLEN);
	else if (inet_ntop(AF_INET6, &address, text, sizeof(text)) && !strchr(text, '.'))
		strcpy(ascii, text);
}

int credssp_target_to_ascii(const char *target, char *ascii, size_t size)
{
	char host[CREDSSP_MAX_TARGET + 1], to[CREDSSP_MAX_TARGET + INET6_ADDRSTRLEN];
	char copy[CREDSSP_MAX_TARGET + 1];
	struct host_place h;
	size_t head, tail;
	const char *rest;

	if (!target || !ascii || strlen(target) > CREDSSP_MAX_TARGET)
		goto err_invalid;
	/* @ascii may be @target */
	target = strcpy(copy, target);
	h = find_host(target);
	memcpy(host, h.start, h.length);
	host[h.length] = '\0';
	if (memchr(host, ':', h.length))
		address_to_ascii(host, to);
	else if (name_to_ascii(host, to))
		goto err_invalid;
	rest = h.start + h.length;
	/* only an IPv6 address has brackets */
	if (h.close && strchr(host, ':') && !strchr(to, ':')) {
		h.start -= h.open;
		rest += h.close;
	}
	head = (size_t)(h.start - target);
	tail = strlen(rest);
	if (head + strlen(to) + tail >= size || head + strlen(to) + tail > CREDSSP_MAX_TARGET)
		goto err_invalid;
	memcpy(ascii, target, head);
	memcpy(ascii + head, to, strlen(to));
	memcpy(ascii + head + strlen(to), rest, tail + 1);
	return 0;

err_invalid:
	errno = EINVAL;
	return -1;
}

int32_t cssp_spn_load(struct cssp_spn_name *name, const char *target)
{
	name->length = 0;
	if (!target)
		return SEC_E_OK;
	if (strlen(target) > CREDSSP_MAX_TARGET)
		return SEC_E_TARGET_UNKNOWN;
	/* a name that cannot be converted is left to the kernel, which refuses it */
	if (credssp_target_to_ascii(target, name->text, sizeof(name->text)))
		strcpy(name->text, target);
	name->length = (uint32_t)strlen(name->text);
	return SEC_E_OK;
}
