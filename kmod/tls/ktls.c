// SPDX-License-Identifier: GPL-2.0-only
/* kTLS sockets: installing keys, sending and receiving. */
#include "ktls.h"

#include <linux/kmod.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include <net/sock.h>
#include <net/tls.h>

#include "../base/compat.h"
#include "../wire/tls_record.h"

static const char ktls_ulp[] = "tls";

void cssp_ktls_load(void)
{
	/* The network core loads a ULP only for callers with CAP_NET_ADMIN. */
	request_module("tcp-ulp-tls");
}

bool cssp_ktls_is_on(const struct socket *sock)
{
	const struct sock *sk = sock->sk;
	const struct tcp_ulp_ops *ulp;

	if (!sk || sk->sk_protocol != IPPROTO_TCP || sk->sk_type != SOCK_STREAM)
		return false;
	ulp = READ_ONCE(inet_csk(sk)->icsk_ulp_ops);
	return ulp && !strcmp(ulp->name, ktls_ulp);
}

/* Waits for another thread's call on @sock no longer than @p allows. */
static int ktls_set_option(struct socket *sock, int level, int name, const void *value,
			   size_t size, const struct cssp_patience *p)
{
	int ret = cssp_sock_wait_free(sock, cssp_sock_is_free, p);

	if (ret)
		return ret;
	/* The value is only read, but a sockptr_t points to writable memory. */
	return READ_ONCE(sock->ops)->setsockopt(sock, level, name,
						KERNEL_SOCKPTR((void *)value), size);
}

static int ktls_set_ulp(struct socket *sock, const struct cssp_patience *p)
{
	int ret = ktls_set_option(sock, SOL_TCP, TCP_ULP, ktls_ulp, sizeof(ktls_ulp), p);

	if (ret != -ENOENT)
		return ret;
	cssp_ktls_load();
	return ktls_set_option(sock, SOL_TCP, TCP_ULP, ktls_ulp, sizeof(ktls_ulp), p);
}

static int ktls_install_error(int err)
{
	switch (err) {
	case 0:
	case -EEXIST:
	case -ENOTCONN:
	case -ENOMEM:
	case -ETIMEDOUT:
	case -ECANCELED:
	case -EINTR:
		return err;
	case -EBUSY:		/* the socket has keys (TLS 1.2, or before 6.14) */
		return -EEXIST;
	case -ENOENT:		/* no such ULP, or the cipher cannot be allocated */
	case -EINVAL:
	case -ENOPROTOOPT:
	case -EOPNOTSUPP:
		return -ENOPKG;
	default:
		return cssp_sock_error(err);
	}
}

/* Make kTLS keep to the record limit of the peer, for senders of data of any length. */
static int ktls_set_limit(struct socket *sock, const struct cssp_tls_session *s,
			  const struct cssp_patience *p)
{
	int ret;

	if (s->record_limit == CSSP_TLS_MAX_PLAIN)
		return 0;
	ret = ktls_set_option(sock, SOL_TLS, TLS_TX_MAX_PAYLOAD_LEN, &s->record_limit,
			      sizeof(s->record_limit), p);
	/* -EINVAL: below the kernel's minimum, which depends on the TLS version. */
	return ret == -ENOPROTOOPT || ret == -EINVAL ? -EOPNOTSUPP : ret;
}

int cssp_ktls_install(struct socket *sock, const struct cssp_tls_session *s, bool limit,
		      bool *spent, const struct cssp_patience *p)
{
	bool unused;
	int ret;

	spent = spent ?: &unused;
	*spent = false;
	ret = ktls_set_ulp(sock, p);
	if (ret)
		return ktls_install_error(ret);
	if (limit) {
		ret = ktls_set_limit(sock, s, p);
		if (ret)
			return ret == -EOPNOTSUPP ? ret : ktls_install_error(ret);
	}
	ret = ktls_set_option(sock, SOL_TLS, TLS_TX, &s->tx.info, s->tx.size, p);
	if (ret)
		return ktls_install_error(ret);
	*spent = true;
	ret = ktls_set_option(sock, SOL_TLS, TLS_RX, &s->rx.info, s->rx.size, p);
	return ktls_install_error(ret);
}

/* Room for one control message of one byte, as both record type options are. */
union type_cmsg {
	struct cmsghdr hdr;
	u8 room[CMSG_SPACE(sizeof(u8))];
};

static void ktls_set_type(struct msghdr *msg, union type_cmsg *control, u8 type)
{
	control->hdr.cmsg_level = SOL_TLS;
	control->hdr.cmsg_type = TLS_SET_RECORD_TYPE;
	control->hdr.cmsg_len = CMSG_LEN(sizeof(u8));
	*(u8 *)CMSG_DATA(&control->hdr) = type;
	msg->msg_control = control;
	msg->msg_controllen = sizeof(*control);
}

/*
 * kTLS has a second lock, for senders only. A sender holds it while it waits for room
 * in the send buffer.
 */
static bool ktls_can_send(struct socket *sock, u32 unused)
{
	return cssp_sock_is_free(sock, 0) && !mutex_is_locked(&tls_get_ctx(sock->sk)->tx_lock);
}

int cssp_ktls_send_iter(struct socket *sock, u8 type, struct iov_iter *from, size_t n,
			const struct cssp_patience *p)
{
	int ret;

	while (n) {
		struct msghdr msg = {
			.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL,
			.msg_iter = *from,
		};
		union type_cmsg control = {};

		iov_iter_truncate(&msg.msg_iter, n);
		if (type != CSSP_TLS_DATA)
			ktls_set_type(&msg, &control, type);
		ret = cssp_sock_wait_free(sock, ktls_can_send, p);
		if (ret)
			return ret;
		ret = sock_sendmsg(sock, &msg);
		if (ret > 0) {
			iov_iter_advance(from, ret);
			n -= ret;
			continue;
		}
		ret = cssp_sock_wait_room(sock, ret, p);
		if (ret)
			return ret;
	}
	return 0;
}

int cssp_ktls_send(struct socket *sock, u8 type, const struct cssp_rd *plain,
		   const struct cssp_patience *p)
{
	struct kvec vec = { (void *)plain->p, plain->left };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, plain->left);
	return cssp_ktls_send_iter(sock, type, &iter, plain->left, p);
}

int cssp_ktls_send_close(struct socket *sock, const struct cssp_patience *p)
{
	static const u8 close_notify[] = { 1, 0 };	/* warning, close_notify */
	const struct cssp_rd rd = cssp_rd_of(close_notify, sizeof(close_notify));

	return cssp_ktls_send(sock, CSSP_TLS_ALERT, &rd, p);
}

bool cssp_ktls_has_record(struct socket *sock, u32 unused)
{
	struct sock *sk = sock->sk;

	return sk_is_readable(sk) || READ_ONCE(sk->sk_err) ||
	       READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN ||
	       inet_sk_state_load(sk) == TCP_CLOSE;
}

static int ktls_recv_error(int err)
{
	switch (err) {
	case -EBADMSG:		/* sticky in kTLS */
		return -EKEYREJECTED;
	case -EMSGSIZE:		/* bad length or version in a record's header */
	case -EINVAL:
	case -EIO:
	case -EKEYEXPIRED:	/* another thread has read a KeyUpdate (6.14) */
		return -EBADMSG;
	default:
		return cssp_sock_again(err) ? -EAGAIN : cssp_sock_error(err);
	}
}

int cssp_ktls_recv_iter(struct socket *sock, struct iov_iter *to, u8 *type)
{
	union type_cmsg control = {};
	/* Without room for the type kTLS returns -EIO for every record that is not data. */
	struct msghdr msg = {
		.msg_control = &control,
		.msg_controllen = sizeof(control),
		.msg_iter = *to,
	};
	int ret;

	ret = sock_recvmsg(sock, &msg, MSG_DONTWAIT);
	/* An empty record and the end of the stream both have length 0: the type decides. */
	*type = 0;
	if (msg.msg_controllen < sizeof(control) &&
	    control.hdr.cmsg_level == SOL_TLS &&
	    control.hdr.cmsg_type == TLS_GET_RECORD_TYPE)
		*type = *(u8 *)CMSG_DATA(&control.hdr);
	if (ret < 0)
		return ktls_recv_error(ret);
	iov_iter_advance(to, ret);
	return ret;
}

int cssp_ktls_recv(struct socket *sock, void *buf, size_t n, u8 *type)
{
	struct kvec vec = { buf, n };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, n);
	return cssp_ktls_recv_iter(sock, &iter, type);
}
