// SPDX-License-Identifier: GPL-2.0-only
/*
 * FAST with a KDC that does not do it, or that somebody pretends to be. The test plays the
 * office, the armorer, the relay and the KDC.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <krb5.h>
#include "base/log.h"
#include "base/packets.h"
#include "krb5_armor.h"
#include "krb5_kdc.h"
#include "tests/test.h"
#include "tests/test_kdc.h"
#include "tests/test_office.h"

#define OTHER_REALM	"OTHER.EXAMPLE"

/* The first byte of an AS-REQ (RFC 4120 5.4.1) */
#define TAG_AS_REQ	0x6a
/* Error-codes (RFC 4120 7.5.9) */
#define S_PRINCIPAL_UNKNOWN	7
#define PREAUTH_FAILED		24
#define PREAUTH_REQUIRED	25
#define WRONG_REALM		68

/* What the worker has sent until it gave up */
enum seen {
	IN_ARMOR = 1,		/* an AS-REQ with PA-FX-FAST */
	BARE = 2,		/* one without */
	PROOF = 4,		/* one with PA-ENC-TIMESTAMP, from which passwords can be guessed */
};

static struct test_exchange x;
static krb5_context context;

/* ---- the armorer -------------------------------------------------------------------- */

static krb5_data *host_ticket;

static void make_host_ticket(void)
{
	krb5_cc_cursor cursor;
	krb5_ccache cache;
	krb5_creds creds;

	test_kdc_admin("addprinc -randkey host/client.test");
	test_kdc_admin("ktadd -k %s host/client.test", test_kdc_path("k"));
	test_kdc_shell("kinit -k -t %s -c %s host/client.test", test_kdc_path("k"),
		       test_kdc_path("host"));
	ENSURE(!krb5_cc_resolve(context, test_kdc_path("host"), &cache));
	ENSURE(!krb5_cc_start_seq_get(context, cache, &cursor));
	ENSURE(!krb5_cc_next_cred(context, cache, &cursor, &creds));
	while (krb5_is_config_principal(context, creds.server)) {
		krb5_free_cred_contents(context, &creds);
		ENSURE(!krb5_cc_next_cred(context, cache, &cursor, &creds));
	}
	krb5_cc_end_seq_get(context, cache, &cursor);
	ENSURE(!krb5_marshal_credentials(context, &creds, &host_ticket));
	krb5_free_cred_contents(context, &creds);
	krb5_cc_close(context, cache);
}

/* Give the worker the ticket. @seen: the KDC does FAST, as it has said. */
static void play_armorer(bool seen)
{
	struct krb5_armor_ticket head = { .seen = seen };
	struct iovec parts[] = {
		{ &head, sizeof(head) }, { host_ticket->data, host_ticket->length },
	};
	const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };
	int fds[2];

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	ENSURE(!packets_pass(x.fd, fds[0]));
	ENSURE(sendmsg(fds[1], &msg, 0) == (ssize_t)(sizeof(head) + host_ticket->length));
	close(fds[0]);
	close(fds[1]);
}

/* ---- the KDC ------------------------------------------------------------------------ */

/* A METHOD-DATA: PA-ENC-TIMESTAMP, and PA-ETYPE-INFO2 with AES-256. No PA-FX-FAST */
static uint8_t methods[] = {
	0x30, 0x1f, 0x30, 0x09, 0xa1, 0x03, 0x02, 0x01, 0x02, 0xa2, 0x02, 0x04, 0x00,
	0x30, 0x12, 0xa1, 0x03, 0x02, 0x01, 0x13, 0xa2, 0x0b, 0x04, 0x09, 0x30, 0x07,
	0x30, 0x05, 0xa0, 0x03, 0x02, 0x01, 0x12,
};

static void answer(const void *bytes, size_t length)
{
	const struct krb5_kdc_reply head = { 0 };
	struct iovec parts[] = {
		{ (void *)&head, sizeof(head) }, { (void *)bytes, length },
	};
	const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };

	ENSURE(sendmsg(x.relay, &msg, 0) == (ssize_t)(sizeof(head) + length));
}

/* Answer with a KRB-ERROR, which anybody can write. */
static void answer_error(uint32_t code)
{
	krb5_principal server, client;
	krb5_error error = { .error = code, .stime = time(NULL) };
	krb5_data bytes;

	ENSURE(!krb5_parse_name(context, "krbtgt/" TEST_KDC_REALM "@" TEST_KDC_REALM, &server));
	ENSURE(!krb5_parse_name(context, "alice@" OTHER_REALM, &client));
	error.server = server;
	if (code == WRONG_REALM)
		error.client = client;
	if (code == PREAUTH_REQUIRED)
		error.e_data = (krb5_data){ .data = (char *)methods, .length = sizeof(methods) };
	ENSURE(!krb5_mk_error(context, &error, &bytes));
	answer(bytes.data, bytes.length);
	krb5_free_data_contents(context, &bytes);
	krb5_free_principal(context, server);
	krb5_free_principal(context, client);
}

static bool has(const uint8_t *message, size_t length, const void *bytes, size_t n)
{
	return memmem(message, length, bytes, n);
}

/* What there is in an AS-REQ: the types of its padata */
static unsigned int look_at(const uint8_t *message, size_t length)
{
	static const uint8_t fast[] = { 0xa1, 0x04, 0x02, 0x02, 0x00, 0x88 };
	static const uint8_t timestamp[] = { 0xa1, 0x03, 0x02, 0x01, 0x02 };

	if (message[0] != TAG_AS_REQ)
		return 0;
	return (has(message, length, fast, sizeof(fast)) ? IN_ARMOR : BARE) |
	       (has(message, length, timestamp, sizeof(timestamp)) ? PROOF : 0);
}

/*
 * Answer all messages: an AS-REQ for the realm with @code, one for the other realm as a KDC
 * without FAST does, others as a KDC that knows no such service. Return what was sent.
 */
static unsigned int play_kdc(uint32_t code)
{
	static uint8_t packet[KRB5_KDC_REQUEST_MAX];
	struct krb5_kdc_request rq;
	unsigned int seen = 0;
	const uint8_t *message;
	bool other;
	ssize_t got;

	while ((got = recv(x.relay, packet, sizeof(packet), 0)) > 0) {
		memcpy(&rq, packet, sizeof(rq));
		message = packet + sizeof(rq) + rq.realm_length;
		other = !memcmp(packet + sizeof(rq), OTHER_REALM, strlen(OTHER_REALM));
		seen |= look_at(message, packet + got - message);
		if (message[0] != TAG_AS_REQ)
			answer_error(S_PRINCIPAL_UNKNOWN);
		else if (other || seen & PROOF)
			answer_error(seen & PROOF ? PREAUTH_FAILED : PREAUTH_REQUIRED);
		else
			answer_error(code);
	}
	return seen;
}

/* ---- tests -------------------------------------------------------------------------- */

static bool has_line(const char *text)
{
	const uint8_t *trace = x.out + x.reply.message_length + x.reply.client_length +
			       x.reply.saved_length;

	return has(trace, x.reply.trace_length, text, strlen(text));
}

static const struct row {
	const char *name;
	bool required;
	bool seen;
	uint32_t code;
	uint32_t failure;
	unsigned int sent;
	const char *line;
} rows[] = {
	{ "required, and the KDC does not do FAST", true, false, PREAUTH_REQUIRED,
	  CREDSSP_HLP_KRB5_FAIL_ANSWER, IN_ARMOR, "FAST" },
	{ "required, and another realm is told", true, true, WRONG_REALM,
	  CREDSSP_HLP_KRB5_FAIL_ANSWER, IN_ARMOR, "FAST" },
	{ "the KDC pretends not to do it", false, true, PREAUTH_REQUIRED,
	  CREDSSP_HLP_KRB5_FAIL_ANSWER, IN_ARMOR, "FAST" },
	{ "another realm is told, whose KDC does not do it", false, true, WRONG_REALM,
	  CREDSSP_HLP_KRB5_FAIL_ANSWER, IN_ARMOR, "FAST" },
	{ "not required, and the KDC does not do it", false, false, PREAUTH_REQUIRED,
	  CREDSSP_HLP_KRB5_FAIL_PASSWORD, BARE | PROOF, "without FAST armor" },
};

static void run(const struct row *r)
{
	const struct test_ask a = {
		.source = CREDSSP_HLP_KRB5_PASSWORD, .user = "alice", .password = "secret",
		.target = "TERMSRV/host.test",
	};
	unsigned int sent;

	test_office_open_armored(&x, r->required);
	test_office_ask(&x, &a);
	play_armorer(r->seen);
	sent = play_kdc(r->code);
	test_office_take(&x);
	log_debug("test: sent %x, failure %u, error %u, trace:\n%.*s", sent, x.reply.failure,
		  x.reply.error, (int)x.reply.trace_length, (const char *)x.out);
	ENSURE(sent == r->sent);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED && x.reply.failure == r->failure);
	ENSURE(has_line(r->line));
	ENSURE(!test_office_close(&x));
}

int main(void)
{
	log_setup(getenv("VERBOSE"));
	test_kdc_start();
	ENSURE(!krb5_init_context(&context));
	make_host_ticket();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run(&rows[i]);
		printf("ok FAST and a false KDC: %s\n", rows[i].name);
		fflush(stdout);
	}
	krb5_free_data(context, host_ticket);
	krb5_free_context(context);
	test_kdc_end();
	return 0;
}
