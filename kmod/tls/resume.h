/* SPDX-License-Identifier: GPL-2.0-only */
/* Resumption of TLS sessions, as the handshake sees it. */
#ifndef CSSP_TLS_RESUME_H
#define CSSP_TLS_RESUME_H

#include "channel_impl.h"

/* TLS_START: its flags, and the blob that is to follow the host name. */
void cssp_resume_start(const struct cssp_channel *ch, struct credssp_hlp_tls_start *head,
		       struct cssp_rd *blob);

/* What a reply says of sessions, against what was asked. 0 or -EREMOTEIO. */
int __must_check cssp_resume_check(const struct cssp_channel *ch,
				   const struct credssp_hlp_tls_reply *head);

/**
 * cssp_resume_done() - after DONE, with the session's facts known
 * @ch: channel
 * @head: the reply
 * @blob: what the session can be resumed with, if anything
 *
 * Return: 0; -EREMOTEIO when a session was resumed with another certificate than
 * it was made with.
 */
int __must_check cssp_resume_done(struct cssp_channel *ch,
				  const struct credssp_hlp_tls_reply *head,
				  const struct cssp_rd *blob);

/* Wipe and free what was known of sessions. */
void cssp_resume_forget(struct cssp_channel *ch);

#endif
