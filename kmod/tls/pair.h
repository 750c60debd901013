/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two ends of a loopback TCP connection in the initial network namespace, one
 * of which becomes kTLS: where tokens are sealed and opened.
 */
#ifndef CSSP_TLS_PAIR_H
#define CSSP_TLS_PAIR_H

#include "sock.h"

/**
 * struct cssp_pair - both ends, or NULL twice
 * @tls: plaintext goes in and out here
 * @raw: records go in and out here
 */
struct cssp_pair {
	struct socket *tls;
	struct socket *raw;
};

/**
 * cssp_pair_make() - connect the two ends
 * @pair: out, empty on failure
 * @p: patience
 *
 * Return: 0; -EIO when the connection cannot be made (lo is down, a firewall);
 * -ENOMEM; -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_pair_make(struct cssp_pair *pair, const struct cssp_patience *p);
/* Close both ends. An empty pair is fine. */
void cssp_pair_close(struct cssp_pair *pair);

static inline bool cssp_pair_alive(const struct cssp_pair *pair)
{
	return pair->tls;
}

#endif
