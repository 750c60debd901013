// SPDX-License-Identifier: GPL-2.0-only
/* One connection from accept to its line of the report. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "http.h"

#define STATUS_LOGON_FAILURE	0xc000006d

static const struct transport tcp_transport = { .push = tcp_push, .pull = tcp_pull };

static void prepare(struct conn *c, const struct options *opt, unsigned int id, int fd)
{
	struct timeval limit = { .tv_sec = opt->timeout };
	int one = 1;

	*c = (struct conn){ .opt = opt, .id = id, .fd = fd, .delegated = "none", .x224 = "no",
			    .version = opt->version, .mech = &ntlm_mech };
	c->transport = opt->http ? &http_transport : &tcp_transport;
	c->early_due = opt->early;
	c->ntlm.account = &opt->account;
	if (opt->wrong->action == ACTION_CHALLENGE)
		c->ntlm.form = opt->wrong->arg;
	if (opt->wrong->action == ACTION_CLEAR)
		c->ntlm.clear_flags = opt->wrong->arg;
	if (opt->wrong->action == ACTION_SET)
		c->ntlm.set_flags = opt->wrong->arg;
	c->ntlm.zero_key = opt->wrong->action == ACTION_ZERO_KEY;
	if (c->ntlm.zero_key)
		c->ntlm.set_flags = NTLM_ANONYMOUS;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static int read_hello(struct conn *c)
{
	uint8_t record[5 + 16384];
	size_t len;

	c->at = POINT_HELLO;
	if (c->opt->wrong->point != POINT_HELLO || c->opt->http)
		return 0;
	if (tcp_read(c, record, 5))
		return -1;
	len = record[3] << 8 | record[4];
	if (record[0] != 22 || len > sizeof(record) - 5)
		return fail(c, "no-client-hello");
	if (tcp_read(c, record + 5, len))
		return -1;
	return at_point(c, POINT_HELLO);
}

static bool same_text(struct span wide, const char *text)
{
	struct bytes want = { 0 };
	bool same;

	bytes_utf16(&want, text);
	same = span_equal(wide, span_of(&want));
	bytes_free(&want);
	return same;
}

static void judge(struct conn *c, const struct ts_password *creds)
{
	utf16_to_text(creds->user, c->deleg_user, sizeof(c->deleg_user));
	utf16_to_text(creds->domain, c->deleg_domain, sizeof(c->deleg_domain));
	if (!creds->user.len && !creds->domain.len && !creds->password.len)
		c->delegated = "empty";
	else if (same_text(creds->password, c->opt->account.password) &&
		 same_text(creds->user, c->opt->account.user))
		c->delegated = "password";
	else
		c->delegated = "other";
}

static int open_credentials(struct conn *c, struct span sealed)
{
	struct ts_password creds;
	struct bytes plain = { 0 };
	int rc = 0;

	if (!c->mech->unseal(c, sealed, &plain))
		rc = fail(c, "auth-info-seal");
	else if (!ts_credentials_decode(span_of(&plain), &creds))
		rc = fail(c, "credentials-malformed");
	else
		judge(c, &creds);
	bytes_free(&plain);
	return rc;
}

static int read_credentials(struct conn *c)
{
	struct bytes msg = { 0 };
	struct ts_request req;
	int rc = nego_request(c, &msg, &req);

	if (!rc && (req.present & ~TS_NONCE) != TS_AUTH_INFO)
		rc = fail(c, "fields-%x", req.present);
	if (!rc)
		rc = open_credentials(c, req.auth_info);
	bytes_free(&msg);
	return rc ? rc : at_point(c, POINT_CREDS);
}

/* Early User Authorization Result PDU, MS-RDPBCGR 2.2.10.2 */
static int early_result(struct conn *c)
{
	const struct wrong *w = c->opt->wrong;
	uint8_t pdu[4];

	if (!c->early_due)
		return 0;
	if (at_point(c, POINT_EARLY))
		return -1;
	put_le32(pdu, w->action == ACTION_EARLY ? w->arg : 0);
	if (link_send(c, span(pdu, w->action == ACTION_EARLY_HALF ? 2 : 4)))
		return -1;
	if (w->action == ACTION_EARLY_HALF)
		shutdown(c->fd, SHUT_WR);
	if (w->point != POINT_EARLY || w->action == ACTION_WAIT)
		return 0;
	tcp_drain(c);
	return fail(c, "did-%s", w->name);
}

static bool is_denial(const char *why)
{
	return !strcmp(why, "wrong-password") || !strcmp(why, "no-such-user") ||
	       !strcmp(why, "wrong-domain");
}

/* Deny a logon; versions 2 and 5 have no errorCode (MS-CSSP 2.2.1). */
static void deny(struct conn *c)
{
	struct ts_request req = { .present = TS_ERROR, .error = STATUS_LOGON_FAILURE };
	bool has_error = c->version != 2 && c->version != 5;

	if (!strcmp(c->opt->refuse, "alert"))
		gnutls_alert_send(c->tls, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED);
	else if (!strcmp(c->opt->refuse, "error") && has_error)
		nego_answer(c, POINT_AUTH, &req);
}

static int run(struct conn *c)
{
	struct bytes pub_key = { 0 };
	int rc;

	if (at_point(c, POINT_ACCEPT) || carrier_accept(c) || read_hello(c) || link_handshake(c))
		return -1;
	if (at_point(c, c->handshaken ? POINT_TLS : POINT_FLIGHT))
		return -1;
	rc = nego_run(c, &pub_key);
	if (!rc)
		rc = binding_check(c, span_of(&pub_key));
	bytes_free(&pub_key);
	if (rc || binding_answer(c) || read_credentials(c))
		return -1;
	return early_result(c) || http_finish(c) ? -1 : 0;
}

static const char *tls_name(const struct conn *c)
{
	if (!c->handshaken)
		return "none";
	return gnutls_protocol_get_version(c->tls) == GNUTLS_TLS1_3 ? "1.3" : "1.2";
}

static const char *yes(bool it_is)
{
	return it_is ? "yes" : "no";
}

static void report(struct conn *c, bool ok)
{
	struct mech_user user = c->mech->user(c);

	flockfile(stdout);
	printf("conn %u result=%s why=%s at=%s", c->id, ok ? "ok" : "fail",
	       c->why[0] ? c->why : "none", point_name(c->at));
	printf(" user=%s domain=%s delegated=%s deleg_user=%s deleg_domain=%s", user.name,
	       user.domain, c->delegated, c->deleg_user, c->deleg_domain);
	printf(" version=%lld peer_version=%lld mech=%s package=%s mic=%s list_mic=%s nonce=%s",
	       (long long)c->version, (long long)c->peer_version,
	       !c->peer_version ? "none" : c->spnego ? "spnego" : c->mech->name, c->mech->name,
	       yes(c->ntlm.mic), yes(c->mic_seen), yes(c->nonce_seen));
	printf(" enctype=%d krb_flags=%x", c->krb5.enctype, c->krb5.flags);
	printf(" requests=%u message=%s", c->http.requests, c->http.sealed ? "sealed" : "none");
	printf(" client_cert=%s", client_cert_name(c));
	printf(" tls=%s cipher=%s resumed=%s x224=%s client=%s wrong=%s\n", tls_name(c),
	       c->handshaken ? gnutls_cipher_get_name(gnutls_cipher_get(c->tls)) : "none",
	       yes(c->handshaken && gnutls_session_is_resumed(c->tls)), c->x224,
	       c->client_closed ? "closed" : "open", c->opt->wrong->name);
	funlockfile(stdout);
	fflush(stdout);
}

/* End the connection after the report. The client gets time to close it first. */
static void part(struct conn *c, bool ok)
{
	if (ok && c->opt->echo) {
		link_echo(c);
		fflush(stdout);
	} else if (ok && c->opt->rdp) {
		rdp_serve(c);
	} else if (ok) {
		tcp_drain(c);
	}
	if (c->tls)
		gnutls_deinit(c->tls);
	if (c->fd >= 0)
		close(c->fd);
	c->mech->release(c);
	bytes_free(&c->in);
	bytes_free(&c->list);
	bytes_free(&c->client_pub_key);
	http_free(c);
}

void conn_serve(const struct options *opt, unsigned int id, int fd)
{
	struct conn c;
	bool ok;

	prepare(&c, opt, id, fd);
	ok = !run(&c);
	if (!ok && c.handshaken && is_denial(c.why))
		deny(&c);
	if (!ok)
		http_refuse(&c);
	/* Close as part of the refusal, and note whether the client closes as well. */
	if (!ok && c.fd >= 0 && !c.client_closed) {
		shutdown(c.fd, SHUT_WR);
		tcp_drain(&c);
	}
	report(&c, ok);
	part(&c, ok);
}
