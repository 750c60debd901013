// SPDX-License-Identifier: LGPL-2.1-or-later
/* The socket transport: contexts on the caller's own TCP socket, and kTLS I/O. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/tls.h>

#include "private.h"

#ifndef SOL_TLS
#define SOL_TLS	282
#endif

/* ContentType, RFC 8446 5.1 */
#define RECORD_ALERT		21
#define RECORD_HANDSHAKE	22
#define RECORD_DATA		23

#define ALERT_WARNING		1
#define ALERT_CLOSE_NOTIFY	0
#define ALERT_USER_CANCELED	90

#define HANDSHAKE_NEW_SESSION_TICKET	4
#define HANDSHAKE_HEADER		4

/*
 * The bytes that one call skips at most if the peer sends no data. Each piece, which may
 * be empty, counts SKIP_PIECE on top. Servers send two tickets of some hundred bytes.
 */
#define SKIP_BUDGET		65536
#define SKIP_PIECE		64

static void take_cert(struct credssp_result *result, void *cert, uint32_t length)
{
	if (!length || length > CREDSSP_MAX_CERT) {
		free(cert);
		return;
	}
	result->cert = cert;
	result->cert_length = length;
}

/* An older module refuses room for the user or the trace, before it does anything. */
static int32_t call_authenticate(struct credssp *lib, struct credssp_ioc_authenticate *ioc)
{
	int32_t status;

	errno = 0;
	status = cssp_call(lib, CREDSSP_IOC_AUTHENTICATE, ioc, &ioc->status);
	if (!ioc->user || status != SEC_E_UNSUPPORTED_FUNCTION || errno != E2BIG)
		return status;
	ioc->user = 0;
	ioc->user_length = 0;
	ioc->trace = 0;
	ioc->trace_length = 0;
	return cssp_call(lib, CREDSSP_IOC_AUTHENTICATE, ioc, &ioc->status);
}

int32_t credssp_authenticate_socket(struct credssp *lib, uint64_t cred, int fd,
				    const char *target_name,
				    uint32_t context_req, uint32_t flags,
				    uint32_t timeout_ms,
				    struct credssp_result *result)
{
	struct cssp_spn_name target;
	struct credssp_ioc_authenticate ioc = {
		.size = sizeof(ioc),
		.fd = fd,
		.flags = flags,
		.context_req = context_req,
		.timeout_ms = timeout_ms,
		.cred = cred,
		.target = cssp_ptr(target_name ? target.text : NULL),
	};
	void *cert = NULL;
	int32_t status;

	if (result)
		memset(result, 0, sizeof(*result));
	status = cssp_spn_load(&target, target_name);
	if (status != SEC_E_OK)
		return status;
	ioc.target_length = target.length;
	if (result) {
		cert = calloc(1, CREDSSP_MAX_CERT);
		if (!cert)
			return SEC_E_INSUFFICIENT_MEMORY;
		ioc.cert = cssp_ptr(cert);
		ioc.cert_length = CREDSSP_MAX_CERT;
		/* The memory is zero, and a byte of it stays for the NUL. */
		ioc.user = cssp_ptr(result->user);
		ioc.user_length = sizeof(result->user) - 1;
		ioc.trace = cssp_ptr(result->trace);
		ioc.trace_length = sizeof(result->trace) - 1;
	}

	status = call_authenticate(lib, &ioc);
	if (!result)
		return status;
	result->context_attr = ioc.context_attr;
	result->report = ioc.report;
	cssp_timestamp_set(&result->expiry, ioc.expiry);
	/* Without a certificate in the report the kernel has not written one. */
	take_cert(result, cert, ioc.report.cert_length ? ioc.cert_length : 0);
	return status;
}

int32_t credssp_attach(struct credssp *lib, uint64_t cred, int fd,
		       uint64_t *context)
{
	struct credssp_ioc_socket ioc = { .size = sizeof(ioc), .fd = fd, .cred = cred };
	int32_t status;

	if (!context)
		return SEC_E_INVALID_PARAMETER;
	*context = 0;
	status = cssp_call(lib, CREDSSP_IOC_ATTACH, &ioc, &ioc.status);
	if (status == SEC_E_OK)
		*context = ioc.context;
	return status;
}

int32_t credssp_export_ktls(struct credssp *lib, uint64_t context, int fd)
{
	struct credssp_ioc_socket ioc = {
		.size = sizeof(ioc), .fd = fd, .context = context,
	};

	return cssp_call(lib, CREDSSP_IOC_EXPORT_KTLS, &ioc, &ioc.status);
}

/**
 * struct skipper - state of skipping records without data, which come in pieces
 * @alert: the alert so far
 * @alert_length: bytes of it
 * @header: header of the current handshake message
 * @header_length: bytes of it
 * @body_left: bytes of the message still to come
 */
struct skipper {
	unsigned char alert[2];
	size_t alert_length;
	unsigned char header[HANDSHAKE_HEADER];
	size_t header_length;
	size_t body_left;
};

static int unexpected(void)
{
	errno = EPROTO;
	return -1;
}

/* Return 1 to go on, 0 after close_notify, -1 for a fatal alert. */
static int skip_alert(struct skipper *s, const unsigned char *data, size_t n)
{
	if (n > sizeof(s->alert) - s->alert_length)
		return unexpected();
	memcpy(s->alert + s->alert_length, data, n);
	s->alert_length += n;
	if (s->alert_length < sizeof(s->alert))
		return 1;
	s->alert_length = 0;
	switch (s->alert[1]) {
	case ALERT_CLOSE_NOTIFY:
		return 0;
	case ALERT_USER_CANCELED:	/* a close_notify follows, RFC 8446 6.1 */
		return 1;
	default:
		return unexpected();
	}
}

/* The only handshake messages that may come now are tickets; there is no rekeying. */
static int skip_handshake(struct skipper *s, const unsigned char *data, size_t n)
{
	size_t i;

	for (i = 0; i < n;) {
		if (s->body_left) {
			size_t step = s->body_left < n - i ? s->body_left : n - i;

			s->body_left -= step;
			i += step;
			continue;
		}
		s->header[s->header_length++] = data[i++];
		if (s->header[0] != HANDSHAKE_NEW_SESSION_TICKET)
			return unexpected();
		if (s->header_length < HANDSHAKE_HEADER)
			continue;
		s->header_length = 0;
		s->body_left = (size_t)s->header[1] << 16 |
			       (size_t)s->header[2] << 8 | s->header[3];
	}
	return 1;
}

static int mid_record(const struct skipper *s)
{
	return s->alert_length || s->header_length || s->body_left;
}

/* One recvmsg(); @type is 0 without a record type. */
static ssize_t recv_record(int fd, void *buffer, size_t length, int flags,
			   unsigned char *type)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(unsigned char))];
	} control;
	struct iovec iov = { .iov_base = buffer, .iov_len = length };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	ssize_t n;

	*type = 0;
	n = recvmsg(fd, &msg, flags);
	if (n < 0)
		return n;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_level == SOL_TLS &&
	    cmsg->cmsg_type == TLS_GET_RECORD_TYPE)
		*type = *CMSG_DATA(cmsg);
	return n;
}

ssize_t credssp_recv(int fd, void *buffer, size_t length, int flags)
{
	struct skipper s = { .body_left = 0 };
	ssize_t budget = SKIP_BUDGET, n;
	unsigned char type;
	int ret;

	if (!buffer || !length || (flags & ~(MSG_DONTWAIT | MSG_WAITALL))) {
		errno = EINVAL;
		return -1;
	}
	for (; budget > 0; budget -= n + SKIP_PIECE) {
		n = recv_record(fd, buffer, length, flags, &type);
		if (n < 0) {
			/* part of a ticket cannot be kept until the next call */
			if (errno == EAGAIN && mid_record(&s))
				return unexpected();
			/* from Linux 6.14 on, for each record after a KeyUpdate */
			if (errno == EKEYEXPIRED)
				return unexpected();
			return -1;
		}
		if (!type) {
			errno = n ? ENOPROTOOPT : ECONNRESET;
			return -1;
		}
		if (type == RECORD_DATA && mid_record(&s))
			return unexpected();
		if (type == RECORD_DATA && n)
			return n;
		ret = 1;
		if (type == RECORD_ALERT)
			ret = skip_alert(&s, buffer, (size_t)n);
		else if (type == RECORD_HANDSHAKE)
			ret = skip_handshake(&s, buffer, (size_t)n);
		else if (type != RECORD_DATA)
			ret = unexpected();
		if (ret < 1)
			return ret;
	}
	return unexpected();
}

ssize_t credssp_send(int fd, const void *buffer, size_t length, int flags)
{
	return send(fd, buffer, length, flags | MSG_NOSIGNAL);
}

int credssp_send_close_notify(int fd)
{
	unsigned char alert[2] = { ALERT_WARNING, ALERT_CLOSE_NOTIFY };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(unsigned char))];
	} control = { .room = { 0 } };
	struct iovec iov = { .iov_base = alert, .iov_len = sizeof(alert) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_TLS;
	cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
	cmsg->cmsg_len = CMSG_LEN(sizeof(unsigned char));
	*CMSG_DATA(cmsg) = RECORD_ALERT;
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}
