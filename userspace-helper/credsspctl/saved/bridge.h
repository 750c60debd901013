/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Credentials for cifs.ko, which looks for keys of its own: logon keys that are described
 * cifs:a:ADDRESS or cifs:d:DOMAIN, with "user:password".
 */
#ifndef CREDSSPCTL_BRIDGE_H
#define CREDSSPCTL_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/options.h"
#include "base/password.h"

/* Addresses of one host */
#define BRIDGE_KEYS_MAX	16
/* CIFS_MAX_DOMAINNAME_LEN, CIFS_MAX_USERNAME_LEN and CIFS_MAX_PASSWORD_LEN of the kernel */
#define BRIDGE_DOMAIN_MAX	256
#define BRIDGE_USER_MAX		256
#define BRIDGE_PASSWORD_MAX	512
#define BRIDGE_DESCRIPTION_ROOM	(sizeof("cifs:d:") + BRIDGE_DOMAIN_MAX)
#define BRIDGE_PAYLOAD_MAX	(BRIDGE_USER_MAX + 1 + BRIDGE_PASSWORD_MAX)
/* A working day, for a bridge without --timeout */
#define BRIDGE_TIMEOUT_S	(8 * 3600)

/**
 * struct bridge - descriptions of keys
 * @text: each
 * @count: their number
 */
struct bridge {
	char text[BRIDGE_KEYS_MAX][BRIDGE_DESCRIPTION_ROOM];
	unsigned int count;
};

/* Each returns NULL, or what is wrong. */

/* The keys of all addresses of @host, which is a name or an address. */
const char *bridge_of_host(struct bridge *b, const char *host);
/* The key of @domain. */
const char *bridge_of_domain(struct bridge *b, const char *domain);
/* @payload: out: room for BRIDGE_PAYLOAD_MAX bytes */
const char *bridge_payload(const char *user, const struct secret *password,
			   struct secret *payload);

/* Is it the description of a bridge? */
bool bridge_is(const char *description);

#endif
