// SPDX-License-Identifier: GPL-2.0-only
/* The engine as a server, with clients of GnuTLS, and with wrong ones. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gnutls/x509.h>
#include "base/log.h"
#include "budget.h"
#include "tests/test.h"
#include "tests/test_accept.h"
#include "tls/ticket_keys.h"

#define UID		1000	/* has the certificates below */
#define OTHER		1001	/* has one of its own, and the same default one */
#define NOBODY		1002	/* has none */

#define NORMAL_12	"NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define NORMAL_13	"NORMAL:-VERS-ALL:+VERS-TLS1.3"

static const char *directory;
static struct tls_context *context;

static struct tls_options options = {
	.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
};

#define EC		GNUTLS_PK_ECDSA
#define RSA		GNUTLS_PK_RSA
#define REMOTE_DESKTOP "1.3.6.1.4.1.311.54.1.2"

static const struct test_file files[] = {
	{ "default", EC, "fallback.test", NULL, NULL, 0, 30 },
	{ "rsa", RSA, "rsa.test", NULL, GNUTLS_KP_TLS_WWW_SERVER, 0, 30 },
	{ "ec", EC, "ec.test other.ec.test", NULL, GNUTLS_KP_TLS_WWW_SERVER, 0, 30 },
	{ "star", EC, "*.star.test", NULL, NULL, 0, 60 },
	{ "exact", EC, "a.star.test", NULL, NULL, 0, 30 },
	{ "expired", EC, "old.star.test late.test", NULL, NULL, -30, 20 },
	{ "early", EC, "early.test", NULL, NULL, 10, 30 },
	{ "short", EC, "twice.test", NULL, NULL, 0, 30 },
	{ "long", EC, "twice.test", NULL, NULL, 0, 90 },
	{ "cn", EC, NULL, "cn.test", NULL, 0, 30 },
	{ "rdp", EC, "rdp.test", NULL, REMOTE_DESKTOP, 0, 30 },
	{ "client", EC, "client.test", NULL, GNUTLS_KP_TLS_WWW_CLIENT, 0, 30 },
	{ "ed25519", GNUTLS_PK_EDDSA_ED25519, "ed25519.test", NULL, NULL, 0, 30 },
};

/* Handshakes that end well: the client's priorities, and what the reply must say */
static const struct {
	const char *what, *priorities, *cert;
	uint16_t version, cipher;
} good[] = {
	{ "1.2, EC", NORMAL_12, "ec", TLS_1_2, 0 },
	{ "1.2, RSA", NORMAL_12, "rsa", TLS_1_2, 0 },
	{ "1.3, EC", NORMAL_13, "ec", TLS_1_3, 0 },
	{ "1.3, RSA", NORMAL_13, "rsa", TLS_1_3, 0 },
	{ "both", "NORMAL", "ec", TLS_1_3, 0 },
	{ "1.2, RSA, AES-128", NORMAL_12 ":-CIPHER-ALL:+AES-128-GCM", "rsa", TLS_1_2, 0xc02f },
	{ "1.2, RSA, AES-256", NORMAL_12 ":-CIPHER-ALL:+AES-256-GCM", "rsa", TLS_1_2, 0xc030 },
	{ "1.2, EC, ChaCha", NORMAL_12 ":-CIPHER-ALL:+CHACHA20-POLY1305", "ec", TLS_1_2, 0xcca9 },
	{ "1.3, AES-128", NORMAL_13 ":-CIPHER-ALL:+AES-128-GCM", "rsa", TLS_1_3, 0x1301 },
	{ "1.3, AES-256", NORMAL_13 ":-CIPHER-ALL:+AES-256-GCM", "ec", TLS_1_3, 0x1302 },
	{ "1.3, ChaCha", NORMAL_13 ":-CIPHER-ALL:+CHACHA20-POLY1305", "ec", TLS_1_3, 0x1303 },
	{ "1.3, HelloRetryRequest", NORMAL_13 ":-GROUP-ALL:+GROUP-FFDHE2048:+GROUP-SECP384R1",
	  "ec", TLS_1_3, 0 },
	{ "1.2, Ed25519", NORMAL_12, "ed25519", TLS_1_2, 0 },
	{ "1.3, Ed25519", NORMAL_13, "ed25519", TLS_1_3, 0 },
	{ "1.2, RSA-PSS", NORMAL_12 ":-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA256", "rsa", TLS_1_2, 0 },
};

static void test_good(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct engine *e = engine_new(context);
		static struct test_peer p;
		struct test_reply r;

		test_peer_new(&p, good[i].priorities, NULL);
		test_accept(e, 1, good[i].cert, &r);
		ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE && !r.tls.wire_length);
		test_accept_relay(e, 1, &p, &r);
		if (r.error || r.tls.state != CREDSSP_HLP_TLS_DONE)
			test_fail("%s: error %u, state %u, alert %u, failure %u", good[i].what,
				  r.error, r.tls.state, r.tls.alert, r.tls.failure);
		if (r.tls.version != good[i].version ||
		    (good[i].cipher && r.tls.cipher != good[i].cipher))
			test_fail("%s: version %x, cipher %x", good[i].what, r.tls.version,
				  r.tls.cipher);
		ENSURE(test_file_is(&r, good[i].cert));
		ENSURE(!r.tls.trust && !r.tls.flags && !r.tls.session_length &&
		       !r.tls.session_lifetime);
		ENSURE(llabs((long long)r.tls.not_after - time(NULL) - 30 * 86400) < 3600);
		test_accept_talk(&p, &r);
		/* The helper waits for nothing more. */
		ENSURE(!engine_count(e));
		test_peer_free(&p);
		engine_free(e);
	}
}

/* Handshakes that fail, and why */
static const struct {
	const char *what, *priorities, *cert;
	uint32_t failure;
} bad[] = {
	{ "1.1", "NORMAL:-VERS-ALL:+VERS-TLS1.1", "rsa", CREDSSP_HLP_FAIL_VERSION },
	{ "key transport", NORMAL_12 ":-KX-ALL:+RSA", "rsa", CREDSSP_HLP_FAIL_ALGORITHM },
	{ "DHE", NORMAL_12 ":-KX-ALL:+DHE-RSA", "rsa", CREDSSP_HLP_FAIL_ALGORITHM },
	{ "CBC", NORMAL_12 ":-CIPHER-ALL:+AES-128-CBC", "rsa", CREDSSP_HLP_FAIL_ALGORITHM },
	{ "CCM", NORMAL_13 ":-CIPHER-ALL:+AES-128-CCM", "rsa", CREDSSP_HLP_FAIL_ALGORITHM },
	{ "1.2, no EC", NORMAL_12 ":-ECDHE-ECDSA", "ec", CREDSSP_HLP_FAIL_ALGORITHM },
	{ "1.2, SHA-1", NORMAL_12 ":-SIGN-ALL:+SIGN-RSA-SHA1:%VERIFY_ALLOW_SIGN_WITH_SHA1", "rsa",
	  CREDSSP_HLP_FAIL_ALGORITHM },
	{ "1.3, FFDHE", NORMAL_13 ":-GROUP-ALL:+GROUP-FFDHE2048", "ec",
	  CREDSSP_HLP_FAIL_ALGORITHM },
};

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct engine *e = engine_new(context);
		static struct test_peer p;
		struct test_reply r;

		test_peer_new(&p, bad[i].priorities, NULL);
		test_accept(e, 1, bad[i].cert, &r);
		test_accept_relay(e, 1, &p, &r);
		if (r.error || r.tls.state != CREDSSP_HLP_TLS_FAILED || r.tls.alert ||
		    r.tls.failure != bad[i].failure)
			test_fail("%s: error %u, state %u, alert %u, failure %u", bad[i].what,
				  r.error, r.tls.state, r.tls.alert, r.tls.failure);
		ENSURE(r.tls.wire_length >= 7 && r.wire[0] == 21);
		ENSURE(!engine_count(e));
		test_peer_free(&p);
		engine_free(e);
	}
}

/* Only the versions of the options */
static void test_versions(void)
{
	static const struct {
		uint16_t min, max;
		const char *priorities;
		bool works;
		uint32_t failure;
	} rows[] = {
		/* The suites of TLS 1.2 and 1.3 differ, and GnuTLS says so. */
		{ TLS_1_3, TLS_1_3, NORMAL_12, false, CREDSSP_HLP_FAIL_ALGORITHM },
		{ TLS_1_3, TLS_1_3, "NORMAL", true, 0 },
		{ TLS_1_2, TLS_1_2, NORMAL_13, false, CREDSSP_HLP_FAIL_ALGORITHM },
		{ TLS_1_2, TLS_1_2, "NORMAL", true, 0 },
	};
	struct tls_options o = options;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct test_peer p;
		struct tls_context *c;
		struct test_reply r;
		struct engine *e;

		o.min_version = rows[i].min;
		o.max_version = rows[i].max;
		c = tls_context_new(&o);
		e = c ? engine_new(c) : NULL;
		ENSURE(e);
		test_peer_new(&p, rows[i].priorities, NULL);
		test_accept(e, 1, "ec", &r);
		test_accept_relay(e, 1, &p, &r);
		ENSURE(!r.error && (r.tls.state == CREDSSP_HLP_TLS_DONE) == rows[i].works);
		if (rows[i].works ? r.tls.version != rows[i].min :
				    r.tls.failure != rows[i].failure)
			test_fail("%s: version %x, failure %u", rows[i].priorities, r.tls.version,
				  r.tls.failure);
		test_peer_free(&p);
		engine_free(e);
		tls_context_free(c);
	}
}

/* The certificate that is chosen; NULL: none */
static const struct {
	const char *name, *host;
	uint32_t uid;
	const char *cert;
} choices[] = {
	{ "", NULL, UID, "default" },
	{ "", "unknown.test", UID, "default" },
	{ "", "fallback.test", UID, "default" },
	{ "", "rsa.test", UID, "rsa" },
	{ "", "RSA.Test", UID, "rsa" },
	{ "", "other.ec.test", UID, "ec" },
	{ "", "b.star.test", UID, "star" },
	{ "", "a.star.test", UID, "exact" },
	{ "", "a.b.star.test", UID, "default" },
	{ "", "star.test", UID, "default" },
	{ "", "old.star.test", UID, "star" },
	{ "", "late.test", UID, "expired" },
	{ "", "early.test", UID, "early" },
	{ "", "twice.test", UID, "long" },
	{ "", "cn.test", UID, "cn" },
	{ "", "rdp.test", UID, "rdp" },
	{ "", "client.test", UID, "default" },
	{ "", "broken.test", UID, "default" },
	{ "client", "rsa.test", UID, "client" },
	{ "ec", "rsa.test", UID, "ec" },
	{ "", "theirs.test", OTHER, "theirs" },
	{ "", "rsa.test", OTHER, "default" },
	{ "", NULL, NOBODY, NULL },
	{ "theirs", NULL, UID, NULL },
	{ "none", NULL, UID, NULL },
	{ "broken", NULL, UID, NULL },
	{ "readable", NULL, UID, NULL },
};

static void test_choices(void)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct engine *e = engine_new(context);
		static struct test_peer p;
		struct test_reply r;
		bool found;

		test_as(choices[i].uid);
		test_peer_new(&p, "NORMAL", choices[i].host);
		test_accept(e, 1, choices[i].name, &r);
		/* One that was named is looked up at once, and nothing is said. */
		ENSURE(!r.error && !r.tls.wire_length &&
		       (r.tls.state == CREDSSP_HLP_TLS_FAILED) ==
		       (*choices[i].name && !choices[i].cert));
		test_accept_relay(e, 1, &p, &r);
		found = r.tls.state == CREDSSP_HLP_TLS_DONE;
		ENSURE(!r.error && found == !!choices[i].cert);
		if (found && !test_file_is(&r, choices[i].cert))
			test_fail("\"%s\" for \"%s\"", choices[i].name, choices[i].host);
		ENSURE(found || r.tls.failure == CREDSSP_HLP_FAIL_SERVER_CERT);
		if (!found && !*choices[i].name)
			ENSURE(r.tls.wire_length >= 7 && r.wire[0] == 21);
		ENSURE(!engine_count(e));
		test_peer_free(&p);
		engine_free(e);
	}
	test_as(UID);
}

/* Malformed requests, and names that are no names */
static void test_requests(void)
{
	static const char *const names[] = {
		"../1001/theirs", "/etc/passwd", ".", "a/b", "a b", "ec\n",
		"a-name-of-sixty-five-bytes-which-is-one-more-than-there-may-be-xx",
	};
	struct credssp_hlp_tls_accept head = { .cert_length = 2 };
	uint8_t payload[sizeof(head) + 4] = { 0 };
	struct engine *e = engine_new(context);
	struct test_reply r;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		test_accept(e, 1, names[i], &r);
		ENSURE(r.error == EINVAL);
	}
	memcpy(payload, &head, sizeof(head));
	for (size_t length = 0; length <= sizeof(payload); length++) {
		memcpy(payload + sizeof(head), "ecx", 4);
		test_call(e, CREDSSP_HLP_TLS_ACCEPT, 2, payload, length, &r);
		ENSURE((r.error == 0) == (length == sizeof(head) + 2));
		ENSURE(!r.error || r.error == EINVAL);
		test_end(e, 2);
	}
	head.flags = 1;
	memcpy(payload, &head, sizeof(head));
	test_call(e, CREDSSP_HLP_TLS_ACCEPT, 2, payload, sizeof(head) + 2, &r);
	ENSURE(r.error == EINVAL);
	/* What belongs to a client's conversation does not belong to a server's. */
	test_accept(e, 3, "ec", &r);
	ENSURE(!r.error);
	test_accept(e, 3, "ec", &r);
	ENSURE(r.error == EEXIST);
	test_call(e, CREDSSP_HLP_TLS_TICKET, 3, "x", 1, &r);
	ENSURE(r.error == EPROTO);
	test_answer(e, 3, "ec", &r);
	ENSURE(r.error == EPROTO && !engine_count(e));
	engine_free(e);
}

/* The client's first request right behind its Finished is left over. */
static void test_rest(void)
{
	static const char *const priorities[] = { NORMAL_12, NORMAL_13 };

	for (size_t i = 0; i < 2; i++) {
		struct engine *e = engine_new(context);
		uint8_t record[TEST_RECORD_MAX], type, *plain;
		static struct test_peer p;
		struct test_keys rx;
		struct test_reply r;
		size_t handshake;
		int ret;

		test_peer_new(&p, priorities[i], NULL);
		test_accept(e, 1, "ec", &r);
		ENSURE(!test_peer_step(&p, &ret));
		test_call(e, CREDSSP_HLP_TLS_STEP, 1, p.out, p.out_length, &r);
		p.out_length = 0;
		test_peer_feed(&p, r.wire, r.tls.wire_length);
		test_peer_step(&p, &ret);
		handshake = p.out_length;
		if (i) {
			ENSURE(!ret && gnutls_record_send(p.session, "next", 4) == 4);
		} else {
			/* In TLS 1.2 the client waits: this record is not the client's. */
			memcpy(p.out + p.out_length, "\x17\x03\x03\x00\x01x", 6);
			p.out_length += 6;
		}
		test_call(e, CREDSSP_HLP_TLS_STEP, 1, p.out, p.out_length, &r);
		ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_DONE);
		ENSURE(r.tls.consumed == handshake && handshake < p.out_length);
		if (i) {
			rx = (struct test_keys){ r.tls.rx, r.tls.version, r.tls.cipher };
			memcpy(record, p.out + handshake, p.out_length - handshake);
			ENSURE(test_open(&rx, record, p.out_length - handshake, &plain,
					 &type) == 4 && !memcmp(plain, "next", 4));
		}
		test_peer_free(&p);
		engine_free(e);
	}
}

/* A client that accepts less in a record */
static void test_limits(void)
{
	static const char *const priorities[] = { NORMAL_12, NORMAL_13 };
	struct test_reply r;

	for (size_t i = 0; i < 2; i++) {
		struct engine *e = engine_new(context);
		static struct test_peer p;

		test_peer_new(&p, priorities[i], NULL);
		ENSURE(!gnutls_record_set_max_recv_size(p.session, 1024));
		test_accept(e, 1, "ec", &r);
		test_accept_relay(e, 1, &p, &r);
		ENSURE(r.tls.state == CREDSSP_HLP_TLS_DONE && r.tls.record_limit == 1024);
		test_accept_talk(&p, &r);
		test_peer_free(&p);
		engine_free(e);
	}
}

/* Resumption: is the session of the first handshake resumed in the second one? */
static const struct {
	const char *what, *host, *again;
	uint32_t uid;
	int64_t later;		/* milliseconds */
	bool remade, resumed;
} resumptions[] = {
	{ "the same server", "ec.test", "ec.test", UID, 0, false, true },
	/* In TLS 1.2 GnuTLS compares the names (RFC 6066 3). */
	{ "another name of it", "ec.test", "other.ec.test", UID, 0, false, true },
	{ "no name", NULL, NULL, UID, 0, false, true },
	{ "another certificate", "ec.test", "a.star.test", UID, 0, false, false },
	{ "another user", NULL, NULL, OTHER, 0, false, false },
	{ "before the secret is replaced", "ec.test", "ec.test", UID,
	  TICKET_SECRET_MS / 2, false, true },
	{ "after the secret was replaced", "ec.test", "ec.test", UID,
	  TICKET_SECRET_MS + 1, false, false },
	{ "the certificate was replaced", "exact.test", "exact.test", UID, 0, true, false },
};

static void connect_once(struct engine *e, const char *priorities, const char *host,
			 gnutls_datum_t *session, struct test_reply *r, bool *resumed)
{
	static struct test_peer p;

	test_peer_new(&p, priorities, host);
	if (session->size)
		ENSURE(!gnutls_session_set_data(p.session, session->data, session->size));
	test_accept(e, 1, "", r);
	test_accept_relay(e, 1, &p, r);
	ENSURE(!r->error && r->tls.state == CREDSSP_HLP_TLS_DONE);
	test_accept_talk(&p, r);
	*resumed = gnutls_session_is_resumed(p.session);
	ENSURE(*resumed == (r->tls.flags == CREDSSP_HLP_TLS_RESUMED));
	gnutls_free(session->data);
	ENSURE(!gnutls_session_get_data2(p.session, session));
	test_peer_free(&p);
}

static void test_resumption(const char *priorities)
{
	static const struct test_file again = { "exact", EC, "a.star.test exact.test", NULL, NULL,
						0, 30 };

	for (size_t i = 0; i < sizeof(resumptions) / sizeof(resumptions[0]); i++) {
		struct engine *e = engine_new(context);
		gnutls_datum_t session = { NULL, 0 };
		struct test_reply r;
		bool resumed;
		int due;

		connect_once(e, priorities, resumptions[i].host, &session, &r, &resumed);
		ENSURE(!resumed);
		if (resumptions[i].remade) {
			test_file_make(directory, UID, &again);
			keeper_reload(options.keys);
		}
		due = engine_expire(e, engine_now() + resumptions[i].later);
		ENSURE(resumptions[i].later > TICKET_SECRET_MS ?
		       due == -1 : due > 0 && due <= TICKET_SECRET_MS);
		test_as(resumptions[i].uid);
		connect_once(e, priorities, resumptions[i].again, &session, &r, &resumed);
		if (resumed != (resumptions[i].resumed &&
				(r.tls.version == TLS_1_3 || !resumptions[i].host ||
				 !strcmp(resumptions[i].host, resumptions[i].again))))
			test_fail("%s, %s: resumed %d", priorities, resumptions[i].what, resumed);
		test_as(UID);
		/* A session that was resumed can be resumed again, and has the same certificate. */
		if (resumed) {
			connect_once(e, priorities, resumptions[i].again, &session, &r, &resumed);
			ENSURE(resumed && r.tls.chain_length &&
			       test_file_is(&r, resumptions[i].host ? "ec" : "default"));
		}
		gnutls_free(session.data);
		engine_free(e);
	}
}

/*
 * What a handshake holds that waits for the client's next flight is no more than what its user
 * is charged for.
 */
static void test_memory(void)
{
	enum { COUNT = 32 };
	static const char *const priorities[] = { NORMAL_12, NORMAL_13, "NORMAL" };

	for (size_t i = 0; i < 3; i++) {
		struct engine *e = engine_new(context);
		static struct test_peer p;
		size_t before, held, fed;
		struct test_reply r;
		int ret;

		test_peer_new(&p, priorities[i], "rsa.test");
		test_peer_step(&p, &ret);
		fed = p.out_length;
		before = mallinfo2().uordblks;
		for (unsigned int k = 1; k <= COUNT; k++) {
			test_accept(e, k, "", &r);
			test_call(e, CREDSSP_HLP_TLS_STEP, k, p.out, p.out_length, &r);
			ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
		}
		held = (mallinfo2().uordblks - before) / COUNT;
		if (held > budget_charge(fed))
			test_fail("%s: %zu bytes held, charge %zu", priorities[i], held,
				  budget_charge(fed));
		printf("# server, %s: %zu bytes in, %zu held, charge at least %zu\n",
		       priorities[i], fed, held, budget_charge(fed));
		test_peer_free(&p);
		engine_free(e);
	}
}

static void make_files(void)
{
	static const struct test_file theirs = { "theirs", EC, "theirs.test", NULL, NULL, 0, 30 };
	static const struct test_file readable = { "readable", EC, "readable.test", NULL, NULL,
						   0, 30 };
	char path[128], other[128];
	FILE *f;

	directory = test_directory();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		test_file_make(directory, UID, &files[i]);
	test_file_make(directory, OTHER, &theirs);
	test_file_make(directory, UID, &readable);
	snprintf(path, sizeof(path), "%s/%u/default.pem", directory, UID);
	snprintf(other, sizeof(other), "%s/%u/default.pem", directory, OTHER);
	ENSURE(!link(path, other));
	snprintf(path, sizeof(path), "%s/%u/readable.pem", directory, UID);
	ENSURE(!chmod(path, 0644));
	snprintf(path, sizeof(path), "%s/%u/broken.pem", directory, UID);
	f = fopen(path, "w");
	ENSURE(f && fputs("nonsense\n", f) > 0 && !fclose(f) && !chmod(path, 0600));
}

int main(void)
{
	log_setup(getenv("VERBOSE"));
	make_files();
	options.keys = keeper_start(directory);
	test_keeper(options.keys);
	context = tls_context_new(&options);
	ENSURE(options.keys && context);
	test_as(UID);
	test_good();
	test_bad();
	test_versions();
	test_choices();
	test_requests();
	test_rest();
	test_limits();
	test_memory();
	test_resumption(NORMAL_12);
	test_resumption(NORMAL_13);
	tls_context_free(context);
	keeper_stop(options.keys);
	return 0;
}
