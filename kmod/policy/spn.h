/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Target names: "class/host", with ":port" and "/service" behind it or a bare "host".
 * The class is ASCII and may have blanks inside.  The host has one spelling but for
 * case and a last dot: a name of letters, digits, '-' and '_', in A-labels where it
 * has other characters; four decimal numbers; or an IPv6 address as in RFC 5952 4.
 */
#ifndef CSSP_POLICY_SPN_H
#define CSSP_POLICY_SPN_H

#include <linux/types.h>

#include "../base/buf.h"

/**
 * struct cssp_spn - a target name that passed the checks
 * @spn: NUL-terminated, empty when the caller gave none
 * @host: the host name in it, without brackets and port, for the certificate
 */
struct cssp_spn {
	char *spn;
	char *host;
};

/* 0; -EDESTADDRREQ for a name that is no valid target; -ENOMEM. */
int __must_check cssp_spn_set(struct cssp_spn *t, const struct cssp_rd *utf8);
void cssp_spn_free(struct cssp_spn *t);

/* Is it such a name, within CREDSSP_MAX_TARGET? An empty one is none. */
bool cssp_spn_is_name(const struct cssp_rd *utf8);

/*
 * Could the NUL-terminated @pattern of a policy match a name? It is "class/host" with
 * one '*' at most, as cssp_spn_service() writes it.
 */
bool cssp_spn_is_pattern(const char *pattern);

/**
 * cssp_spn_service() - "service/host" of a target name, as policies know it
 * @spn: target name
 * @name: out: without port, realm, brackets and the last dot of the host
 * @room: bytes at @name; CREDSSP_MAX_TARGET + 1 always suffice
 */
void cssp_spn_service(const char *spn, char *name, size_t room);

/* Is the service class TERMSRV, in any case? NULL: it is not. */
bool cssp_spn_is_remote_desktop(const char *spn);

#endif
