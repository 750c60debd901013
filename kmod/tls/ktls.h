/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's TLS on one socket: keys in, records out and in. */
#ifndef CSSP_TLS_KTLS_H
#define CSSP_TLS_KTLS_H

#include "session.h"
#include "sock.h"

/* Make the ULP available; it may be a module. */
void cssp_ktls_load(void);

/**
 * cssp_ktls_install() - turn a TCP socket into a kTLS stream
 * @sock: connected, without ULP
 * @s: keys of both directions
 * @limit: @sock keeps to the peer's limit of a record by itself; else whoever sends
 *	does so
 * @spent: out: @sock holds keys, whatever is returned
 * @p: patience
 *
 * Return: 0; -EEXIST when @sock has a ULP; -ENOTCONN; -ENOPKG when this kernel
 * has no kTLS or not this cipher; -EOPNOTSUPP when this kernel's TLS has no limit
 * of a record and the peer wants one; -ENOMEM; -EPIPE; -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_ktls_install(struct socket *sock, const struct cssp_tls_session *s,
				   bool limit, bool *spent,
				   const struct cssp_patience *p);

/**
 * cssp_ktls_send() - seal and send
 * @sock: kTLS socket
 * @type: content type of the records
 * @plain: what to send; all of it, in records of up to CSSP_TLS_MAX_PLAIN
 * @p: patience
 *
 * After an error it is not known what was sent.
 */
int __must_check cssp_ktls_send(struct socket *sock, u8 type,
				const struct cssp_rd *plain,
				const struct cssp_patience *p);

/**
 * cssp_ktls_recv() - one attempt to read
 * @sock: kTLS socket
 * @buf: for at most @n bytes, which may come from several records of one type
 * @n: not 0
 * @type: out: content type of what was read, 0 when there was no record
 *
 * Return: bytes read; 0 with @type 0 at the end of the stream; 0 or -EAGAIN
 * with @type set after an empty record; -EAGAIN; -EKEYREJECTED for a bad tag;
 * -EBADMSG for what is no TLS record; -ENOMEM; -EPIPE.
 */
int __must_check cssp_ktls_recv(struct socket *sock, void *buf, size_t n, u8 *type);

#endif
