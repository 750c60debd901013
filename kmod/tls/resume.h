/* SPDX-License-Identifier: GPL-2.0-only */
/* Resumption of TLS sessions: the calls of the handshake. */
#ifndef CSSP_TLS_RESUME_H
#define CSSP_TLS_RESUME_H

#include "channel_impl.h"

/* Set the flags of START. @blob: out: the session that follows the host name, borrowed. */
void cssp_resume_start(const struct cssp_channel *ch, struct credssp_hlp_tls_start *head,
		       struct cssp_rd *blob);

/* Check the fields of a reply about sessions against the request. 0 or -EREMOTEIO. */
int __must_check cssp_resume_check(const struct cssp_channel *ch,
				   const struct credssp_hlp_tls_reply *head);

/**
 * cssp_resume_done() - store what a DONE reply says about sessions
 * @ch: channel, with its session set
 * @head: the reply
 * @blob: the session that can be resumed later, or empty
 *
 * Context: may sleep.
 * Return: 0; -EREMOTEIO when the certificate differs from that of the session that was
 * resumed.
 */
int __must_check cssp_resume_done(struct cssp_channel *ch,
				  const struct credssp_hlp_tls_reply *head,
				  const struct cssp_rd *blob);

/* Wipe and free the sessions and tickets of @ch. */
void cssp_resume_forget(struct cssp_channel *ch);

#endif
