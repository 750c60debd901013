/* SPDX-License-Identifier: GPL-2.0-only */
/* Target names: SPNs such as "TERMSRV/host", kept in UTF-8. */
#ifndef CSSP_CORE_TARGET_H
#define CSSP_CORE_TARGET_H

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

#endif
