// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: sending on an authenticated kTLS stream, and waiting for its peer. */
#include <linux/credssp.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/net.h>
#include <net/sock.h>

#include "../tls/ktls.h"
#include "../wire/tls_record.h"

/* Time for an alert to find room in the send buffer, while the peer does not read. */
#define CLOSE_MS	1000

int credssp_send(struct socket *sock, const void *buffer, size_t length, u32 timeout_ms)
{
	const struct cssp_rd plain = cssp_rd_of(buffer, length);
	struct cssp_patience patience;
	struct cssp_wait wait;

	might_sleep();
	if (!cssp_ktls_is_on(sock))
		return -EINVAL;
	/* kTLS would notice it when the record goes out, and have taken the bytes. */
	if (READ_ONCE(sock->sk->sk_shutdown) & SEND_SHUTDOWN)
		return -EPIPE;
	cssp_wait_init(&wait);
	cssp_wait_start(&wait, timeout_ms);
	patience = cssp_patience_of(&wait, MAX_SCHEDULE_TIMEOUT);
	return cssp_ktls_send(sock, CSSP_TLS_DATA, &plain, &patience);
}
EXPORT_SYMBOL_GPL(credssp_send);

int credssp_poll(struct socket *sock, u32 timeout_ms)
{
	struct cssp_patience patience;
	struct cssp_wait wait;
	int ret = 0;

	might_sleep();
	if (!cssp_ktls_is_on(sock))
		return -EINVAL;
	cssp_wait_init(&wait);
	cssp_wait_start(&wait, timeout_ms);
	patience = cssp_patience_of(&wait, MAX_SCHEDULE_TIMEOUT);
	while (!ret && !cssp_ktls_has_record(sock, 0))
		ret = cssp_sock_wait(sock, cssp_ktls_has_record, 0, &patience);
	if (ret == -ETIMEDOUT)
		return 0;
	return ret ?: 1;
}
EXPORT_SYMBOL_GPL(credssp_poll);

/* close_notify, and then the sending side alone */
static int stream_end(struct socket *sock, const struct cssp_patience *patience)
{
	int ret = cssp_ktls_send_close(sock, patience);

	if (ret)
		return ret;
	ret = cssp_sock_wait_free(sock, cssp_sock_is_free, patience);
	return ret ?: kernel_sock_shutdown(sock, SHUT_WR);
}

int credssp_shutdown(struct socket *sock)
{
	struct cssp_patience patience;
	struct cssp_wait wait;
	int ret;

	might_sleep();
	if (!cssp_ktls_is_on(sock))
		return -EINVAL;
	cssp_wait_init(&wait);
	cssp_wait_start(&wait, CLOSE_MS);
	patience = cssp_patience_of(&wait, MAX_SCHEDULE_TIMEOUT);
	ret = stream_end(sock, &patience);
	if (ret)
		cssp_sock_shutdown(sock);
	return ret;
}
EXPORT_SYMBOL_GPL(credssp_shutdown);
