// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: reading an authenticated kTLS stream. */
#include <linux/credssp.h>
#include <linux/export.h>
#include <linux/module.h>

#include "../tls/control.h"
#include "../tls/ktls.h"
#include "../wire/tls_record.h"

/*
 * The version of the caller's stream is not known here.  The rules of TLS 1.3 apply, by
 * which a ticket may come at any time and is skipped.
 */
#define STREAM_VERSION	0x0304

/*
 * Time for the rest of a message of which a part was read: the next call would not know
 * that part.
 */
#define REST_MS		10000

/* One attempt.  0 with *@done false: a record without data was taken. */
static ssize_t export_recv_once(struct socket *sock, struct cssp_control *control,
				void *buffer, size_t length, bool *done)
{
	struct cssp_rd rd;
	u8 type = 0;
	int ret;

	ret = cssp_ktls_recv(sock, buffer, length, &type);
	*done = ret == 0 && !type;
	if (!type)
		return ret > 0 ? -EBADMSG : ret;
	if (ret < 0 && ret != -EAGAIN)
		return ret;
	rd = cssp_rd_of(buffer, max(ret, 0));
	if (type == CSSP_TLS_DATA) {
		*done = rd.left;
		return cssp_control_data(control, rd.left) ?: rd.left;
	}
	ret = cssp_control_feed(control, STREAM_VERSION, type, &rd);
	*done = ret == -EPIPE && !control->alert;
	return *done ? 0 : ret;
}

/* A part of a message that is not data was read. */
static bool export_recv_is_within(const struct cssp_control *control)
{
	return control->have || control->left;
}

ssize_t credssp_recv(struct socket *sock, void *buffer, size_t length, u32 timeout_ms)
{
	struct cssp_control control = {};
	struct cssp_patience patience;
	struct cssp_wait wait;
	bool done = false, late = false;
	ssize_t ret = 0;
	u32 mark;

	might_sleep();
	if (!cssp_ktls_is_on(sock))
		return -EINVAL;
	if (!length)
		return 0;
	cssp_wait_init(&wait);
	cssp_wait_start(&wait, timeout_ms);
	patience = cssp_patience_of(&wait, MAX_SCHEDULE_TIMEOUT);
	while (!ret && !done) {
		mark = cssp_sock_mark(sock);
		ret = cssp_sock_wait_free(sock, cssp_sock_is_free, &patience);
		if (!ret)
			ret = export_recv_once(sock, &control, buffer, length, &done);
		if (cssp_sock_again(ret))
			ret = late && !export_recv_is_within(&control) ? -ETIMEDOUT :
			      cssp_sock_wait_news(sock, mark, &patience);
		if (ret != -ETIMEDOUT || !export_recv_is_within(&control))
			continue;
		if (late)
			return -EBADMSG;
		late = true;
		cssp_wait_start(&wait, REST_MS);
		patience = cssp_patience_of(&wait, MAX_SCHEDULE_TIMEOUT);
		ret = 0;
	}
	return ret;
}
EXPORT_SYMBOL_GPL(credssp_recv);
