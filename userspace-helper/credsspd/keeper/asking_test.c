// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handshakes that wait for the key keeper, beside others: the engine and the keeper
 * are real, the workers and the servers are played by this program.
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include "base/log.h"
#include "certs/elements.h"
#include "certs/keyring.h"
#include "keeper_impl.h"
#include "tests/test.h"
#include "tests/test_client.h"
#include "tests/test_daemon.h"
#include "tls/client_cert.h"

/*
 * Two ALICEs, one for each version, so that the pause after a lost worker does not affect
 * the other version
 */
enum { ALICE_12 = 1, ALICE_13 = 2, BOB = 3, CAROL = 4 };

/* What a worker does; SIGNING covers both sign operations. */
enum deed { NOTHING, FINDING, SIGNING };

/* What alice's worker answers when it is asked for the certificate */
enum chain {
	CHAIN_GOOD,
	CHAIN_EMPTY,	/* many certificates of no bytes */
	CHAIN_LONG,	/* one certificate more than a chain may have */
	CHAIN_ELEMENTS,	/* one of more DER elements than are read */
	CHAIN_CUT,	/* a certificate, and part of a length */
};

/**
 * struct shared - what all processes see
 * @slow: the deed before which alice's worker waits at the gate
 * @deadly: the one that it does not survive
 * @error: of its answers, an errno; 0: none
 * @chain: its certificates
 * @waiting: how often she was at the gate
 * @signing: how often it was asked for a signature
 * @pid: the last of these workers
 * @gate: each post lets it pass once
 */
static struct shared {
	enum deed slow;
	enum deed deadly;
	int error;
	enum chain chain;
	unsigned int waiting;
	unsigned int signing;
	pid_t pid;
	sem_t gate;
} *shared;

static struct keeper *keys;
static uint32_t alice;
static struct tls_options options = {
	.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
};

static struct tls_context *client;
static const char *server_priorities;
static gnutls_certificate_credentials_t server_credentials;
/* Of a server that accepts the certificates of another issuer only */
static gnutls_certificate_credentials_t strict_credentials;

/* One certificate and key for all: whose it is does not matter here. */
static gnutls_x509_privkey_t key;
static gnutls_x509_crt_t cert, other_issuer;

static gnutls_x509_crt_t make_certificate(const char *name)
{
	const time_t now = time(NULL);
	gnutls_x509_crt_t c;

	ENSURE(!gnutls_x509_crt_init(&c));
	ENSURE(!gnutls_x509_crt_set_version(c, 3) && !gnutls_x509_crt_set_key(c, key) &&
	       !gnutls_x509_crt_set_serial(c, "\1", 1) &&
	       !gnutls_x509_crt_set_activation_time(c, now - 3600) &&
	       !gnutls_x509_crt_set_expiration_time(c, now + 86400) &&
	       !gnutls_x509_crt_set_dn(c, name, NULL) &&
	       !gnutls_x509_crt_sign2(c, c, key, GNUTLS_DIG_SHA256, 0));
	return c;
}

static void make_certificates(void)
{
	ENSURE(!gnutls_x509_privkey_init(&key));
	ENSURE(!gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
	cert = make_certificate("CN=test");
	other_issuer = make_certificate("CN=other");
}

static void make_servers(void)
{
	ENSURE(!gnutls_certificate_allocate_credentials(&server_credentials) &&
	       !gnutls_certificate_set_x509_key(server_credentials, &cert, 1, key));
	ENSURE(!gnutls_certificate_allocate_credentials(&strict_credentials) &&
	       !gnutls_certificate_set_x509_key(strict_credentials, &cert, 1, key) &&
	       gnutls_certificate_set_x509_trust(strict_credentials, &other_issuer, 1) == 1);
}

/* ---- the workers -------------------------------------------------------------- */

static size_t put_length(uint8_t *to, size_t length)
{
	for (int i = 0; i < 4; i++)
		to[i] = length >> (24 - 8 * i);
	return 4 + length;
}

static size_t put_cert(uint8_t *to)
{
	size_t length = 4096;

	ENSURE(!gnutls_x509_crt_export(cert, GNUTLS_X509_FMT_DER, to + 4, &length));
	return put_length(to, length);
}

/* A SEQUENCE of NULLs */
static size_t put_elements(uint8_t *to)
{
	static const uint8_t nulls[] = { 5, 0 };
	const size_t length = sizeof(nulls) * (ELEMENTS_OF_CERT + 1);
	uint8_t *p = to + 4;

	*p++ = 0x30;
	*p++ = 0x82;
	*p++ = length >> 8;
	*p++ = length & 0xff;
	for (size_t i = 0; i < length; i += sizeof(nulls))
		memcpy(p + i, nulls, sizeof(nulls));
	return put_length(to, 4 + length);
}

static size_t put_chain(uint8_t *to, enum chain chain)
{
	size_t n = 0;

	switch (chain) {
	case CHAIN_EMPTY:
		memset(to, 0, KEEPER_DATA_MAX);
		return KEEPER_DATA_MAX;
	case CHAIN_LONG:
		for (int i = 0; i < KEYRING_CHAIN + 1; i++)
			n += put_cert(to + n);
		return n;
	case CHAIN_ELEMENTS:
		return put_elements(to);
	case CHAIN_CUT:
		return put_cert(to) + 3;
	default:
		return put_cert(to);
	}
}

static size_t put_signature(uint8_t *to, const struct keeper_request *rq, const void *data,
			    size_t length)
{
	gnutls_datum_t signature, d = { (unsigned char *)data, length };
	gnutls_privkey_t k;
	int ret;

	ENSURE(!gnutls_privkey_init(&k) && !gnutls_privkey_import_x509(k, key, 0));
	if (rq->op == KEEPER_SIGN_HASH)
		ret = gnutls_privkey_sign_hash2(k, rq->algorithm, 0, &d, &signature);
	else
		ret = gnutls_privkey_sign_data2(k, rq->algorithm, 0, &d, &signature);
	ENSURE(!ret && signature.size < 512);
	memcpy(to, signature.data, signature.size);
	length = signature.size;
	gnutls_free(signature.data);
	gnutls_privkey_deinit(k);
	return length;
}

int keeper_work(int fd, const char *directory, uint32_t uid)
{
	static uint8_t in[KEEPER_REQUEST_MAX], out[KEEPER_ANSWER_MAX];
	struct keeper_answer head = { 0 };
	struct keeper_request rq;
	enum deed deed;
	ssize_t got;
	size_t n;

	(void)directory;
	if (uid != BOB)
		shared->pid = getpid();
	while ((got = read(fd, in, sizeof(in))) >= (ssize_t)sizeof(rq)) {
		memcpy(&rq, in, sizeof(rq));
		deed = rq.op == KEEPER_FIND ? FINDING : SIGNING;
		shared->signing += uid != BOB && deed == SIGNING;
		if (uid != BOB && deed == shared->deadly)
			return EXIT_FAILURE;
		if (uid != BOB && deed == shared->slow) {
			shared->waiting++;
			if (sem_wait(&shared->gate))
				return EXIT_FAILURE;
		}
		head.id = rq.id;
		head.error = uid != BOB ? shared->error : 0;
		memcpy(out, &head, sizeof(head));
		if (head.error)
			n = 0;
		else if (deed == FINDING)
			n = put_chain(out + sizeof(head),
				      uid != BOB ? shared->chain : CHAIN_GOOD);
		else
			n = put_signature(out + sizeof(head), &rq, in + sizeof(rq),
					  got - sizeof(rq));
		if (write(fd, out, sizeof(head) + n) < 0)
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

bool keyring_has_user(const char *directory, uint32_t uid)
{
	(void)directory;
	return uid != CAROL;
}

bool keyring_name_ok(const char *name)
{
	return *name;
}

/* ---- the servers -------------------------------------------------------------- */

/**
 * struct peer - a handshake, seen from its server
 * @id: of the conversation
 * @uid: of the client
 * @session: the server's
 * @to_server, @to_client: what is under way; of @to_server @taken bytes are taken
 * @over: the server has done its part
 * @held: the engine holds back a reply
 * @r: its last reply
 */
struct peer {
	uint64_t id;
	uint32_t uid;
	gnutls_session_t session;
	struct bytes to_server;
	size_t taken;
	struct bytes to_client;
	bool over;
	bool held;
	struct test_reply r;
};

static ssize_t pull(gnutls_transport_ptr_t p, void *data, size_t n)
{
	struct peer *peer = p;
	size_t left = peer->to_server.len - peer->taken;

	if (!left) {
		gnutls_transport_set_errno(peer->session, EAGAIN);
		return -1;
	}
	if (n > left)
		n = left;
	memcpy(data, peer->to_server.data + peer->taken, n);
	peer->taken += n;
	return n;
}

static ssize_t push(gnutls_transport_ptr_t p, const void *data, size_t n)
{
	struct peer *peer = p;

	return bytes_append(&peer->to_client, data, n, CREDSSP_HLP_MAX_MESSAGE) ? -1 : (ssize_t)n;
}

static void run_server(struct peer *p)
{
	ENSURE(!bytes_append(&p->to_server, p->r.wire, p->r.tls.wire_length,
			     CREDSSP_HLP_MAX_MESSAGE));
	if (!p->over)
		p->over = !gnutls_handshake(p->session);
}

/* All that the server has to say at once; until the end, or until the reply is held back. */
static void go_on(struct engine *e, struct peer *p)
{
	while (!p->held && !p->r.error && p->r.tls.state == CREDSSP_HLP_TLS_CONTINUE) {
		run_server(p);
		ENSURE(p->to_client.len);
		test_as(p->uid);
		p->held = !test_ask(e, CREDSSP_HLP_TLS_STEP, p->id, p->to_client.data,
				    p->to_client.len, &p->r);
		p->to_client.len = 0;
	}
	if (!p->held && !p->r.error)
		run_server(p);
}

static void begin_as(struct engine *e, struct peer *p, uint64_t id, uint32_t uid,
		     const char *name, bool may_ask)
{
	*p = (struct peer){ .id = id, .uid = uid };
	ENSURE(!gnutls_init(&p->session, GNUTLS_SERVER | GNUTLS_NONBLOCK));
	ENSURE(!gnutls_priority_set_direct(p->session, server_priorities, NULL));
	ENSURE(!gnutls_credentials_set(p->session, GNUTLS_CRD_CERTIFICATE, server_credentials));
	gnutls_certificate_server_set_request(p->session, GNUTLS_CERT_REQUEST);
	gnutls_handshake_set_timeout(p->session, 0);
	gnutls_transport_set_ptr(p->session, p);
	gnutls_transport_set_pull_function(p->session, pull);
	gnutls_transport_set_push_function(p->session, push);
	test_as(uid);
	test_cert(name, may_ask);
	test_start(e, id, "server.test", &p->r);
	go_on(e, p);
}

static void begin(struct engine *e, struct peer *p, uint64_t id, uint32_t uid)
{
	begin_as(e, p, id, uid, uid == CAROL ? "" : "own", false);
}

static struct peer *find_peer(struct peer *peers, size_t count, uint64_t id)
{
	for (size_t i = 0; i < count; i++) {
		if (peers[i].id == id)
			return &peers[i];
	}
	return NULL;
}

/* Go on with all of @peers until @p is through. */
static void await(struct engine *e, struct peer *peers, size_t count, const struct peer *p)
{
	struct test_reply r;
	struct peer *other;
	uint64_t id;

	while (p->held) {
		test_wait();
		while ((id = test_resume(e, &r))) {
			other = find_peer(peers, count, id);
			ENSURE(other && other->held);
			other->held = false;
			other->r = r;
			go_on(e, other);
		}
	}
}

static void finish(struct peer *p)
{
	gnutls_deinit(p->session);
	bytes_free(&p->to_server);
	bytes_free(&p->to_client);
}

static bool is_done(const struct peer *p, bool with_cert)
{
	unsigned int count = 0;

	return !p->held && !p->r.error && p->r.tls.state == CREDSSP_HLP_TLS_DONE && p->over &&
	       !(p->r.tls.flags & CREDSSP_HLP_TLS_CERT_SENT) == !with_cert &&
	       !gnutls_certificate_get_peers(p->session, &count) == !with_cert;
}

static void set_alice(enum deed slow, enum deed deadly)
{
	shared->slow = slow;
	shared->deadly = deadly;
}

/* One handshake waits for its key; the others continue. */
static void test_others(void)
{
	struct engine *e = engine_new(client);
	struct peer p[3];

	for (enum deed deed = FINDING; deed <= SIGNING; deed++) {
		set_alice(deed, NOTHING);
		begin(e, &p[0], 1, alice);
		begin(e, &p[1], 2, BOB);
		begin(e, &p[2], 3, CAROL);
		await(e, p, 3, &p[2]);
		ENSURE(is_done(&p[2], false));
		await(e, p, 3, &p[1]);
		ENSURE(is_done(&p[1], true));
		ENSURE(p[0].held && engine_count(e) == 1);
		sem_post(&shared->gate);
		await(e, p, 3, &p[0]);
		ENSURE(is_done(&p[0], true) && !engine_count(e));
		for (int j = 0; j < 3; j++)
			finish(&p[j]);
	}
	engine_free(e);
}

/* Until alice's worker has been asked for a signature and waits at the gate */
static void begin_signing(struct engine *e, struct peer *p)
{
	volatile unsigned int *waiting = &shared->waiting;
	const unsigned int before = *waiting;
	struct test_reply r;

	set_alice(SIGNING, NOTHING);
	begin(e, p, 1, alice);
	while (*waiting == before) {
		test_wait();
		ENSURE(!test_resume(e, &r));
	}
	ENSURE(p->held);
}

/* END: the requester has given up. The late answer is dropped. */
static void test_end_while_asking(void)
{
	struct engine *e = engine_new(client);
	struct test_reply r;
	struct peer p[2];

	begin_signing(e, &p[0]);
	test_end(e, 1);
	ENSURE(!engine_count(e));
	sem_post(&shared->gate);
	begin(e, &p[1], 2, BOB);
	await(e, p, 2, &p[1]);
	ENSURE(is_done(&p[1], true) && !test_resume(e, &r));
	finish(&p[0]);
	finish(&p[1]);
	/* nor is there anything to come when the engine goes */
	begin_signing(e, &p[0]);
	engine_free(e);
	sem_post(&shared->gate);
	finish(&p[0]);
}

/* Requests that cannot be are refused, and do not hurt the one that waits. */
static void test_requests_while_asking(void)
{
	struct credssp_hlp_tls_cert answer = { 0 };
	struct engine *e = engine_new(client);
	struct test_reply r;
	struct peer p;

	begin_signing(e, &p);
	test_call(e, CREDSSP_HLP_TLS_STEP, 1, "x", 1, &r);
	ENSURE(r.error == EPROTO);
	test_call(e, CREDSSP_HLP_TLS_CERT, 1, &answer, sizeof(answer), &r);
	ENSURE(r.error == EPROTO);
	test_call(e, CREDSSP_HLP_TLS_TICKET, 1, "x", 1, &r);
	ENSURE(r.error == EPROTO);
	test_start(e, 1, "server.test", &r);
	ENSURE(r.error == EEXIST);
	ENSURE(engine_count(e) == 1);
	sem_post(&shared->gate);
	await(e, &p, 1, &p);
	ENSURE(is_done(&p, true));
	finish(&p);
	engine_free(e);
}

/* It has failed for its certificate, and the server learns of it. */
static bool is_failed(const struct peer *p)
{
	return !p->held && !p->r.error && p->r.tls.state == CREDSSP_HLP_TLS_FAILED &&
	       p->r.tls.failure == CREDSSP_HLP_FAIL_CLIENT_CERT && p->r.tls.wire_length &&
	       !p->over;
}

/* ... and nothing is left. */
static bool has_failed(struct engine *e, const struct peer *p)
{
	return is_failed(p) && !engine_count(e);
}

/* Without a certificate the handshake continues; if the keeper cannot tell, it fails. */
static void test_errors(void)
{
	static const int errors[] = {
		EBUSY, EIO, ETIMEDOUT, EAGAIN, ENOMEM, EMFILE, ENOENT,
	};
	struct engine *e = engine_new(client);
	struct peer p;

	set_alice(NOTHING, NOTHING);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		shared->error = errors[i];
		begin(e, &p, 1, alice);
		await(e, &p, 1, &p);
		ENSURE(errors[i] == ENOENT ? is_done(&p, false) : has_failed(e, &p));
		finish(&p);
	}
	shared->error = 0;
	engine_free(e);
}

/* The module's answer names a certificate that the keeper cannot look up now. */
static void test_error_of_answer(void)
{
	struct engine *e = engine_new(client);
	struct peer p;

	shared->error = EBUSY;
	begin_as(e, &p, 1, alice, "", true);
	ENSURE(!p.held && p.r.tls.state == CREDSSP_HLP_TLS_CERT_WANTED);
	test_answer(e, 1, "own", &p.r);
	ENSURE(has_failed(e, &p));
	finish(&p);
	shared->error = 0;
	engine_free(e);
}

/*
 * Answers that would take long to read are not read. They fail the handshake, instead of
 * looking like certificates that the server does not accept.
 */
static void test_chains(void)
{
	gnutls_certificate_credentials_t ordinary = server_credentials;
	struct engine *e = engine_new(client);
	struct peer p;

	set_alice(NOTHING, NOTHING);
	server_credentials = strict_credentials;
	for (shared->chain = CHAIN_GOOD; shared->chain <= CHAIN_CUT; shared->chain++) {
		begin(e, &p, 1, alice);
		await(e, &p, 1, &p);
		ENSURE(shared->chain == CHAIN_GOOD ? is_done(&p, false) : has_failed(e, &p));
		finish(&p);
	}
	shared->chain = CHAIN_GOOD;
	server_credentials = ordinary;
	engine_free(e);
}

/* A worker that ends fails one handshake, whatever it was asked for. */
static void test_lost(void)
{
	const unsigned int signing = shared->signing;
	struct engine *e = engine_new(client);
	struct peer p;

	set_alice(NOTHING, FINDING);
	begin(e, &p, 1, alice);
	await(e, &p, 1, &p);
	ENSURE(has_failed(e, &p) && shared->signing == signing);
	finish(&p);
	set_alice(NOTHING, SIGNING);
	do {	/* until she may have a worker again */
		usleep(10000);
		begin(e, &p, 1, alice);
		await(e, &p, 1, &p);
		ENSURE(has_failed(e, &p));
		finish(&p);
	} while (shared->signing == signing);
	set_alice(NOTHING, NOTHING);
	do {
		usleep(10000);
		begin(e, &p, 1, alice);
		await(e, &p, 1, &p);
		ENSURE(has_failed(e, &p) || is_done(&p, true));
		finish(&p);
	} while (p.r.tls.state == CREDSSP_HLP_TLS_FAILED);
	engine_free(e);
}

static struct test_daemon helper;

static void start_daemon(unsigned int threads)
{
	test_daemon_start(&helper, threads, "directory", NULL);
	test_through(helper.device);
}

static void stop_daemon(void)
{
	test_through(-1);
	test_daemon_stop(&helper);
	/* The worker must not take what the next test posts at the gate. */
	while (shared->pid && !kill(shared->pid, 0))
		usleep(10000);
}

/*
 * The certificate is found, then the signature does not come: only the daemon's own loop
 * can end this handshake. On a slow machine finding may take all the time that there is.
 */
static void loop_with(unsigned int threads)
{
	const struct keeper_patience patience = keeper_patience;
	const unsigned int signing = shared->signing;
	struct peer p;

	set_alice(SIGNING, NOTHING);
	keeper_patience.sign = 10 * TEST_ANSWER_MS;
	keeper_patience.lost = 10 * TEST_ANSWER_MS;
	for (keeper_patience.wait = 100; shared->signing == signing; keeper_patience.wait *= 2) {
		start_daemon(threads);
		begin(NULL, &p, 1, alice);
		ENSURE(is_failed(&p));
		finish(&p);
		stop_daemon();
	}
	keeper_patience = patience;
	set_alice(NOTHING, NOTHING);
}

static void test_loop(void)
{
	loop_with(1);
	loop_with(2);
}

/* Certificate and signature come, and the thread that waits for them learns of both. */
static void test_threads(void)
{
	struct peer p;

	start_daemon(3);
	for (uint64_t id = 1; id <= 12; id++) {
		begin(NULL, &p, id, id % 2 ? alice : BOB);
		ENSURE(is_done(&p, true));
		finish(&p);
	}
	stop_daemon();
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "a handshake that waits for its key holds up no other", test_others },
	{ "END of one that waits", test_end_while_asking },
	{ "other requests of one that waits", test_requests_while_asking },
	{ "the keeper says that there is none, or cannot say", test_errors },
	{ "... after the module was asked", test_error_of_answer },
	{ "its worker sends what is no chain", test_chains },
	{ "its worker ends", test_lost },
	{ "a daemon of several threads", test_threads },
	{ "the daemon's loop: the signature does not come", test_loop },
};

static void run(const char *version, const char *priorities)
{
	server_priorities = priorities;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		tests[i].run();
		printf("ok engine and key keeper, TLS %s: %s\n", version, tests[i].name);
		fflush(stdout);
	}
}

int main(void)
{
	log_setup(getenv("VERBOSE"));
	make_certificates();
	make_servers();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ENSURE(shared != MAP_FAILED && !sem_init(&shared->gate, 1, 0));
	keys = keeper_start("directory");
	ENSURE(keys);
	test_keeper(keys);
	options.keys = keys;
	client = tls_context_new(&options);
	ENSURE(client);
	alice = ALICE_12;
	run("1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.2");
	alice = ALICE_13;
	run("1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3");
	tls_context_free(client);
	keeper_stop(keys);
	gnutls_certificate_free_credentials(server_credentials);
	gnutls_certificate_free_credentials(strict_credentials);
	return 0;
}
