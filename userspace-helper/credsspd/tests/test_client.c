// SPDX-License-Identifier: GPL-2.0-only
#include <stdalign.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include "test_client.h"

#define TAG_SIZE	16
#define HEADER_SIZE	5

static alignas(8) uint8_t request[CREDSSP_HLP_MAX_MESSAGE];
static alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];

void test_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

struct keylog *test_keylog(void)
{
	const char *file = getenv("KEYLOG"), *securityfs = getenv("SECURITYFS");
	struct keylog *log;

	if (!file)
		return NULL;
	log = keylog_open(file, securityfs ? securityfs : KEYLOG_SECURITYFS);
	if (!log)
		test_fail("there is no key log");
	return log;
}

/* The daemon's end of a device, or -1: the engine is called. */
static int device = -1;

void test_through(int fd)
{
	device = fd;
}

/* Have @request of @length bytes handled. The length of @reply; 0 if it is held back. */
static size_t handle(struct engine *e, size_t length)
{
	struct pollfd p = { .fd = device, .events = POLLIN };
	ssize_t got;

	if (device < 0)
		return engine_handle(e, request, length, reply, sizeof(reply));
	if (write(device, request, length) != (ssize_t)length)
		test_fail("the daemon takes no request");
	if (poll(&p, 1, TEST_ANSWER_MS) != 1)
		test_fail("the daemon does not answer");
	got = read(device, reply, sizeof(reply));
	if (got <= 0)
		test_fail("the daemon has ended");
	return got;
}

static uint32_t requester, requester_owner;

void test_as(uint32_t uid)
{
	test_as_of(uid, uid);
}

void test_as_of(uint32_t uid, uint32_t owner)
{
	requester = uid;
	requester_owner = owner;
}

static size_t compose(uint16_t opcode, uint64_t id, uint64_t conversation,
		      const void *payload, size_t length)
{
	struct credssp_hlp_header hdr = {
		.length = sizeof(hdr) + length,
		.opcode = opcode,
		.id = id,
		.conversation = conversation,
		.uid = requester,
		.owner = requester_owner,
	};

	if (hdr.length > sizeof(request))
		test_fail("the test's request is too long");
	memcpy(request, &hdr, sizeof(hdr));
	if (length)
		memcpy(request + sizeof(hdr), payload, length);
	return hdr.length;
}

static void split(struct test_reply *r, size_t payload)
{
	const uint8_t *p = reply + sizeof(struct credssp_hlp_header);

	if (payload < sizeof(r->tls))
		test_fail("a reply without its structure");
	memcpy(&r->tls, p, sizeof(r->tls));
	if (payload != sizeof(r->tls) + r->tls.wire_length + r->tls.chain_length +
		       r->tls.session_length + r->tls.issuers_length)
		test_fail("the lengths in a reply do not add up");
	r->wire = p + sizeof(r->tls);
	r->chain = r->wire + r->tls.wire_length;
	r->issuers = r->chain;
	r->session = r->chain + r->tls.chain_length;
}

static void split_ticket(struct test_reply *r, size_t payload)
{
	const uint8_t *p = reply + sizeof(struct credssp_hlp_header);

	if (payload < sizeof(r->ticket))
		test_fail("a reply without its structure");
	memcpy(&r->ticket, p, sizeof(r->ticket));
	if (payload != sizeof(r->ticket) + r->ticket.session_length)
		test_fail("the lengths in a reply do not add up");
	r->session = p + sizeof(r->ticket);
}

static void take_reply(uint16_t opcode, uint64_t id, uint64_t conversation, size_t got,
		       struct test_reply *r)
{
	struct credssp_hlp_header hdr;

	if (got < sizeof(hdr))
		test_fail("no reply to request %u", opcode);
	memcpy(&hdr, reply, sizeof(hdr));
	if (hdr.length != got || hdr.opcode != opcode || hdr.id != id ||
	    hdr.conversation != conversation || hdr.flags || hdr.owner)
		test_fail("the reply's header does not fit request %u", opcode);
	*r = (struct test_reply){ .error = hdr.error };
	if (!hdr.error && opcode == CREDSSP_HLP_TLS_TICKET)
		split_ticket(r, got - sizeof(hdr));
	else if (!hdr.error)
		split(r, got - sizeof(hdr));
	else if (got != sizeof(hdr))
		test_fail("an error with a payload");
}

/* The last request of each conversation, by its low bits, while its reply is held back */
static struct {
	uint16_t opcode;
	uint64_t id;
	uint64_t conversation;
} held[TEST_HELD_MAX];

bool test_ask(struct engine *e, uint16_t opcode, uint64_t conversation,
	      const void *payload, size_t length, struct test_reply *r)
{
	static uint64_t id;
	size_t got;

	id++;
	length = compose(opcode, id, conversation, payload, length);
	got = handle(e, length);
	/* The engine must not keep pointers to the request: wipe it. */
	memset(request, 0xff, length);
	if (!got) {
		held[conversation % TEST_HELD_MAX].opcode = opcode;
		held[conversation % TEST_HELD_MAX].id = id;
		held[conversation % TEST_HELD_MAX].conversation = conversation;
		return false;
	}
	take_reply(opcode, id, conversation, got, r);
	return true;
}

uint64_t test_resume(struct engine *e, struct test_reply *r)
{
	size_t got = engine_resume(e, reply, sizeof(reply));
	struct credssp_hlp_header hdr;
	unsigned int i;

	if (!got)
		return 0;
	if (got < sizeof(hdr))
		test_fail("half a reply");
	memcpy(&hdr, reply, sizeof(hdr));
	i = hdr.conversation % TEST_HELD_MAX;
	if (!held[i].id)
		test_fail("a reply to what was not asked");
	take_reply(held[i].opcode, held[i].id, held[i].conversation, got, r);
	held[i].id = 0;
	return hdr.conversation;
}

static struct keeper *keys;

void test_keeper(struct keeper *k)
{
	keys = k;
}

void test_wait(void)
{
	struct pollfd p = { .fd = keeper_fd(keys), .events = POLLIN };

	if (!keys || keeper_expire(keys))
		test_fail("there is no key keeper");
	poll(&p, 1, keeper_due(keys));
	if (p.revents && keeper_receive(keys))
		test_fail("the key keeper is lost");
}

void test_call(struct engine *e, uint16_t opcode, uint64_t conversation,
	       const void *payload, size_t length, struct test_reply *r)
{
	bool done = test_ask(e, opcode, conversation, payload, length, r);
	uint64_t other;

	while (!done) {
		test_wait();
		other = test_resume(e, r);
		done = other == conversation;
		if (other && !done)
			test_fail("conversation %lu has its reply", (unsigned long)other);
	}
}

static const char *cert = "";
static bool cert_may_ask;

void test_cert(const char *name, bool may_ask)
{
	cert = name;
	cert_may_ask = may_ask;
}

static bool remote_desktop;

void test_remote_desktop(bool is_one)
{
	remote_desktop = is_one;
}

void test_answer(struct engine *e, uint64_t conversation, const char *name,
		 struct test_reply *r)
{
	struct credssp_hlp_tls_cert answer = { .cert_length = strlen(name) };
	uint8_t payload[sizeof(answer) + 256];

	if (answer.cert_length > 256)
		test_fail("the test's certificate name is too long");
	memcpy(payload, &answer, sizeof(answer));
	memcpy(payload + sizeof(answer), name, answer.cert_length);
	test_call(e, CREDSSP_HLP_TLS_CERT, conversation, payload,
		  sizeof(answer) + answer.cert_length, r);
}

static void start(struct engine *e, uint64_t conversation, const char *host, uint32_t flags,
		  const void *session, size_t length, struct test_reply *r)
{
	struct credssp_hlp_tls_start head = {
		.host_length = strlen(host),
		.session_length = length,
		.cert_length = strlen(cert),
		.flags = flags | (cert_may_ask ? 0 : CREDSSP_HLP_TLS_NO_CERT_WANTED) |
			 (remote_desktop ? CREDSSP_HLP_TLS_REMOTE_DESKTOP : 0),
	};
	static uint8_t payload[sizeof(head) + CREDSSP_MAX_TARGET + CREDSSP_HLP_MAX_SESSION + 256];
	uint8_t *p = payload + sizeof(head);

	if (head.host_length > CREDSSP_MAX_TARGET || length > CREDSSP_HLP_MAX_SESSION ||
	    head.cert_length > 256)
		test_fail("the test's request is too long");
	memcpy(payload, &head, sizeof(head));
	memcpy(p, host, head.host_length);
	p += head.host_length;
	if (length)
		memcpy(p, session, length);
	p += length;
	memcpy(p, cert, head.cert_length);
	test_call(e, CREDSSP_HLP_TLS_START, conversation, payload,
		  sizeof(head) + head.host_length + length + head.cert_length, r);
}

void test_start(struct engine *e, uint64_t conversation, const char *host,
		struct test_reply *r)
{
	start(e, conversation, host, CREDSSP_HLP_TLS_NO_SESSION, NULL, 0, r);
}

void test_start_session(struct engine *e, uint64_t conversation, const char *host,
			const void *session, size_t length, struct test_reply *r)
{
	start(e, conversation, host, 0, session, length, r);
}

void test_end(struct engine *e, uint64_t conversation)
{
	size_t length = compose(CREDSSP_HLP_END, 0, conversation, NULL, 0);

	if (engine_handle(e, request, length, reply, sizeof(reply)))
		test_fail("END was answered");
}

static bool is_chacha(uint16_t cipher)
{
	/* RFC 7905 2, RFC 8446 B.4 */
	return (cipher >= 0xcca8 && cipher <= 0xccae) || cipher == 0x1303;
}

/* TLS 1.2 GCM has eight bytes of nonce in each record (RFC 5288 3). */
static size_t explicit_size(const struct test_keys *k)
{
	return k->version == TLS_1_2 && !is_chacha(k->cipher) ? 8 : 0;
}

static void nonce_of(const struct test_keys *k, const uint8_t *explicit, uint8_t nonce[12])
{
	memcpy(nonce, k->keys.iv, k->keys.iv_length);
	if (explicit_size(k)) {
		if (k->keys.iv_length != 4)
			test_fail("salt of %u bytes", k->keys.iv_length);
		memcpy(nonce + 4, explicit, 8);
		return;
	}
	if (k->keys.iv_length != 12)
		test_fail("IV of %u bytes", k->keys.iv_length);
	for (int i = 0; i < 8; i++)
		nonce[4 + i] ^= k->keys.seq[i];
}

static void spend(struct test_keys *k)
{
	for (int i = 7; i >= 0 && !++k->keys.seq[i]; i--)
		;
}

/* RFC 5246 6.2.3.3 and RFC 8446 5.2 */
static size_t additional(const struct test_keys *k, const uint8_t *record,
			 size_t plain_length, uint8_t data[13])
{
	if (k->version == TLS_1_3) {
		memcpy(data, record, HEADER_SIZE);
		return HEADER_SIZE;
	}
	memcpy(data, k->keys.seq, 8);
	memcpy(data + 8, record, 3);
	data[11] = plain_length >> 8;
	data[12] = plain_length;
	return 13;
}

static gnutls_aead_cipher_hd_t cipher_open(const struct test_keys *k)
{
	gnutls_datum_t key = { (unsigned char *)k->keys.key, k->keys.key_length };
	gnutls_cipher_algorithm_t algorithm = k->keys.key_length == 16 ?
		GNUTLS_CIPHER_AES_128_GCM : GNUTLS_CIPHER_AES_256_GCM;
	gnutls_aead_cipher_hd_t h;

	if (is_chacha(k->cipher))
		algorithm = GNUTLS_CIPHER_CHACHA20_POLY1305;
	if (gnutls_aead_cipher_init(&h, algorithm, &key) < 0)
		test_fail("a key of %u bytes is not taken", k->keys.key_length);
	return h;
}

size_t test_seal(struct test_keys *k, const void *plain, size_t length, uint8_t *record)
{
	size_t prefix = explicit_size(k), inner = length, sealed = TEST_RECORD_MAX;
	uint8_t text[16384 + 1], nonce[12], ad[13];
	gnutls_aead_cipher_hd_t h = cipher_open(k);
	size_t total, ad_length;

	memcpy(text, plain, length);
	if (k->version == TLS_1_3)
		text[inner++] = 23;
	total = prefix + inner + TAG_SIZE;
	record[0] = 23;
	record[1] = 3;
	record[2] = 3;
	record[3] = total >> 8;
	record[4] = total;
	memcpy(record + HEADER_SIZE, k->keys.seq, prefix);
	nonce_of(k, k->keys.seq, nonce);
	ad_length = additional(k, record, length, ad);
	if (gnutls_aead_cipher_encrypt(h, nonce, 12, ad, ad_length, TAG_SIZE, text, inner,
				       record + HEADER_SIZE + prefix, &sealed) < 0)
		test_fail("a record cannot be sealed");
	gnutls_aead_cipher_deinit(h);
	spend(k);
	return HEADER_SIZE + total;
}

size_t test_open(struct test_keys *k, uint8_t *record, size_t length,
		 uint8_t **plain, uint8_t *type)
{
	size_t prefix = explicit_size(k), got = TEST_RECORD_MAX, ad_length, sealed;
	gnutls_aead_cipher_hd_t h = cipher_open(k);
	static uint8_t text[TEST_RECORD_MAX];
	uint8_t nonce[12], ad[13];

	if (length < HEADER_SIZE + prefix + TAG_SIZE)
		test_fail("a record of %zu bytes", length);
	sealed = length - HEADER_SIZE - prefix;
	nonce_of(k, record + HEADER_SIZE, nonce);
	ad_length = additional(k, record, sealed - TAG_SIZE, ad);
	if (gnutls_aead_cipher_decrypt(h, nonce, 12, ad, ad_length, TAG_SIZE,
				       record + HEADER_SIZE + prefix, sealed,
				       text, &got) < 0)
		test_fail("a record does not open with the keys received");
	gnutls_aead_cipher_deinit(h);
	spend(k);
	*type = record[0];
	if (k->version == TLS_1_3) {
		while (got && !text[got - 1])
			got--;
		*type = got ? text[--got] : 0;
	}
	*plain = text;
	return got;
}
