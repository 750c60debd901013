/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The helper channel: requests to credsspd through /dev/credssp-helper.
 * Every request completes exactly once: by a reply, a timeout, cancellation, the
 * death of the caller, or the death of the helper.
 */
#ifndef CSSP_UPCALL_CONV_H
#define CSSP_UPCALL_CONV_H

#include "../base/requester.h"
#include "../base/vbuf.h"
#include "../base/wait.h"

struct cssp_conv;

/**
 * cssp_conv_open() - begin a conversation with the helper of @who's namespace
 * @conv: out
 * @who: pinned requester, borrowed until cssp_conv_close()
 *
 * Context: may sleep.
 * Return: 0, -EHOSTUNREACH without a helper (logged, rate-limited), -ENOMEM, or
 * -EDQUOT when the user has too many.
 */
int __must_check cssp_conv_open(struct cssp_conv **conv, const struct cssp_requester *who);

/**
 * cssp_conv_call() - one request and its reply
 * @conv: conversation; all its requests go to the helper that it began with
 * @opcode: enum credssp_hlp_opcode
 * @request: what follows the header, up to CREDSSP_HLP_MAX_MESSAGE in all
 * @reply: out: what followed the reply's header; freed by the caller
 * @wait: deadline and cancellation; also bounded by the helper timeout
 *
 * Context: may sleep; killable.
 * Return: 0; -EHOSTUNREACH when the helper is gone; -ETIMEDOUT; -ECANCELED;
 * -EINTR; -EREMOTEIO when the helper answered with an error; -EOPNOTSUPP when it is
 * without Kerberos or accounts; -EMSGSIZE when the request is too long; -EDQUOT when too
 * many requests are pending, or when the helper has reached its limit for this user; -ENOMEM.
 */
int __must_check cssp_conv_call(struct cssp_conv *conv, u16 opcode,
				const struct cssp_rd *request,
				struct cssp_vbuf *reply, struct cssp_wait *wait);

/**
 * cssp_conv_close() - end a conversation and free it
 * @conv: conversation, or NULL
 * @over: the helper has answered its last request, and has forgotten it
 *
 * Sends END if the helper has read a request of the conversation and may still keep it.
 *
 * Context: may sleep.
 */
void cssp_conv_close(struct cssp_conv *conv, bool over);

/**
 * cssp_conv_is_local() - is the requester in the helper's namespaces?
 * @conv: conversation
 *
 * Only then do file names and keyrings of the requester mean the same to the helper.
 *
 * Return: true if the requester's user, network and mount namespaces are the helper's
 * own now.
 */
bool cssp_conv_is_local(const struct cssp_conv *conv);

/**
 * cssp_conv_lend_session() - let the helper use the requester's session keyring
 * @conv: conversation
 * @serial: out: of a keyring with a link to it, for the next request; 0 if the requester has
 *	none
 *
 * The loan ends with the next cssp_conv_call(), in whatever way that ends, and with the
 * conversation.
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int __must_check cssp_conv_lend_session(struct cssp_conv *conv, s32 *serial);

/* The calls to the helper: those above, or a test's own. */
struct cssp_helper_ops {
	int (*open)(struct cssp_conv **conv, const struct cssp_requester *who);
	int (*call)(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		    struct cssp_vbuf *reply, struct cssp_wait *wait);
	bool (*is_local)(const struct cssp_conv *conv);
	int (*lend_session)(struct cssp_conv *conv, s32 *serial);
	void (*close)(struct cssp_conv *conv, bool over);
};

/* The calls above. */
extern const struct cssp_helper_ops cssp_helper_upcall;

/* Does a helper serve @net now? The answer may be outdated at once: for status displays. */
bool cssp_upcall_present(const struct net *net);

int cssp_upcall_init(void);
void cssp_upcall_exit(void);

/* Longest wait for one reply in milliseconds (module parameter helper_timeout_ms). */
unsigned int cssp_upcall_timeout_ms(void);
/*
 * The same for a call with @wait, for requests that tell the helper. The call itself checks
 * that the deadline has not passed.
 */
u32 cssp_upcall_time_limit(const struct cssp_wait *wait);

#endif
