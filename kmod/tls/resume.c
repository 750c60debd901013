// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resumption: an earlier session goes to the helper with TLS_START.  The session for a
 * later handshake comes with DONE in TLS 1.2; in TLS 1.3 the helper makes it from the
 * tickets that the server sends after the handshake.
 *
 * A session is kept together with the server's certificate.  If the helper resumes it,
 * its reply must have the same certificate.  So trust and policy are checked again, and
 * pubKeyAuth binds to the key of that certificate.
 */
#include "resume.h"

/*
 * How long the helper may take with the tickets, in milliseconds.  The exchange is over,
 * and the tickets only serve later handshakes, so the caller does not wait long.
 */
#define TICKET_MS	1000

/* As the server: the tickets are the helper's, and it asks for no client certificate. */
#define FLAGS_ACCEPT	CREDSSP_HLP_TLS_RESUMED
#define FLAGS_KNOWN	(CREDSSP_HLP_TLS_RESUMED | CREDSSP_HLP_TLS_TICKETS | \
			 CREDSSP_HLP_TLS_CERT_SENT)

void cssp_channel_offer(struct cssp_channel *ch, struct cssp_past_session *past)
{
	if (ch->accept) {
		cssp_past_session_free(past);
		return;
	}
	cssp_past_session_free(ch->past);
	ch->past = past;
	ch->keep = true;
}

void cssp_resume_start(const struct cssp_channel *ch, struct credssp_hlp_tls_start *head,
		       struct cssp_rd *blob)
{
	*blob = ch->past ? cssp_vbuf_rd(&ch->past->blob) : cssp_rd_of(NULL, 0);
	head->session_length = blob->left;
	if (!ch->keep)
		head->flags |= CREDSSP_HLP_TLS_NO_SESSION;
}

int cssp_resume_check(const struct cssp_channel *ch, const struct credssp_hlp_tls_reply *head)
{
	bool resumed = head->flags & CREDSSP_HLP_TLS_RESUMED;
	bool tickets = head->flags & CREDSSP_HLP_TLS_TICKETS;
	u32 known = ch->accept ? FLAGS_ACCEPT : FLAGS_KNOWN;

	if (head->flags & ~known || head->session_length > CREDSSP_HLP_MAX_SESSION ||
	    !head->session_length != !head->session_lifetime)
		return -EREMOTEIO;
	if (!ch->keep && (tickets || head->session_length))
		return -EREMOTEIO;
	if ((resumed && !ch->past && !ch->accept) || (tickets && head->version != TLS_1_3_VERSION))
		return -EREMOTEIO;
	return 0;
}

/*
 * The lifetime of a session counts from its full handshake: each ticket of a resumed
 * session, in TLS 1.3 as well, inherits the expiry of the session before it.  If each
 * ticket had a lifetime of its own, a peer that has the ticket key but not the key of
 * the certificate could be resumed for ever.
 */
static void resume_keep_blob(struct cssp_channel *ch, const struct cssp_rd *blob, u32 lifetime)
{
	const struct cssp_tls_session *s = &ch->session;
	struct cssp_rd cert = cssp_vbuf_rd(&s->cert);

	if (!blob->left)
		return;
	cssp_past_session_free(ch->next);
	ch->next = cssp_past_session_make(&cert, blob, lifetime);
	if (!ch->next)
		return;
	ch->next->cert_sent = s->cert_sent;
	cssp_past_session_bound(ch->next, s->not_after);
	if (s->resumed)
		ch->next->expires = min(ch->next->expires, ch->past->expires);
}

int cssp_resume_done(struct cssp_channel *ch, const struct credssp_hlp_tls_reply *head,
		     const struct cssp_rd *blob)
{
	struct cssp_vbuf *cert = &ch->session.cert;
	struct cssp_rd known;

	ch->session.resumed = head->flags & CREDSSP_HLP_TLS_RESUMED;
	/* The certificate is this side's own: the helper resumes no session of another one. */
	if (ch->accept)
		return 0;
	if (ch->session.resumed) {
		known = cssp_vbuf_rd(&ch->past->cert);
		if (!cssp_rd_equal(&known, cert->data, cert->len))
			return -EREMOTEIO;
		/* The peer does not ask for it again: it belongs to the session. */
		ch->session.cert_sent |= ch->past->cert_sent;
	}
	resume_keep_blob(ch, blob, head->session_lifetime);
	/* The secrets were for this handshake only. */
	if (ch->past)
		cssp_vbuf_free(&ch->past->blob);
	if (head->flags & CREDSSP_HLP_TLS_TICKETS)
		ch->control.keep = &ch->tickets;
	return 0;
}

/*
 * Let the helper make a session from the tickets. On a failure there is none. Returns
 * true if the helper has answered: this is the last request of a conversation.
 */
static bool resume_ask_helper(struct cssp_channel *ch, struct cssp_vbuf *reply)
{
	struct cssp_rd tickets = cssp_vbuf_rd(&ch->tickets), rd, blob;
	struct credssp_hlp_tls_ticket head;

	cssp_wait_narrow(ch->wait, TICKET_MS);
	if (ch->helper->call(ch->conv, CREDSSP_HLP_TLS_TICKET, &tickets, reply, ch->wait))
		return false;
	rd = cssp_vbuf_rd(reply);
	if (cssp_rd_copy(&rd, &head, sizeof(head)) ||
	    head.session_length > CREDSSP_HLP_MAX_SESSION ||
	    cssp_rd_sub(&rd, head.session_length, &blob) || cssp_rd_end(&rd))
		return true;
	if (head.session_lifetime)
		resume_keep_blob(ch, &blob, head.session_lifetime);
	return true;
}

struct cssp_past_session *cssp_channel_next_session(struct cssp_channel *ch)
{
	struct cssp_past_session *next;
	struct cssp_vbuf reply = {};
	bool over = false;

	/* If a message is incomplete, the helper cannot parse the tickets. */
	if (ch->conv && ch->control.keep && ch->tickets.len && !ch->control.left &&
	    !ch->control.have)
		over = resume_ask_helper(ch, &reply);
	cssp_vbuf_free(&reply);
	if (ch->conv)
		ch->helper->close(ch->conv, over);
	ch->conv = NULL;
	next = ch->next;
	ch->next = NULL;
	cssp_resume_forget(ch);
	return next;
}

void cssp_resume_forget(struct cssp_channel *ch)
{
	ch->control.keep = NULL;
	cssp_vbuf_free(&ch->tickets);
	cssp_past_session_free(ch->past);
	cssp_past_session_free(ch->next);
	ch->past = NULL;
	ch->next = NULL;
}
