/* SPDX-License-Identifier: GPL-2.0-only */
/* Target names: SPNs such as "TERMSRV/host", kept in UTF-8. */
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

/* Valid UTF-8 without spaces and control characters, within CREDSSP_MAX_TARGET. */
bool cssp_spn_is_name(const struct cssp_rd *utf8);

/**
 * cssp_spn_service() - "service/host" of a target name, as policies know it
 * @spn: target name
 * @name: out: without port, realm, brackets and the last dot of the host
 * @room: bytes at @name; CREDSSP_MAX_TARGET + 1 always suffice
 */
void cssp_spn_service(const char *spn, char *name, size_t room);

#endif
