/* SPDX-License-Identifier: GPL-2.0-only */
/* The scope of saved credentials, and the key that holds them. */
#ifndef CRED_SCOPE_H
#define CRED_SCOPE_H

#include <credssp.h>

#define SCOPE_PREFIX	"credssp:"
#define SCOPE_ROOM	(sizeof(SCOPE_PREFIX) + CREDSSP_MAX_TARGET)

/* The longest payload: version, two names with their NULs, password. */
#define SCOPE_PAYLOAD_MAX	(1 + 2 * (CREDSSP_MAX_NAME + 1) + CREDSSP_MAX_PASSWORD)

/**
 * scope_description() - the key's description, "credssp:TERMSRV/host"
 * @arg: SPN, or a domain
 * @description: out: SCOPE_ROOM bytes; of an SPN the class is in capitals and the
 *	host in A-labels and small letters, so that it is found however the target is
 *	written
 *
 * Return: NULL, or what is wrong.
 */
const char *scope_description(const char *arg, char *description);

/* "host.example" of "credssp:...", if the description is one of ours; else NULL. */
const char *scope_of(const char *description);
int scope_is_spn(const char *scope);

/**
 * scope_head() - the payload up to the password
 * @payload: out: room for SCOPE_PAYLOAD_MAX bytes
 * @user: user
 * @domain: domain, may be empty
 *
 * Return: bytes written; the password follows without a NUL.
 */
size_t scope_head(char *payload, const char *user, const char *domain);

#endif
