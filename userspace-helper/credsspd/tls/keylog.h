/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key log: the secrets of TLS sessions in a file of root's, in the format of NSS, which
 * programs that dissect captures read. It is for finding faults, and is off by default.
 */
#ifndef CREDSSPD_KEYLOG_H
#define CREDSSPD_KEYLOG_H

#include <gnutls/gnutls.h>

/* Where the kernel tells whether it is locked down (kernel_lockdown(7)) */
#define KEYLOG_SECURITYFS	"/sys/kernel/security"
/*
 * Bytes of the file: 60,000 handshakes. A key log that is forgotten does not fill the file
 * system.
 */
#define KEYLOG_BYTES_MAX	(64u << 20)
/* The master secret of TLS 1.2 */
#define KEYLOG_MASTER		"CLIENT_RANDOM"

struct keylog;

/*
 * Open @file, or make it: for root only, and in a directory that only root can change. Not while
 * the kernel is locked down, which @securityfs tells, KEYLOG_SECURITYFS. NULL after logging the
 * reason; else a warning was logged.
 */
struct keylog *keylog_open(const char *file, const char *securityfs);
void keylog_close(struct keylog *log);

/*
 * Write a line, in one piece, if @secret is one by which records are decrypted. @random: that of
 * the client, which names the session. Any thread may call it. After a failure, or when the file
 * is full, nothing is written any more, which is logged; handshakes go on.
 */
void keylog_write(struct keylog *log, const char *label, const gnutls_datum_t *random,
		  const gnutls_datum_t *secret);

#endif
