// SPDX-License-Identifier: GPL-2.0-only
/*
 * The acceptor's workers, with a KDC of MIT and MIT's initiators. The test plays the office,
 * and has the workers' clock.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_acceptor.h"
#include "tests/test_initiator.h"
#include "tests/test_kdc.h"

#define AT		"@" TEST_KDC_REALM
#define HOST		"TERMSRV/host.test"
#define OTHER		"HTTP/host.test"
#define ALICE		"alice" AT
#define STRONG	"aes256-cts:normal,aes128-cts:normal,aes256-sha2:normal,aes128-sha2:normal"
#define CROWD		200

/* Seconds by which libkrb5's clock is ahead, in this process and in its children */
static time_t ahead;

/* The library's calls get here. */
int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	int ret = syscall(SYS_gettimeofday, tv, zone);

	tv->tv_sec += ahead;
	return ret;
}

time_t time(time_t *t)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	if (t)
		*t = tv.tv_sec;
	return tv.tv_sec;
}

static struct test_acceptor x;
static char cache[64];

static void accept_req(const struct test_accept *a, const uint8_t *req, size_t length)
{
	test_acceptor_start(&x, a, req, length);
	ENSURE(!test_acceptor_finish(&x));
	if (x.reply.state == CREDSSP_HLP_KRB5_FAILED)
		log_debug("test: failure %u, error %u", x.reply.failure, x.reply.error);
}

static bool is_client(const char *name)
{
	return x.reply.client_length == strlen(name) &&
	       !memcmp(x.out + x.reply.message_length, name, strlen(name));
}

/* The AP-REQ is accepted; an AP-REP is there only if it is wanted. */
static void succeed(const struct test_accept *a, const uint8_t *req, size_t length)
{
	accept_req(a, req, length);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_DONE && !x.reply.failure && !x.reply.error);
	ENSURE(is_client(ALICE) && !x.reply.saved_length && !x.reply.kdc_messages);
	ENSURE(!x.reply.message_length == !(x.reply.gss_flags & TEST_GSS_MUTUAL));
	ENSURE(x.reply.not_after > (uint64_t)time(NULL));
	ENSURE(x.reply.not_after <= (uint64_t)time(NULL) + 10 * 3600);
}

/* Is the message a KRB-ERROR with this code? */
static void check_error(uint32_t code)
{
	const krb5_data in = { .data = (char *)x.out, .length = x.reply.message_length };
	krb5_context context;
	krb5_error *error;

	ENSURE(!krb5_init_context(&context) && !krb5_rd_error(context, &in, &error));
	ENSURE(error->error == code && error->server && error->server->length);
	ENSURE(labs((long)((uint32_t)error->stime - time(NULL))) < 60);
	krb5_free_error(context, error);
	krb5_free_context(context);
}

/* It is not accepted, and the initiator is told @code; 0: nothing. */
static void fail(const struct test_accept *a, const uint8_t *req, size_t length,
		 uint32_t failure, uint32_t code)
{
	accept_req(a, req, length);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED && x.reply.failure == failure);
	ENSURE(x.reply.error == code && !x.reply.client_length && !x.reply.key_length);
	ENSURE(!x.reply.gss_flags && !x.reply.not_after);
	if (code)
		check_error(code);
	else
		ENSURE(!x.reply.message_length);
}

/* ---- tests --------------------------------------------------------------------- */

static const struct test_accept plain;

/* An AP-REQ as this project's initiator makes it, and most others */
static void make(struct test_initiator *i, const char *target, const uint8_t *bindings)
{
	uint8_t sum[24];

	test_initiator_checksum(sum, TEST_GSS_FLAGS, bindings);
	test_initiator_make(i, &(struct test_intent){
		.cache = cache, .target = target, .options = AP_OPTS_MUTUAL_REQUIRED,
		.checksum = sum, .checksum_length = sizeof(sum), .checksum_type = 0x8003,
	});
}

static void compare_keys(const struct test_gss *g)
{
	ENSURE(x.reply.enctype == g->enctype && x.reply.key_length == g->key_length);
	ENSURE(!memcmp(x.reply.key, g->key, g->key_length));
	ENSURE(x.reply.tx_seq == g->rx_seq && x.reply.rx_seq == g->tx_seq);
	ENSURE(!(x.reply.flags & CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY) == !g->subkey);
}

/* MIT's GSSAPI has the same context, with each kind of key, with mutual authentication and not */
static void test_gssapi(void)
{
	static const struct {
		const char *target;
		uint32_t enctype;
	} rows[] = {
		{ "TERMSRV/aes256-cts.test", 18 }, { "TERMSRV/aes128-cts.test", 17 },
		{ "TERMSRV/aes256-sha2.test", 20 }, { "TERMSRV/aes128-sha2.test", 19 },
	};
	const OM_uint32 flags = GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_CONF_FLAG |
				GSS_C_INTEG_FLAG;
	struct test_gss g;

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const bool mutual = i % 2;

		test_gss_start(&g, cache, rows[i / 2].target,
			       flags | (mutual ? GSS_C_MUTUAL_FLAG : 0), NULL);
		succeed(&plain, g.req, g.length);
		ENSURE(!(x.reply.gss_flags & TEST_GSS_MUTUAL) == !mutual);
		test_gss_finish(&g, mutual ? x.out : NULL, x.reply.message_length);
		compare_keys(&g);
		/* GSSAPI may agree on a better key for the subkey (RFC 4537). */
		ENSURE(g.subkey == mutual && (mutual || g.enctype == rows[i / 2].enctype));
		test_gss_free(&g);
	}
}

static void test_libkrb5(void)
{
	struct test_initiator i;
	krb5_keyblock *key;
	uint32_t sequence;

	make(&i, HOST, NULL);
	succeed(&plain, i.req, i.length);
	ENSURE(x.reply.gss_flags == TEST_GSS_FLAGS);
	test_initiator_finish(&i, x.out, x.reply.message_length, &key, &sequence);
	ENSURE(key->length == x.reply.key_length && sequence == x.reply.tx_seq);
	ENSURE(!memcmp(key->contents, x.reply.key, key->length));
	krb5_free_keyblock(i.context, key);
	test_initiator_free(&i);
}

/* A delegated TGT is not looked at. */
static void test_delegation(void)
{
	struct test_gss g;

	test_gss_start(&g, cache, HOST, GSS_C_DELEG_FLAG | GSS_C_MUTUAL_FLAG, NULL);
	succeed(&plain, g.req, g.length);
	ENSURE(x.reply.gss_flags & CREDSSP_HLP_KRB5_GSS_DELEG);
	test_gss_finish(&g, x.out, x.reply.message_length);
	compare_keys(&g);
	test_gss_free(&g);
}

static void test_checksums(void)
{
	static const uint8_t longer[40] = { 16, [20] = 0x02, [24] = 1, [26] = 0xff, [27] = 0xff };
	static const uint8_t wrong_length[24] = { 15, [20] = 0x02 };
	static const struct {
		const uint8_t *sum;
		size_t length;
		int type;
		bool good;
	} rows[] = {
		{ longer, 24, 0x8003, true },
		/* A delegation that is cut short */
		{ longer, 28, 0x8003, true },
		{ longer, 40, 0x8003, true },
		{ longer, 23, 0x8003, false },
		{ longer, 0, 0x8003, false },
		{ wrong_length, 24, 0x8003, false },
		{ longer, 24, CKSUMTYPE_HMAC_SHA1_96_AES256, false },
		{ NULL, 0, 0, false },
	};
	struct test_initiator i;

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		test_initiator_make(&i, &(struct test_intent){
			.cache = cache, .target = HOST, .checksum = rows[n].sum,
			.checksum_length = rows[n].length, .checksum_type = rows[n].type,
		});
		if (rows[n].good)
			succeed(&plain, i.req, i.length);
		else
			fail(&plain, i.req, i.length, CREDSSP_HLP_KRB5_FAIL_REQUEST, 50);
		test_initiator_free(&i);
	}
}

static void test_bindings(void)
{
	static const uint8_t own[16] = "0123456789abcdef", other[16] = "0123456789abcdeg";
	const struct test_accept bound = { .bindings = own };
	struct test_initiator i;

	for (int n = 0; n < 2; n++) {
		make(&i, HOST, own);
		succeed(n ? &bound : &plain, i.req, i.length);
		ENSURE(!(x.reply.flags & CREDSSP_HLP_KRB5_BINDINGS_MATCH) == !n);
		test_initiator_free(&i);
	}
	make(&i, HOST, NULL);
	succeed(&bound, i.req, i.length);
	ENSURE(!(x.reply.flags & CREDSSP_HLP_KRB5_BINDINGS_MATCH));
	test_initiator_free(&i);
	make(&i, HOST, other);
	fail(&bound, i.req, i.length, CREDSSP_HLP_KRB5_FAIL_BINDINGS, 60);
	test_initiator_free(&i);
}

/* Also by another worker, and under another keytab with the same key */
static void test_replay(void)
{
	struct test_initiator i;

	make(&i, HOST, NULL);
	succeed(&plain, i.req, i.length);
	for (int n = 0; n < 3; n++)
		fail(&plain, i.req, i.length, CREDSSP_HLP_KRB5_FAIL_REPLAY, 34);
	fail(&(struct test_accept){ .spn = HOST }, i.req, i.length,
	     CREDSSP_HLP_KRB5_FAIL_REPLAY, 34);
	test_initiator_free(&i);
	/* Without the directory nothing is accepted. */
	make(&i, HOST, NULL);
	test_acceptor_use_replays("/dev/null");
	fail(&plain, i.req, i.length, CREDSSP_HLP_KRB5_FAIL_OTHER, 0);
	test_acceptor_use_replays(test_kdc_path("replays"));
	succeed(&plain, i.req, i.length);
	test_initiator_free(&i);
}

/* At the limit of five minutes, and at an hour, both ways */
static void test_skew(void)
{
	static const struct {
		int ahead;
		bool good;
	} rows[] = { { 280, true }, { -280, true }, { 330, false }, { -330, false },
		     { 3600, false }, { -1800, false } };
	uint8_t sum[24];
	struct test_initiator i;

	test_initiator_checksum(sum, TEST_GSS_FLAGS, NULL);
	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		test_initiator_make(&i, &(struct test_intent){
			.cache = cache, .target = HOST, .checksum = sum,
			.checksum_length = sizeof(sum), .checksum_type = 0x8003,
			.ahead = rows[n].ahead,
		});
		if (rows[n].good)
			succeed(&plain, i.req, i.length);
		else
			fail(&plain, i.req, i.length, CREDSSP_HLP_KRB5_FAIL_SKEW, 37);
		ENSURE(rows[n].good ? !x.reply.skew : labs(x.reply.skew - rows[n].ahead) < 300);
		test_initiator_free(&i);
	}
}

/* The worker's clock is after the end of the ticket, or before its start. */
static void test_ticket_times(void)
{
	struct test_initiator i;
	uint8_t sum[24];

	test_initiator_checksum(sum, TEST_GSS_FLAGS, NULL);
	for (int n = 0; n < 2; n++) {
		const int by = n ? -7200 : 11 * 3600;

		/* The initiator's clock is as wrong as the acceptor's. */
		test_initiator_make(&i, &(struct test_intent){
			.cache = cache, .target = HOST, .checksum = sum,
			.checksum_length = sizeof(sum), .checksum_type = 0x8003, .ahead = by,
		});
		ahead = by;
		fail(&plain, i.req, i.length,
		     n ? CREDSSP_HLP_KRB5_FAIL_SKEW : CREDSSP_HLP_KRB5_FAIL_EXPIRED,
		     n ? 33 : 32);
		ahead = 0;
		test_initiator_free(&i);
	}
}

static void add_service(const char *name, const char *keytab)
{
	test_kdc_admin("addprinc -randkey -e " STRONG " %s", name);
	test_kdc_admin("ktadd -k %s -norandkey %s", test_kdc_path(keytab), name);
}

static void test_keytabs(void)
{
	const char *old = test_kdc_path("old.keytab"), *new = test_kdc_path("new.keytab");
	struct test_initiator i, first;

	/* None, an empty one, no keytab at all, and the keys of another service */
	make(&i, HOST, NULL);
	fail(&(struct test_accept){ .keytab = "/nonexistent" }, i.req, i.length,
	     CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	fail(&(struct test_accept){ .keytab = "/dev/null" }, i.req, i.length,
	     CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	fail(&(struct test_accept){ .keytab = "MEMORY:x" }, i.req, i.length,
	     CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	accept_req(&(struct test_accept){ .keytab = test_kdc_path("other.keytab") }, i.req,
		   i.length);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED && x.reply.message_length);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_KEY);
	test_initiator_free(&i);
	/* A key that has been changed: the keytab has the old one, the new one, or both. */
	add_service("TERMSRV/changed.test", "old.keytab");
	make(&first, "TERMSRV/changed.test", NULL);
	test_kdc_admin("ktadd -e " STRONG " -k %s TERMSRV/changed.test", new);
	accept_req(&(struct test_accept){ .keytab = new }, first.req, first.length);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_KEY && x.reply.message_length);
	succeed(&(struct test_accept){ .keytab = old }, first.req, first.length);
	test_initiator_free(&first);
	test_kdc_shell("cat %s >%s && dd if=%s bs=2 skip=1 status=none >>%s",
		       old, test_kdc_path("both.keytab"), new, test_kdc_path("both.keytab"));
	make(&first, "TERMSRV/changed.test", NULL);
	succeed(&(struct test_accept){ .keytab = test_kdc_path("both.keytab") }, first.req,
		first.length);
	test_initiator_free(&first);
}

/* The keytab has the keys of both services; only a ticket for the SPN is good. */
static void test_spn(void)
{
	static const struct {
		const char *spn, *target;
		uint32_t failure;
	} rows[] = {
		{ HOST, HOST, 0 },
		{ HOST AT, HOST, 0 },
		{ "termsrv/HOST.Test", HOST, 0 },
		{ OTHER, OTHER, 0 },
		{ OTHER, HOST, CREDSSP_HLP_KRB5_FAIL_KEY },
		{ HOST, OTHER, CREDSSP_HLP_KRB5_FAIL_KEY },
		/* Nothing but the host's key, which serves each of its services, can be meant. */
		{ "RestrictedKrbHost/plain.test", "host/plain.test", 0 },
		{ "host/other.test", HOST, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS },
		{ HOST "@OTHER.EXAMPLE", HOST, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS },
	};
	struct test_initiator i;

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		make(&i, rows[n].target, NULL);
		accept_req(&(struct test_accept){ .spn = rows[n].spn }, i.req, i.length);
		ENSURE(x.reply.failure == rows[n].failure);
		ENSURE((x.reply.state == CREDSSP_HLP_KRB5_DONE) == !rows[n].failure);
		test_initiator_free(&i);
	}
}

/* A ticket, or its session key, of a weak type */
static void test_weak(void)
{
	struct test_initiator i;

	make(&i, "TERMSRV/rc4-hmac.test", NULL);
	ENSURE(i.creds->keyblock.enctype == ENCTYPE_ARCFOUR_HMAC);
	accept_req(&plain, i.req, i.length);
	/* libkrb5 does not even look at such keys. */
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED && x.reply.message_length);
	test_initiator_free(&i);
	make(&i, "TERMSRV/weaksession.test", NULL);
	ENSURE(i.creds->keyblock.enctype == ENCTYPE_ARCFOUR_HMAC);
	accept_req(&plain, i.req, i.length);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_ENCTYPE && x.reply.message_length);
	test_initiator_free(&i);
}

/* Not one that is cut short, or altered. Only the ticket's names are not encrypted. */
static void test_malformed(void)
{
	struct test_initiator i;
	uint8_t copy[sizeof(i.req)];

	make(&i, HOST, NULL);
	for (size_t n = 1; n < i.length; n += 5) {
		accept_req(&(struct test_accept){ .spn = HOST }, i.req, n);
		ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
		ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_REQUEST);
	}
	for (size_t n = i.length / 4; n < i.length; n += 7) {
		memcpy(copy, i.req, i.length);
		copy[n] ^= 1 << n % 8;
		accept_req(&(struct test_accept){ .spn = HOST }, copy, i.length);
		ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
	}
	succeed(&plain, i.req, i.length);
	test_initiator_free(&i);
}

static void test_malformed_requests(void)
{
	struct credssp_hlp_krb5_accept head = { .message_length = 1 };
	struct credssp_hlp_krb5_tgt tgt = { .keytab_length = 1 };
	uint8_t packet[sizeof(head) + 2] = { 0 };

	for (int n = 0; n < 6; n++) {
		struct credssp_hlp_krb5_accept h = head;

		h.flags = n == 0 ? 1u << 31 : n == 1 ? CREDSSP_HLP_KRB5_USER_TO_USER : 0;
		h.__reserved = n == 2;
		h.message_length = n == 3 ? 0 : n == 4 ? 3 : 1;
		memcpy(packet, &h, sizeof(h));
		test_acceptor_send(&x, packet, n == 5 ? sizeof(h) - 1 : sizeof(h) + 1,
				   CREDSSP_HLP_KRB5_ACCEPT);
		ENSURE(test_acceptor_finish(&x) == EXIT_FAILURE);
	}
	test_acceptor_send(&x, &tgt, sizeof(tgt), CREDSSP_HLP_KRB5_TGT);
	ENSURE(test_acceptor_finish(&x) == EXIT_FAILURE);
}

/* ---- user-to-user -------------------------------------------------------------- */

static void get_tgt(const char *keytab, const char *spn, const char *owner, krb5_data *ticket,
		    struct krb5_tgt_key *key)
{
	test_acceptor_get_tgt(&x, keytab, spn);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_CONTINUE && is_client(owner));
	ENSURE(x.reply.saved_length == sizeof(*key) && x.reply.kdc_messages);
	ENSURE(x.reply.not_after > (uint64_t)time(NULL) + 9 * 3600);
	memcpy(key, x.out + x.reply.message_length + x.reply.client_length, sizeof(*key));
	ENSURE(!strcmp(key->name, owner));
	ticket->length = x.reply.message_length;
	ticket->data = malloc(ticket->length);
	memcpy(ticket->data, x.out, ticket->length);
}

static void make_user(struct test_initiator *i, const char *target, const krb5_data *ticket)
{
	uint8_t sum[24];

	test_initiator_checksum(sum, TEST_GSS_FLAGS, NULL);
	test_initiator_make(i, &(struct test_intent){
		.cache = cache, .target = target, .options = AP_OPTS_MUTUAL_REQUIRED,
		.checksum = sum, .checksum_length = sizeof(sum), .checksum_type = 0x8003,
		.peer_ticket = *ticket,
	});
}

static void test_user_to_user(void)
{
	const char *keytab = test_kdc_path("host.keytab");
	struct krb5_tgt_key key, other;
	krb5_data ticket, unused;
	struct test_accept user = { .flags = CREDSSP_HLP_KRB5_USER_TO_USER, .tgt_key = &key };
	struct test_initiator i;
	krb5_keyblock *subkey;
	uint32_t sequence;

	get_tgt(keytab, HOST, HOST AT, &ticket, &key);
	get_tgt(keytab, OTHER, OTHER AT, &unused, &other);
	make_user(&i, HOST, &ticket);
	/* Not with the keytab, nor with another TGT */
	accept_req(&plain, i.req, i.length);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED && x.reply.message_length);
	user.tgt_key = &other;
	accept_req(&user, i.req, i.length);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_KEY && x.reply.message_length);
	user.tgt_key = &key;
	succeed(&user, i.req, i.length);
	test_initiator_finish(&i, x.out, x.reply.message_length, &subkey, &sequence);
	ENSURE(!memcmp(subkey->contents, x.reply.key, x.reply.key_length));
	krb5_free_keyblock(i.context, subkey);
	fail(&user, i.req, i.length, CREDSSP_HLP_KRB5_FAIL_REPLAY, 34);
	test_initiator_free(&i);
	/* An AP-REQ that is not user-to-user */
	make(&i, HOST, NULL);
	accept_req(&user, i.req, i.length);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_KEY && x.reply.message_length);
	test_initiator_free(&i);
	free(ticket.data);
	free(unused.data);
}

static void test_tgts(void)
{
	static const struct {
		const char *keytab, *spn;
		uint32_t failure, error;
	} rows[] = {
		{ "/nonexistent", "", CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0 },
		{ "host.keytab", "TERMSRV/nobody.test", CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0 },
		{ "host.keytab", "nonsense", CREDSSP_HLP_KRB5_FAIL_NO_REALM, 0 },
		{ "gone.keytab", "", CREDSSP_HLP_KRB5_FAIL_CLIENT, 6 },
	};
	struct krb5_tgt_key key;
	krb5_data ticket;

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		test_acceptor_get_tgt(&x, rows[n].keytab[0] == '/' ? rows[n].keytab :
				      test_kdc_path(rows[n].keytab), rows[n].spn);
		ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
		ENSURE(x.reply.failure == rows[n].failure && x.reply.error == rows[n].error);
		ENSURE(!x.reply.message_length && !x.reply.saved_length);
	}
	/* As in an Active Directory: the KDC lets the computer's account only log on. */
	get_tgt(test_kdc_path("computer.keytab"), "TERMSRV/alias.test", "BOX$" AT, &ticket,
		&key);
	free(ticket.data);
}

/* ---- many at once --------------------------------------------------------------- */

static void test_crowd(void)
{
	static struct test_initiator i[CROWD];
	static struct test_acceptor w[CROWD];

	for (int n = 0; n < CROWD; n++)
		make(&i[n], HOST, NULL);
	for (int again = 0; again < 2; again++) {
		for (int n = 0; n < CROWD; n++)
			test_acceptor_start(&w[n], &plain, i[n].req, i[n].length);
		for (int n = 0; n < CROWD; n++) {
			ENSURE(!test_acceptor_finish(&w[n]));
			if (!again)
				ENSURE(w[n].reply.state == CREDSSP_HLP_KRB5_DONE);
			else
				ENSURE(w[n].reply.failure == CREDSSP_HLP_KRB5_FAIL_REPLAY);
		}
	}
	for (int n = 0; n < CROWD; n++)
		test_initiator_free(&i[n]);
}

/* Of the same AP-REQ at the same moment one is accepted. */
static void test_race(void)
{
	static struct test_acceptor w[16];
	struct test_initiator i;
	int good = 0;

	make(&i, HOST, NULL);
	for (int n = 0; n < 16; n++)
		test_acceptor_start(&w[n], &plain, i.req, i.length);
	for (int n = 0; n < 16; n++) {
		ENSURE(!test_acceptor_finish(&w[n]));
		good += w[n].reply.state == CREDSSP_HLP_KRB5_DONE;
	}
	ENSURE(good == 1);
	test_initiator_free(&i);
}

/* ---- set-up -------------------------------------------------------------------- */

static void set_up_realm(void)
{
	static const char *const types[] = { "aes256-cts", "aes128-cts", "aes256-sha2",
					     "aes128-sha2", "rc4-hmac" };
	const char *keytab = test_kdc_path("host.keytab");

	test_kdc_admin("addprinc -pw secret alice");
	add_service(HOST, "host.keytab");
	add_service(OTHER, "host.keytab");
	add_service("host/plain.test", "host.keytab");
	add_service("TERMSRV/weaksession.test", "host.keytab");
	test_kdc_admin("setstr TERMSRV/weaksession.test session_enctypes rc4-hmac");
	for (int i = 0; i < 5; i++) {
		test_kdc_admin("addprinc -randkey -e %s:normal TERMSRV/%s.test", types[i],
			       types[i]);
		test_kdc_admin("setstr TERMSRV/%s.test session_enctypes %s", types[i], types[i]);
		test_kdc_admin("ktadd -k %s -norandkey TERMSRV/%s.test", keytab, types[i]);
	}
	add_service("TERMSRV/else.test", "other.keytab");
	add_service("TERMSRV/gone.test", "gone.keytab");
	test_kdc_admin("delprinc -force TERMSRV/gone.test");
	add_service("TERMSRV/alias.test", "computer.keytab");
	test_kdc_admin("delprinc -force TERMSRV/alias.test");
	add_service("BOX$", "computer.keytab");
	test_kdc_shell("echo secret | kinit -f -c %s alice >%s 2>&1", cache,
		       test_kdc_path("kinit.log"));
}

static const struct test_case tests[] = {
	{ "GSSAPI", test_gssapi },
	{ "libkrb5", test_libkrb5 },
	{ "a delegated TGT", test_delegation },
	{ "checksums of the authenticator", test_checksums },
	{ "channel bindings", test_bindings },
	{ "a replay", test_replay },
	{ "clocks that differ", test_skew },
	{ "times of the ticket", test_ticket_times },
	{ "keytabs", test_keytabs },
	{ "the SPN of the service", test_spn },
	{ "weak encryption", test_weak },
	{ "AP-REQs cut short or altered", test_malformed },
	{ "malformed requests", test_malformed_requests },
	{ "user to user", test_user_to_user },
	{ "TGTs of the acceptor", test_tgts },
	{ "the same AP-REQ at once", test_race },
	{ "200 at once", test_crowd },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	test_kdc_start();
	snprintf(cache, sizeof(cache), "FILE:%s", test_kdc_path("cc"));
	set_up_realm();
	ENSURE(!mkdir(test_kdc_path("replays"), 0700));
	test_acceptor_use_replays(test_kdc_path("replays"));
	test_acceptor_begin();
	test_run("acceptor", tests, sizeof(tests) / sizeof(tests[0]));
	test_acceptor_end();
	test_kdc_end();
	return 0;
}
