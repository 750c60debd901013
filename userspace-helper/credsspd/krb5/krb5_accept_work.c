// SPDX-License-Identifier: GPL-2.0-only
/* The acceptor's workers: one reads an AP-REQ, the other gets the TGT for user-to-user. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/syscalls.h"
#include "krb5_accept.h"
#include "krb5_accept_work.h"
#include "krb5_enctypes.h"
#include "krb5_failure.h"
#include "krb5_hook.h"
#include "krb5_initial.h"
#include "krb5_keys.h"
#include "krb5_library.h"
#include "krb5_saved.h"

/* Milliseconds that are kept for the answer, of a time limit that is long enough */
#define ANSWER_MS	1000

/**
 * struct acceptor_worker - the state of either worker
 * @fd: to the office
 * @context: of libkrb5
 * @hook: messages to KDCs, of the worker for TGTs
 * @rq: the request
 * @reply: begins @out
 * @out: the reply
 * @in: the packet of the office; a longer one is noticed by its last byte
 */
struct acceptor_worker {
	int fd;
	krb5_context context;
	struct krb5_hook hook;
	struct krb5_accept_request rq;
	struct credssp_hlp_krb5_reply reply;
	struct bytes out;
	uint8_t in[CREDSSP_HLP_MAX_MESSAGE + 1];
};

/* Bytes of the packet; 0 if the office has ended, or if it is too long. */
static size_t acceptor_read(struct acceptor_worker *w)
{
	ssize_t got;

	do {
		got = recv(w->fd, w->in, sizeof(w->in), 0);
	} while (got < 0 && errno == EINTR);
	return got < 0 || got == (ssize_t)sizeof(w->in) ? 0 : got;
}

static int acceptor_tell(struct acceptor_worker *w)
{
	struct iovec parts[] = {
		{ &w->reply, sizeof(w->reply) }, { w->out.data, w->out.len },
	};
	const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t sent;

	do {
		sent = sendmsg(w->fd, &msg, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)(sizeof(w->reply) + w->out.len) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void acceptor_fail(struct acceptor_worker *w, uint32_t failure, krb5_error_code code)
{
	log_debug("Kerberos acceptor of uid %u: %s", (unsigned int)geteuid(),
		  error_message(code));
	explicit_bzero(&w->reply, sizeof(w->reply));
	bytes_free(&w->out);
	w->reply.state = CREDSSP_HLP_KRB5_FAILED;
	w->reply.failure = failure;
}

/* What the network sends is parsed after that, for which no sockets are needed. */
static int acceptor_open_library(struct acceptor_worker *w, const char *conf, const char *decided)
{
	krb5_error_code ret = krb5_library_open_offline(conf, decided, &w->context);

	if (!ret && syscalls_forbid_sockets()) {
		krb5_free_context(w->context);
		ret = EPERM;
	}
	if (!ret)
		return 0;
	log_warning("the configuration of Kerberos: %s", error_message(ret));
	acceptor_fail(w, CREDSSP_HLP_KRB5_FAIL_OTHER, ret);
	return -EINVAL;
}

/* ---- an AP-REQ ----------------------------------------------------------------- */

/*
 * The cache is found by the current directory: its path leads through a directory that only
 * the daemon's user can enter.
 */
static int accept_use_replays(int replays)
{
	if (fchdir(replays) || setenv("KRB5RCACHEDIR", ".", 1)) {
		log_error("the directory of replay caches: %s", strerror(errno));
		return -errno;
	}
	return 0;
}

static void accept_carry_out(struct acceptor_worker *w, const char *conf)
{
	struct krb5_acceptance a = { .context = w->context, .conf = conf, .rq = &w->rq };
	krb5_error_code ret = krb5_accept_answer(&a, &w->reply, &w->out);

	if (ret)
		log_debug("AP-REQ for uid %u: %s", (unsigned int)geteuid(), error_message(ret));
	if (w->reply.failure == CREDSSP_HLP_KRB5_FAIL_OTHER && ret)
		log_warning("AP-REQ for uid %u: %s", (unsigned int)geteuid(),
			    error_message(ret));
	krb5_accept_free(&a);
}

static int accept_run(struct acceptor_worker *w, int replays, const char *conf)
{
	const size_t got = acceptor_read(w);

	if (krb5_accept_parse(&w->rq, w->in, got)) {
		log_debug("Kerberos: a malformed KRB5_ACCEPT of %zu bytes", got);
		return EXIT_FAILURE;
	}
	if (accept_use_replays(replays)) {
		acceptor_fail(w, CREDSSP_HLP_KRB5_FAIL_OTHER, errno);
	} else if (!acceptor_open_library(w, conf, KRB5_ACCEPT_DECIDED)) {
		accept_carry_out(w, conf);
		krb5_free_context(w->context);
	}
	return acceptor_tell(w);
}

/* ---- a TGT --------------------------------------------------------------------- */

static krb5_error_code tgt_find(struct acceptor_worker *w, krb5_ccache cache, krb5_creds *tgt)
{
	krb5_cc_cursor cursor;
	krb5_error_code ret = krb5_cc_start_seq_get(w->context, cache, &cursor);

	if (ret)
		return ret;
	while (!(ret = krb5_cc_next_cred(w->context, cache, &cursor, tgt))) {
		if (krb5_saved_is_tgt(w->context, tgt))
			break;
		krb5_free_cred_contents(w->context, tgt);
	}
	krb5_cc_end_seq_get(w->context, cache, &cursor);
	return ret;
}

/* The Ticket, the name, and the key for the office */
static krb5_error_code tgt_put(struct acceptor_worker *w, const krb5_creds *tgt)
{
	const krb5_keyblock *block = &tgt->keyblock;
	struct krb5_tgt_key key = { .enctype = block->enctype, .length = block->length };
	krb5_error_code ret = 0;
	char *name;

	if (!krb5_enctypes_have(block->enctype) || block->length > sizeof(key.key))
		return KRB5_BAD_ENCTYPE;
	ret = krb5_unparse_name(w->context, tgt->client, &name);
	if (ret)
		return ret;
	memcpy(key.key, block->contents, block->length);
	if (strlen(name) < sizeof(key.name))
		strcpy(key.name, name);
	w->reply.message_length = tgt->ticket.length;
	w->reply.client_length = strlen(name);
	w->reply.saved_length = sizeof(key);
	if (bytes_append(&w->out, tgt->ticket.data, tgt->ticket.length,
			 CREDSSP_HLP_MAX_KRB5_MESSAGE) ||
	    bytes_append(&w->out, name, strlen(name), CREDSSP_HLP_MAX_MESSAGE) ||
	    bytes_append(&w->out, &key, sizeof(key), CREDSSP_HLP_MAX_MESSAGE))
		ret = KRB5KRB_ERR_FIELD_TOOLONG;
	explicit_bzero(&key, sizeof(key));
	krb5_free_unparsed_name(w->context, name);
	return ret;
}

static krb5_error_code tgt_put_found(struct acceptor_worker *w, krb5_ccache cache)
{
	krb5_creds tgt;
	krb5_error_code ret = tgt_find(w, cache, &tgt);

	if (ret)
		return ret;
	ret = tgt_put(w, &tgt);
	w->reply.state = CREDSSP_HLP_KRB5_CONTINUE;
	/* Unsigned in libkrb5 since 1.16: it ends in 2106. */
	w->reply.not_after = (uint32_t)tgt.times.endtime;
	w->reply.kdc_messages = w->hook.messages;
	krb5_free_cred_contents(w->context, &tgt);
	return ret;
}

/*
 * An Active Directory knows services as names of computer accounts, but lets the account
 * only log on by its own name.
 */
static krb5_error_code tgt_log_on(struct acceptor_worker *w, krb5_keytab keytab,
				  krb5_ccache cache)
{
	const struct krb5_initial by = { .keytab = keytab };
	krb5_principal name, computer;
	krb5_error_code ret = krb5_keys_find(w->context, keytab, w->rq.spn, &name);

	if (ret)
		return ret;
	ret = krb5_initial_get(w->context, name, &by, cache);
	krb5_free_principal(w->context, name);
	if (ret != KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN ||
	    krb5_keys_find_computer(w->context, keytab, &computer))
		return ret;
	ret = krb5_initial_get(w->context, computer, &by, cache);
	krb5_free_principal(w->context, computer);
	return ret;
}

static krb5_error_code tgt_get(struct acceptor_worker *w, krb5_keytab keytab)
{
	krb5_ccache cache;
	krb5_error_code ret = krb5_cc_new_unique(w->context, "MEMORY", NULL, &cache);

	if (ret)
		return ret;
	ret = tgt_log_on(w, keytab, cache);
	if (!ret)
		ret = tgt_put_found(w, cache);
	krb5_cc_destroy(w->context, cache);
	return ret;
}

/* A keytab that cannot be read has no keys, whatever is wrong with it. */
static uint32_t tgt_failure(krb5_error_code code)
{
	switch (code) {
	case ENOENT:
	case EACCES:
	case EPERM:
		return CREDSSP_HLP_KRB5_FAIL_NO_TICKETS;
	default:
		return krb5_failure_of(code);
	}
}

static void tgt_carry_out(struct acceptor_worker *w)
{
	krb5_keytab keytab;
	krb5_error_code ret;
	uint32_t number;

	krb5_hook_set(&w->hook, w->context);
	ret = krb5_keys_open(w->context, w->rq.keytab, &keytab);
	if (!ret) {
		ret = tgt_get(w, keytab);
		krb5_kt_close(w->context, keytab);
	}
	if (!ret)
		return;
	acceptor_fail(w, tgt_failure(ret), ret);
	number = krb5_failure_number(ret);
	w->reply.error = w->hook.kdc_errors[number] ? number : 0;
	w->reply.kdc_messages = w->hook.messages;
	if (w->reply.failure == CREDSSP_HLP_KRB5_FAIL_SKEW && w->hook.kdc_time)
		w->reply.skew = w->hook.kdc_time - w->hook.own_time;
}

/* By then the worker must have an answer: the office ends it at the time limit. */
static int64_t tgt_deadline(uint32_t time_limit)
{
	const uint32_t quarter = time_limit / 4;

	return clock_ms() + time_limit - (quarter < ANSWER_MS ? quarter : ANSWER_MS);
}

static int tgt_run(struct acceptor_worker *w, const char *conf)
{
	const size_t got = acceptor_read(w);

	if (krb5_accept_parse_tgt(&w->rq, w->in, got)) {
		log_debug("Kerberos: a malformed KRB5_TGT of %zu bytes", got);
		return EXIT_FAILURE;
	}
	w->hook.deadline = tgt_deadline(w->rq.time_limit);
	if (!acceptor_open_library(w, conf, "")) {
		tgt_carry_out(w);
		krb5_free_context(w->context);
	}
	return acceptor_tell(w);
}

/* ---- both ---------------------------------------------------------------------- */

static struct acceptor_worker *acceptor_new(int fd)
{
	struct acceptor_worker *w = calloc(1, sizeof(*w));

	if (!w || clearenv()) {
		free(w);
		return NULL;
	}
	w->fd = fd;
	w->hook.office = fd;
	return w;
}

static void acceptor_free(struct acceptor_worker *w)
{
	bytes_free(&w->out);
	explicit_bzero(w, sizeof(*w));
	free(w);
}

int krb5_accept_work(int fd, int replays, const char *conf)
{
	struct acceptor_worker *w = acceptor_new(fd);
	int status;

	if (!w)
		return EXIT_FAILURE;
	status = accept_run(w, replays, conf);
	acceptor_free(w);
	return status;
}

int krb5_tgt_work(int fd, int relay, const char *conf)
{
	struct acceptor_worker *w = acceptor_new(fd);
	int status;

	if (!w)
		return EXIT_FAILURE;
	w->hook.relay = relay;
	status = tgt_run(w, conf);
	acceptor_free(w);
	return status;
}
