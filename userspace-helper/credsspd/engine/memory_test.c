// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of conversations: none holds more than its charge, and the
 * budgets of users are kept. The memory of the worst case is printed, from
 * which the unit's MemoryMax= is derived.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <gnutls/x509.h>
#include "base/clock.h"
#include "base/log.h"
#include "budget.h"
#include "certs/elements.h"
#include "certs/issuers.h"
#include "certs/keyring.h"
#include "certs/trust.h"
#include "keeper/keeper.h"
#include "keeper/keeper_impl.h"
#include "tests/test.h"
#include "tests/test_server.h"

static struct tls_context *client;
/* Bytes of the longest chain of a client, which is the certificate "own" */
static size_t own_length;

#define PLAIN	.hello_extension = -1, .ee_extension = -1
/*
 * A chain that nearly fills the 64 KiB of a Certificate message, and
 * one of fewer, larger certificates
 */
#define LONG	.chain = 16, .cert_size = 3700
#define HALF	.chain = 7, .cert_size = 7400
/* Names of issuers, as many as there may be, and as long, in nearly 64 KiB */
#define MANY	.ask = true, .issuers = ISSUERS_COUNT
#define EMPTY	MANY, .nameless = true
#define LARGE	.ask = true, .issuers = 190, .issuer_size = 280

/* Two certificates with all the names that a chain may have, beside what each must have */
#define NAMED	.chain = ELEMENTS_MAX / ELEMENTS_OF_CERT, .names = ELEMENTS_OF_CERT - 48
/* As long as they may be, CREDSSP_MAX_CERT, but of few elements */
#define BIG	.chain = 2, .cert_size = 31900
/* A certificate that is kept in its parsed form */
#define FEW	.chain = 1, .names = TRUST_FEW_ELEMENTS - 48
#define KEPT	FEW, .cert_size = TRUST_FEW_BYTES - 1200

/* What is in use of the heap. */
static size_t heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static size_t rss(void)
{
	long total, resident;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f || fscanf(f, "%ld %ld", &total, &resident) != 2)
		test_fail("cannot read /proc/self/statm");
	fclose(f);
	return resident * sysconf(_SC_PAGESIZE);
}

/* What one flight may take: a chain and a list of issuers, 64 KiB each, and the rest */
static uint8_t flight[BUDGET_HANDSHAKE];

static bool read_all(int fd, void *to, size_t length)
{
	uint8_t *p = to;
	ssize_t n;

	for (; length; p += n, length -= n) {
		n = read(fd, p, length);
		if (n <= 0)
			return false;
	}
	return true;
}

static void write_all(int fd, const void *from, size_t length)
{
	const uint8_t *p = from;
	ssize_t n;

	for (; length; p += n, length -= n) {
		n = write(fd, p, length);
		ENSURE(n > 0);
	}
}

/* A process with servers that @o is for: a ClientHello in, the first flight out. */
__attribute__((noreturn))
static void serve(const struct test_server_options *o, int fd)
{
	static uint8_t hello[65536];
	const uint8_t *answer;
	struct test_server *s;
	size_t length;

	while (read_all(fd, &length, sizeof(length)) && length <= sizeof(hello) &&
	       read_all(fd, hello, length)) {
		s = test_server_new(o);
		answer = test_server_step(s, hello, length, &length);
		write_all(fd, &length, sizeof(length));
		write_all(fd, answer, length);
		test_server_free(s);
	}
	_exit(EXIT_SUCCESS);
}

/* Such a process: what is measured must not have the servers' memory between. */
static int server_for(const struct test_server_options *o)
{
	static struct test_server_options served;
	static int fd = -1;
	int fds[2];
	pid_t pid;

	if (fd >= 0 && !memcmp(&served, o, sizeof(served)))
		return fd;
	if (fd >= 0)
		close(fd);
	ENSURE(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
	pid = fork();
	ENSURE(pid >= 0);
	if (!pid) {
		close(fds[0]);
		serve(o, fds[1]);
	}
	close(fds[1]);
	served = *o;
	fd = fds[0];
	return fd;
}

/* The first flight, into @flight; its length. */
static size_t get_flight(const struct test_server_options *o, const struct test_reply *start)
{
	const size_t hello = start->tls.wire_length;
	const int fd = server_for(o);
	size_t length;

	write_all(fd, &hello, sizeof(hello));
	write_all(fd, start->wire, hello);
	ENSURE(read_all(fd, &length, sizeof(length)) && length && length <= sizeof(flight) &&
	       read_all(fd, flight, length));
	return length;
}

static size_t last_record(size_t length)
{
	size_t at = 0, next = 0;

	while (next < length) {
		at = next;
		next += 5 + ((size_t)flight[at + 3] << 8 | flight[at + 4]);
	}
	return at;
}

/* Will the sessions of the next conversations be resumed? At first not. */
static bool resumable;

/*
 * Begin a conversation and feed it the server's first flight; with @part
 * without the last record, so that the conversation waits for that. Return
 * the bytes fed, or 0 if it is refused.
 */
static size_t begin(struct engine *e, uint64_t id, const struct test_server_options *o,
		    bool part, struct test_reply *r)
{
	size_t length, at, n;

	if (resumable)
		test_start_session(e, id, "server.test", NULL, 0, r);
	else
		test_start(e, id, "server.test", r);
	if (r->error)
		return 0;
	length = get_flight(o, r);
	if (part)
		length = last_record(length);
	for (at = 0; at < length && !r->error && r->tls.state == CREDSSP_HLP_TLS_CONTINUE;
	     at += n) {
		n = length - at < 65536 ? length - at : 65536;
		test_call(e, CREDSSP_HLP_TLS_STEP, id, flight + at, n, r);
	}
	return r->error ? 0 : length;
}

/* A message of several records that come in one step, as with the token transport */
static void test_long_messages(void)
{
	struct test_server_options o = { PLAIN, LONG };
	struct engine *e = engine_new(client);
	struct test_reply r;

	for (o.version = TLS_1_2; o.version <= TLS_1_3; o.version++) {
		struct test_server *s = test_server_new(&o);

		test_start(e, 1, "server.test", &r);
		test_relay(e, 1, s, &r);
		if (r.error || r.tls.state != CREDSSP_HLP_TLS_DONE)
			test_fail("TLS 0x%x: error %u, state %u, failure %u, alert %u", o.version,
				  r.error, r.tls.state, r.tls.failure, r.tls.alert);
		test_server_free(s);
	}
	engine_free(e);
}

/*
 * The first flight is fed, or all but its last record; or all of it, and the client has a
 * certificate
 */
enum feed { WHOLE, PART, CERT };

static const struct {
	const char *name;
	struct test_server_options o;
	enum feed feed;
} shapes[] = {
	{ "TLS 1.2, ordinary", { .version = TLS_1_2, PLAIN, .ask = true }, WHOLE },
	{ "TLS 1.3, ordinary", { .version = TLS_1_3, PLAIN, .ask = true }, WHOLE },
	{ "TLS 1.2, long chain", { .version = TLS_1_2, PLAIN, LONG, .ask = true }, WHOLE },
	{ "TLS 1.2, long chain, in part", { .version = TLS_1_2, PLAIN, LONG }, PART },
	{ "TLS 1.3, long chain, in part", { .version = TLS_1_3, PLAIN, LONG }, PART },
	{ "TLS 1.2, small certificates",
	  { .version = TLS_1_2, PLAIN, .chain = 140, .ask = true }, WHOLE },
	{ "TLS 1.2, many names", { .version = TLS_1_2, PLAIN, NAMED, .ask = true }, WHOLE },
	{ "TLS 1.3, many names", { .version = TLS_1_3, PLAIN, NAMED, .ask = true }, WHOLE },
	{ "TLS 1.2, big certificates", { .version = TLS_1_2, PLAIN, BIG, .ask = true }, WHOLE },
	{ "TLS 1.2, big certificates, in part", { .version = TLS_1_2, PLAIN, BIG }, PART },
	{ "TLS 1.3, big certificates, in part", { .version = TLS_1_3, PLAIN, BIG }, PART },
	{ "TLS 1.2, some names", { .version = TLS_1_2, PLAIN, FEW }, WHOLE },
	{ "TLS 1.3, some names, in part", { .version = TLS_1_3, PLAIN, FEW }, PART },
	{ "TLS 1.2, some names and bytes, in part", { .version = TLS_1_2, PLAIN, KEPT }, PART },
	{ "TLS 1.2, many issuers and names", { .version = TLS_1_2, PLAIN, MANY, NAMED }, WHOLE },
	{ "TLS 1.2, many issuers", { .version = TLS_1_2, PLAIN, MANY }, WHOLE },
	{ "TLS 1.2, many issuers, in part", { .version = TLS_1_2, PLAIN, MANY }, PART },
	{ "TLS 1.3, many issuers, in part", { .version = TLS_1_3, PLAIN, MANY }, PART },
	{ "TLS 1.3, many issuers", { .version = TLS_1_3, PLAIN, MANY }, WHOLE },
	{ "TLS 1.2, many empty issuers", { .version = TLS_1_2, PLAIN, EMPTY }, WHOLE },
	{ "TLS 1.3, many empty issuers", { .version = TLS_1_3, PLAIN, EMPTY }, WHOLE },
	{ "TLS 1.2, many empty issuers and some names",
	  { .version = TLS_1_2, PLAIN, EMPTY, FEW }, WHOLE },
	{ "TLS 1.2, many empty issuers, in part", { .version = TLS_1_2, PLAIN, EMPTY }, PART },
	{ "TLS 1.2, long issuers and chain", { .version = TLS_1_2, PLAIN, LARGE, HALF }, WHOLE },
	{ "TLS 1.3, long issuers and chain", { .version = TLS_1_3, PLAIN, LARGE, HALF }, WHOLE },
	{ "TLS 1.2, a client's chain", { .version = TLS_1_2, PLAIN, .ask = true }, CERT },
	{ "TLS 1.2, a client's chain and a long one",
	  { .version = TLS_1_2, PLAIN, LONG, .ask = true }, CERT },
	{ "TLS 1.3, a client's chain, waiting for tickets",
	  { .version = TLS_1_3, PLAIN, .ask = true }, CERT },
};

#define CONVERSATIONS	8

/* With a certificate a handshake of TLS 1.3 is over, and waits for tickets. */
static bool is_kept(const struct test_reply *r, bool cert)
{
	if (cert && r->tls.state == CREDSSP_HLP_TLS_DONE)
		return r->tls.flags & CREDSSP_HLP_TLS_CERT_SENT;
	return r->tls.state == CREDSSP_HLP_TLS_CONTINUE ||
	       (!cert && r->tls.state == CREDSSP_HLP_TLS_CERT_WANTED);
}

static void measure(size_t i)
{
	const bool part = shapes[i].feed == PART, cert = shapes[i].feed == CERT;
	struct engine *e = engine_new(client);
	size_t before = 0, fed = 0, held;
	struct test_reply r;

	/* The first one makes what GnuTLS makes once. */
	for (uint64_t id = 0; id <= CONVERSATIONS; id++) {
		if (id == 1)
			before = heap();
		fed = begin(e, id, &shapes[i].o, part, &r);
		if (!fed || !is_kept(&r, cert))
			test_fail("%s: error %u, state %u", shapes[i].name, r.error, r.tls.state);
	}
	if (cert)
		fed += own_length;
	held = (heap() - before) / CONVERSATIONS;
	printf("# %s: %zu bytes in, %zu held, charge %zu\n", shapes[i].name, fed, held,
	       budget_charge(fed));
	/* The stack of a stopped coroutine is not on the heap. */
	if (held + 16384 > budget_charge(fed))
		test_fail("%s: %zu bytes in, %zu held", shapes[i].name, fed, held);
	engine_free(e);
}

static void test_charges(void)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		resumable = shapes[i].feed == CERT;
		test_cert(resumable ? "own" : "", !resumable);
		measure(i);
	}
	test_cert("", false);
	resumable = false;
}

/* Begin conversations of @uid until one is refused. Return how many began. */
static unsigned int fill(struct engine *e, uint32_t uid, const struct test_server_options *o,
			 bool part)
{
	struct test_reply r;
	unsigned int n = 0;

	test_as(uid);
	while (begin(e, (uint64_t)uid << 32 | n, o, part, &r))
		n++;
	if (r.error != EDQUOT)
		test_fail("uid %u: error %u", uid, r.error);
	return n;
}

static bool works(struct engine *e, uint32_t uid)
{
	static const struct test_server_options o = { .version = TLS_1_3, PLAIN };
	struct test_server *s = test_server_new(&o);
	struct test_reply r;

	test_as(uid);
	test_start(e, 1, "server.test", &r);
	test_relay(e, 1, s, &r);
	test_server_free(s);
	return !r.error && r.tls.state == CREDSSP_HLP_TLS_DONE;
}

/* All places to wait for a certificate, with lists of issuers that hold the most */
static void fill_waiting(struct engine *e)
{
	static const struct test_server_options o = { .version = TLS_1_2, PLAIN, MANY };
	unsigned int n = 0;

	test_cert("", true);
	for (uint32_t uid = 2000; n < BUDGET_WAITING; uid++)
		n += fill(e, uid, &o, false);
	ENSURE(n == BUDGET_WAITING);
	test_cert("", false);
}

/* Users with all that they may have, then root with the rest. */
static void test_budget(void)
{
	static const struct test_server_options o = { .version = TLS_1_2, PLAIN, LONG };
	struct engine *e = engine_new(client);

	for (uint32_t uid = 1000; uid < 1003; uid++) {
		ENSURE(fill(e, uid, &o, true) >=
		       BUDGET_OF_USER / budget_charge(BUDGET_HANDSHAKE));
		ENSURE(works(e, uid + 1));
	}
	/* Memory that a user frees belongs to its share again. */
	test_end(e, (uint64_t)1000 << 32);
	ENSURE(works(e, 1000));
	ENSURE(fill(e, 0, &o, true));
	test_as(0);
	engine_free(e);
}

/* The client's chain is charged too, else there could be CONVERSATIONS_MAX of these. */
static void test_own(void)
{
	static const struct test_server_options o = { .version = TLS_1_2, PLAIN, .ask = true };
	struct engine *e = engine_new(client);
	unsigned int n;

	test_cert("own", false);
	n = fill(e, 0, &o, false);
	ENSURE(n && n <= BUDGET_MAX / budget_charge(own_length));
	test_cert("", false);
	engine_free(e);
}

/* All of the budget: those that wait, then chains of @o, the reserve at last. */
static void measure_all(const struct test_server_options *o)
{
	struct engine *e = engine_new(client);
	size_t before, taken;

	begin(e, 1, o, false, &(struct test_reply){ 0 });	/* what GnuTLS makes once */
	test_end(e, 1);
	malloc_trim(0);
	before = rss();
	fill_waiting(e);
	ENSURE(fill(e, 0, o, true));
	for (uint32_t uid = 3000; fill(e, uid, o, true); uid++)
		;
	taken = rss() - before;
	printf("# %zu conversations take %zu KiB, %u KiB budget\n", engine_count(e),
	       taken / 1024, BUDGET_MAX / 1024);
	ENSURE(taken < BUDGET_MEMORY);
	test_as(0);
	engine_free(e);
}

/* What the chains that take the most come to is what MemoryMax= has to allow. */
static void test_memory(void)
{
	static const struct test_server_options chains[] = {
		{ .version = TLS_1_2, PLAIN, LONG },
		{ .version = TLS_1_2, PLAIN, BIG },
		{ .version = TLS_1_2, PLAIN, FEW },
		{ .version = TLS_1_2, PLAIN, KEPT },
	};

	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++)
		measure_all(&chains[i]);
}

static void test_waiting(void)
{
	static const struct test_server_options o = { .version = TLS_1_3, PLAIN, .ask = true };
	const uint64_t first = (uint64_t)1000 << 32;
	struct engine *e = engine_new(client);
	struct test_reply r;

	test_cert("", true);
	ENSURE(fill(e, 1000, &o, false) == BUDGET_WAITING_OF_USER);
	/* Handshakes that do not wait for a choice are not refused. */
	ENSURE(works(e, 1000));
	ENSURE(fill(e, 1001, &o, false) == BUDGET_WAITING_OF_USER);
	test_as(1000);
	/* A conversation that goes on, and one that ends, free a place each. */
	test_answer(e, first, "", &r);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
	ENSURE(begin(e, 901, &o, false, &r) && r.tls.state == CREDSSP_HLP_TLS_CERT_WANTED);
	test_end(e, first + 1);
	ENSURE(begin(e, 902, &o, false, &r) && r.tls.state == CREDSSP_HLP_TLS_CERT_WANTED);
	ENSURE(!begin(e, 903, &o, false, &r) && r.error == EDQUOT);
	ENSURE(fill(e, 0, &o, false) ==
	       BUDGET_WAITING - BUDGET_WAITING_RESERVE - 2 * BUDGET_WAITING_OF_USER);
	/* The rest is for users with few. */
	ENSURE(fill(e, 1002, &o, false) == BUDGET_WAITING_FEW);
	test_as(0);
	test_cert("", false);
	engine_free(e);
}

/*
 * Begin up to @n conversations that wait for a certificate, each of another uid that
 * counts for @owner. Return how many wait.
 */
static unsigned int wait_as(struct engine *e, uint32_t owner, unsigned int n)
{
	static const struct test_server_options o = { .version = TLS_1_3, PLAIN, .ask = true };
	struct test_reply r;
	unsigned int i;

	for (i = 0; i < n; i++) {
		test_as_of(owner + i, owner);
		if (!begin(e, (uint64_t)owner << 32 | i, &o, false, &r))
			break;
	}
	ENSURE(i == n || r.error == EDQUOT);
	return i;
}

/* One user with many uids has one share, and leaves room for others. */
static void test_owner(void)
{
	struct engine *e = engine_new(client);

	test_cert("", true);
	ENSURE(wait_as(e, 100000, BUDGET_WAITING) == BUDGET_WAITING_OF_USER);
	/* Other users get the same share, up to the reserve. */
	ENSURE(wait_as(e, 200000, BUDGET_WAITING) == BUDGET_WAITING_OF_USER);
	ENSURE(wait_as(e, 300000, BUDGET_WAITING) == BUDGET_WAITING_OF_USER);
	ENSURE(wait_as(e, 400000, BUDGET_WAITING) == BUDGET_WAITING_FEW);
	ENSURE(wait_as(e, 500000, 1) == 1);
	test_as(0);
	test_cert("", false);
	engine_free(e);
}

/* Endless warnings, each of them short. */
static void test_endless(void)
{
	static const uint8_t warning[] = { 21, 3, 3, 0, 2, 1, 112 };
	struct engine *e = engine_new(client);
	struct test_reply r;
	size_t fed = 0;

	test_start(e, 1, "server.test", &r);
	while (!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE) {
		test_call(e, CREDSSP_HLP_TLS_STEP, 1, warning, sizeof(warning), &r);
		fed += sizeof(warning);
		ENSURE(fed <= BUDGET_HANDSHAKE);
	}
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_FAILED && !r.tls.alert);
	ENSURE(r.tls.wire_length == 7 && r.wire[0] == 21);
	ENSURE(!engine_count(e));
	engine_free(e);
}

/* A CertificateRequest with @count names of two bytes: of TLS 1.2, or of 1.3. */
static int check_names(unsigned int count, bool tls13)
{
	const unsigned int list = 4 * count;
	uint8_t *body = calloc(1, list + 16), *p = body;
	gnutls_datum_t msg = { body, 0 };
	int ret;

	if (!body)
		test_fail("no memory");
	*p++ = 0;
	if (tls13) {
		*p++ = (list + 6) >> 8;
		*p++ = list + 6;
		*p++ = 0;
		*p++ = 47;
		*p++ = (list + 2) >> 8;
	} else {
		*p++ = 0;
		p++;
	}
	if (tls13)
		*p++ = list + 2;
	*p++ = list >> 8;
	*p++ = list;
	for (unsigned int i = 0; i < count; i++) {
		memcpy(p, "\0\2\x30\0", 4);
		p += 4;
	}
	msg.size = p - body;
	ret = issuers_check(&msg, tls13);
	for (; !ret && msg.size; msg.size--)
		issuers_check(&msg, tls13);	/* cut anywhere */
	free(body);
	return ret;
}

static void test_issuers(void)
{
	for (int tls13 = 0; tls13 < 2; tls13++) {
		ENSURE(!check_names(0, tls13));
		ENSURE(!check_names(300, tls13));
		ENSURE(!check_names(ISSUERS_COUNT, tls13));
		ENSURE(check_names(ISSUERS_COUNT + 1, tls13) < 0);
	}
}

/* Certificates that issue each other, by name; with the length the chain nearly fills a file. */
static gnutls_x509_crt_t make_own(gnutls_x509_privkey_t key)
{
	static const uint8_t room[5500];
	const time_t now = time(NULL);
	gnutls_x509_crt_t c;

	ENSURE(!gnutls_x509_crt_init(&c));
	ENSURE(!gnutls_x509_crt_set_version(c, 3) && !gnutls_x509_crt_set_key(c, key) &&
	       !gnutls_x509_crt_set_serial(c, "\1", 1) &&
	       !gnutls_x509_crt_set_activation_time(c, now - 3600) &&
	       !gnutls_x509_crt_set_expiration_time(c, now + 86400) &&
	       !gnutls_x509_crt_set_dn(c, "CN=own", NULL) &&
	       !gnutls_x509_crt_set_extension_by_oid(c, "1.3.6.1.4.1.55555.1", room,
						     sizeof(room), 0) &&
	       !gnutls_x509_crt_sign2(c, c, key, GNUTLS_DIG_SHA256, 0));
	return c;
}

/* Write the client certificate "own" of root, with the longest chain. */
static void write_own(const char *path)
{
	gnutls_datum_t der, pem, key_pem;
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t c;
	FILE *f;

	ENSURE(!gnutls_x509_privkey_init(&key));
	ENSURE(!gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
	c = make_own(key);
	ENSURE(!gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_DER, &der) &&
	       !gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &pem) &&
	       !gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem));
	f = fopen(path, "we");
	ENSURE(f);
	for (int i = 0; i < KEYRING_CHAIN; i++)
		ENSURE(fwrite(pem.data, 1, pem.size, f) == pem.size);
	ENSURE(fwrite(key_pem.data, 1, key_pem.size, f) == key_pem.size && !fclose(f));
	own_length = KEYRING_CHAIN * (size_t)der.size;
	gnutls_free(der.data);
	gnutls_free(pem.data);
	gnutls_free(key_pem.data);
	gnutls_x509_crt_deinit(c);
	gnutls_x509_privkey_deinit(key);
}

/* A key keeper whose worker has read the certificate, so that no file is left. */
static struct keeper *start_keeper(void)
{
	struct keeper_question q = { .deadline = clock_patience_ms() + keeper_patience.load };
	char directory[] = "/tmp/memory-test-XXXXXX";
	struct keeper *k;

	umask(077);
	ENSURE(mkdtemp(directory) && !chdir(directory) && !mkdir("0", 0700));
	write_own("0/own.pem");
	k = keeper_start(directory);
	ENSURE(k);
	test_keeper(k);
	keeper_find(k, &q, 0, "own");
	while (!q.answered)
		test_wait();
	ENSURE(!q.error && q.answer.len == own_length + 4 * KEYRING_CHAIN);
	keeper_drop(k, &q);
	ENSURE(!unlink("0/own.pem") && !rmdir("0") && !rmdir(directory) && !chdir("/"));
	return k;
}

static const struct test_case tests[] = {
	{ "messages of several records in one step", test_long_messages },
	{ "no conversation holds more than it is charged for", test_charges },
	{ "users are held to their budgets", test_budget },
	{ "a client's chain counts", test_own },
	{ "the memory of all of it", test_memory },
	{ "few wait for a certificate", test_waiting },
	{ "a user's uids share its places", test_owner },
	{ "a handshake without end", test_endless },
	{ "names of issuers are counted", test_issuers },
};

int main(void)
{
	struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};

	log_setup(getenv("VERBOSE"));
	/* Nobody waits for the servers. */
	signal(SIGCHLD, SIG_IGN);
	options.keys = start_keeper();
	client = tls_context_new(&options);
	if (!client)
		test_fail("cannot set up");
	test_run("memory", tests, sizeof(tests) / sizeof(tests[0]));
	tls_context_free(client);
	keeper_stop(options.keys);
	return 0;
}
