// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "bridge.h"
#include "text.h"

/* RFC 5214 6.1: the interface identifier of an IPv4 address, local or global */
static bool is_isatap(const struct in6_addr *in)
{
	return (in->s6_addr32[2] | htonl(0x02000000)) == htonl(0x02005efe);
}

/* The last four bytes in decimal.  No zeros are left out there. */
static void print_isatap(const struct in6_addr *in, char address[INET6_ADDRSTRLEN])
{
	struct in6_addr filled = *in;
	char *end;

	filled.s6_addr32[3] = htonl(0xffffffff);
	inet_ntop(AF_INET6, &filled, address, INET6_ADDRSTRLEN);
	end = address + strlen(address) - strlen("ffff:ffff");
	inet_ntop(AF_INET, &in->s6_addr32[3], end, INET_ADDRSTRLEN);
}

/* inet_ntop(3) takes other addresses for those that have an IPv4 address in them. */
static void print_ip6(const struct in6_addr *in, char address[INET6_ADDRSTRLEN])
{
	if (is_isatap(in))
		print_isatap(in, address);
	else if (IN6_IS_ADDR_V4COMPAT(in) && in->s6_addr16[6])
		snprintf(address, INET6_ADDRSTRLEN, "::%x:%x", ntohs(in->s6_addr16[6]),
			 ntohs(in->s6_addr16[7]));
	else
		inet_ntop(AF_INET6, in, address, INET6_ADDRSTRLEN);
}

/* As the kernel writes addresses: %pI4 and %pI6c, without a zone */
static bool describe_address(const struct sockaddr *sa, char *text)
{
	char address[INET6_ADDRSTRLEN];

	if (sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, address,
			  sizeof(address));
	else if (sa->sa_family == AF_INET6)
		print_ip6(&((const struct sockaddr_in6 *)sa)->sin6_addr, address);
	else
		return false;
	snprintf(text, BRIDGE_DESCRIPTION_ROOM, "cifs:a:%s", address);
	return true;
}

static bool has(const struct bridge *b, const char *text)
{
	unsigned int i;

	for (i = 0; i < b->count; i++)
		if (!strcmp(b->text[i], text))
			return true;
	return false;
}

const char *bridge_of_host(struct bridge *b, const char *host)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const struct addrinfo *ai;
	struct addrinfo *list;
	int ret = getaddrinfo(host, NULL, &hints, &list);

	b->count = 0;
	if (ret)
		return gai_strerror(ret);
	for (ai = list; ai && b->count < BRIDGE_KEYS_MAX; ai = ai->ai_next) {
		char *text = b->text[b->count];

		if (describe_address(ai->ai_addr, text) && !has(b, text))
			b->count++;
	}
	freeaddrinfo(list);
	return b->count ? NULL : "it has no address";
}

const char *bridge_of_domain(struct bridge *b, const char *domain)
{
	size_t length = strlen(domain);

	b->count = 0;
	if (!length || length >= BRIDGE_DOMAIN_MAX)
		return "the domain has no fitting length";
	if (!text_is_clean(domain) || strpbrk(domain, " \\@/:;"))
		return "it is no name of a domain";
	snprintf(b->text[0], sizeof(b->text[0]), "cifs:d:%s", domain);
	b->count = 1;
	return NULL;
}

/* The kernel looks for the first colon, and takes both lengths for strings. */
const char *bridge_payload(const char *user, const struct secret *password,
			   struct secret *payload)
{
	size_t length = strlen(user);

	if (!length || length > BRIDGE_USER_MAX)
		return "the user's name has no fitting length for cifs.ko";
	if (strchr(user, ':'))
		return "cifs.ko takes no user's name with a colon";
	if (!password->length || password->length > BRIDGE_PASSWORD_MAX)
		return "cifs.ko takes passwords of 1 to 512 bytes";
	if (memchr(password->data, '\0', password->length))
		return "cifs.ko takes no password with a NUL";
	memcpy(payload->data, user, length);
	payload->data[length] = ':';
	memcpy(payload->data + length + 1, password->data, password->length);
	payload->length = length + 1 + password->length;
	return NULL;
}

bool bridge_is(const char *description)
{
	return !strncmp(description, "cifs:a:", 7) || !strncmp(description, "cifs:d:", 7);
}
