/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's TLS on one socket. */
#ifndef CSSP_TLS_KTLS_H
#define CSSP_TLS_KTLS_H

#include "session.h"
#include "sock.h"

/* Load the module of the TLS ULP, if it is one. May sleep. */
void cssp_ktls_load(void);

/* Does the kernel's TLS work on @sock? */
bool cssp_ktls_is_on(const struct socket *sock);

/**
 * cssp_ktls_install() - turn a TCP socket into a kTLS socket
 * @sock: connected, without ULP
 * @s: keys of both directions
 * @limit: kTLS itself keeps to the peer's record limit; otherwise the sender has to
 * @spent: out: @sock has keys, also after a failure; or NULL
 * @p: patience
 *
 * Context: may sleep.
 * Return: 0; -EEXIST when @sock has a ULP; -ENOTCONN; -ENOPKG when this kernel has no
 * kTLS or does not support the cipher; -EOPNOTSUPP when the peer has a record limit and
 * this kernel's TLS does not support one; -ENOMEM; -EPIPE; -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_ktls_install(struct socket *sock, const struct cssp_tls_session *s,
				   bool limit, bool *spent,
				   const struct cssp_patience *p);

/**
 * cssp_ktls_send() - seal and send
 * @sock: kTLS socket
 * @type: content type of the records
 * @plain: plaintext, all of which is sent, in records of up to CSSP_TLS_MAX_PLAIN bytes
 * @p: patience
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; -EPIPE; -ENETDOWN; -ETIMEDOUT, -ECANCELED, -EINTR. After a failure
 * a part of @plain may have been sent.
 */
int __must_check cssp_ktls_send(struct socket *sock, u8 type,
				const struct cssp_rd *plain,
				const struct cssp_patience *p);
/* The same for the first @n bytes of @from, which is advanced; also -EFAULT. */
int __must_check cssp_ktls_send_iter(struct socket *sock, u8 type, struct iov_iter *from,
				     size_t n, const struct cssp_patience *p);

/* Send close_notify (RFC 8446 6.1). Errors as above. */
int __must_check cssp_ktls_send_close(struct socket *sock, const struct cssp_patience *p);

/*
 * Has a whole record arrived, or will none arrive any more?  poll() of 6.1 says yes when a
 * part of a record has arrived.
 */
bool cssp_ktls_has_record(struct socket *sock, u32 unused);

/**
 * cssp_ktls_recv() - try once to read, without waiting for the peer
 * @sock: kTLS socket
 * @buf: out: at most @n bytes, from one or several records of one type
 * @n: size of @buf, not 0
 * @type: out: content type of the bytes, 0 when there was no record
 *
 * Return: bytes read; 0 with @type 0 at the end of the stream; 0 or -EAGAIN
 * with @type set after an empty record; -EAGAIN; -EKEYREJECTED for a bad tag;
 * -EBADMSG for bytes that are no TLS record; -ENOMEM; -EPIPE.
 */
int __must_check cssp_ktls_recv(struct socket *sock, void *buf, size_t n, u8 *type);
/* The same into @to, which is advanced; also -EFAULT. */
int __must_check cssp_ktls_recv_iter(struct socket *sock, struct iov_iter *to, u8 *type);

#endif
