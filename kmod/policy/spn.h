/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Target names (SPNs): "class/host", optionally with ":port" and "/service" behind it, or
 * a bare "host". The class is ASCII and may have blanks inside. A host has one spelling,
 * except for case and a last dot: a name of letters, digits, '-' and '_', with A-labels
 * for other characters; four decimal numbers; or an IPv6 address as in RFC 5952 4.
 */
#ifndef CSSP_POLICY_SPN_H
#define CSSP_POLICY_SPN_H

#include <linux/types.h>

#include "../base/buf.h"

/**
 * struct cssp_spn - a target name that passed the checks
 * @spn: NUL-terminated, empty when the caller gave none
 * @host: its host, without brackets and port, for the check of the certificate
 */
struct cssp_spn {
	char *spn;
	char *host;
};

/* Check and copy a name, which may be empty. 0; -EDESTADDRREQ if invalid; -ENOMEM. */
int __must_check cssp_spn_set(struct cssp_spn *t, const struct cssp_rd *utf8);
void cssp_spn_free(struct cssp_spn *t);

/* Is it a valid name of at most CREDSSP_MAX_TARGET bytes? An empty one is not. */
bool cssp_spn_is_name(const struct cssp_rd *utf8);

/*
 * Can @pattern of a policy, NUL-terminated, match any name? It is "class/host" with at
 * most one '*', in the form of cssp_spn_service().
 */
bool cssp_spn_is_pattern(const char *pattern);

/**
 * cssp_spn_service() - "class/host" of a target name, the form that policies use
 * @spn: target name
 * @name: out: without port, realm, brackets and the last dot of the host
 * @room: bytes at @name; CREDSSP_MAX_TARGET + 1 always suffice
 */
void cssp_spn_service(const char *spn, char *name, size_t room);

/* Is the class TERMSRV, in any case? Not for NULL. */
bool cssp_spn_is_remote_desktop(const char *spn);

#endif
