/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two ends of a loopback TCP connection in the initial network namespace, one
 * of which becomes kTLS: where tokens are sealed and opened.
 */
#ifndef CSSP_TLS_LOOPBACK_H
#define CSSP_TLS_LOOPBACK_H

#include "sock.h"

/**
 * struct cssp_loopback - both ends, or NULL twice
 * @tls: plaintext goes in and out here
 * @raw: records go in and out here
 */
struct cssp_loopback {
	struct socket *tls;
	struct socket *raw;
};

/**
 * cssp_loopback_make() - connect the two ends
 * @pair: out, empty on failure
 * @p: patience
 *
 * Return: 0; -EIO when the connection cannot be made (lo is down, a firewall);
 * -ENOMEM; -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_loopback_make(struct cssp_loopback *pair, const struct cssp_patience *p);
/* Close both ends. An empty pair is fine. */
void cssp_loopback_close(struct cssp_loopback *pair);

static inline bool cssp_loopback_alive(const struct cssp_loopback *pair)
{
	return pair->tls;
}

#endif
