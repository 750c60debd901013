/* SPDX-License-Identifier: GPL-2.0-only */
/* Target names: SPNs such as "TERMSRV/host", kept in UTF-8. */
#ifndef CSSP_CORE_TARGET_H
#define CSSP_CORE_TARGET_H

#include <linux/types.h>

#include "../base/buf.h"

/**
 * struct cssp_target - a target name that passed the checks
 * @spn: NUL-terminated, empty when the caller gave none
 * @host: the host name in it, without brackets and port, for the certificate
 */
struct cssp_target {
	char *spn;
	char *host;
};

/* 0; -EDESTADDRREQ for a name that is no valid target; -ENOMEM. */
int __must_check cssp_target_set(struct cssp_target *t, const struct cssp_rd *utf8);
void cssp_target_free(struct cssp_target *t);

/* Valid UTF-8 without spaces and control characters, within CREDSSP_MAX_TARGET. */
bool cssp_target_is_name(const struct cssp_rd *utf8);

/**
 * cssp_target_service() - "service/host" of a target name, as policies know it
 * @spn: target name
 * @name: out: without port, realm, brackets and the last dot of the host
 * @room: bytes at @name; CREDSSP_MAX_TARGET + 1 always suffice
 */
void cssp_target_service(const char *spn, char *name, size_t room);

/* Is the service class TERMSRV, in any case? NULL: it is not. */
bool cssp_target_is_remote_desktop(const char *spn);

#endif
