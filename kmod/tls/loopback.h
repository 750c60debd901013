/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TCP connection over lo in the initial network namespace.  One end becomes a kTLS
 * socket, which seals and opens the records of tokens.
 */
#ifndef CSSP_TLS_LOOPBACK_H
#define CSSP_TLS_LOOPBACK_H

#include "sock.h"

/**
 * struct cssp_loopback - both ends of a loopback connection, or two NULL pointers
 * @tls: end that sends and receives plaintext
 * @raw: end that sends and receives records
 */
struct cssp_loopback {
	struct socket *tls;
	struct socket *raw;
};

/**
 * cssp_loopback_make() - make a loopback connection
 * @lo: out: the caller closes it with cssp_loopback_close(); empty on failure
 * @p: patience
 *
 * Context: may sleep.
 * Return: 0; -EIO when the connection cannot be made (lo is down, a firewall);
 * -ENOMEM; -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_loopback_make(struct cssp_loopback *lo, const struct cssp_patience *p);
/* Close both ends. @lo may be empty, and is empty afterwards. */
void cssp_loopback_close(struct cssp_loopback *lo);

/*
 * The errno for a failure @err of an operation on the connection, which is neither the peer's
 * nor the caller's socket's.  0 for 0.
 */
int cssp_loopback_error(int err);

static inline bool cssp_loopback_alive(const struct cssp_loopback *lo)
{
	return lo->tls;
}

#endif
