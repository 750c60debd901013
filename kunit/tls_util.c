// SPDX-License-Identifier: GPL-2.0-only
/* Ends, keys and records for the suites of the TLS room. */
#include "tls_util.h"

#include <crypto/aead.h>
#include <linux/kthread.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/scatterlist.h>
#include <net/net_namespace.h>

#include "base/compat.h"
#include "vectors/x509.h"
#include "wire/tls_record.h"

const struct tls_suite tls_suites[TLS_SUITES] = {
	{ "1.2 AES-128", 0xc02f, 0x0303, 16, 4, 13, 16 },
	{ "1.2 AES-256", 0xc030, 0x0303, 32, 4, 13, 16 },
	{ "1.3 AES-128", 0x1301, 0x0304, 16, 12, 5, 17 },
	{ "1.3 AES-256", 0x1302, 0x0304, 32, 12, 5, 17 },
	{ "1.2 ChaCha20", 0xcca8, 0x0303, 32, 12, 5, 16 },
	{ "1.3 ChaCha20", 0x1303, 0x0304, 32, 12, 5, 17 },
};

const struct tls_cert tls_certs[TLS_CERTS] = {
	{ x509_ec, x509_ec_key, 0 },
	{ x509_rsa, x509_rsa_key, 0 },
	{ x509_ed25519, x509_ed25519_key, 0 },
	{ "30030201", NULL, -EBADMSG },
};

static void set_keys(struct credssp_hlp_tls_keys *k, const struct tls_suite *s, u8 seed)
{
	int i;

	memset(k, 0, sizeof(*k));
	for (i = 0; i < s->key; i++)
		k->key[i] = seed + i;
	for (i = 0; i < s->iv; i++)
		k->iv[i] = seed - i;
	k->seq[7] = 1;
	k->key_length = s->key;
	k->iv_length = s->iv;
}

void tls_reply(struct credssp_hlp_tls_reply *r, const struct tls_suite *s, bool mirrored)
{
	*r = (struct credssp_hlp_tls_reply){
		.state = CREDSSP_HLP_TLS_DONE,
		.version = s->version,
		.cipher = s->suite,
	};
	set_keys(mirrored ? &r->rx : &r->tx, s, 0x11);
	set_keys(mirrored ? &r->tx : &r->rx, s, 0x77);
}

struct cssp_rd tls_chain(struct kunit *test)
{
	struct cssp_rd cert = test_hex(test, tls_certs[0].cert);
	u8 *chain = test_room(test, cert.left + 4);

	put_unaligned_be32(cert.left, chain);
	memcpy(chain + 4, cert.p, cert.left);
	return cssp_rd_of(chain, cert.left + 4);
}

/* One test runs at a time. */
static struct tls_helper *answering;

static int helper_open(struct cssp_conv **conv, const struct cssp_requester *who)
{
	if (answering->open_err)
		return answering->open_err;
	answering->open = true;
	*conv = (struct cssp_conv *)answering;
	return 0;
}

static int answer_ticket(const struct tls_turn *t, struct cssp_vbuf *reply)
{
	struct credssp_hlp_tls_ticket head = {
		.session_length = t->session.left + t->longer,
		.session_lifetime = t->head.session_lifetime,
	};
	int ret = cssp_vbuf_append(reply, &head, sizeof(head)) ?:
		  cssp_vbuf_append(reply, t->session.p, t->session.left);

	reply->len -= t->cut;
	return ret;
}

static bool begins_with(const struct cssp_rd *rd, const struct cssp_rd *with)
{
	return with->left && rd->left >= with->left && !memcmp(rd->p, with->p, with->left);
}

/*
 * Records of the peer that arrive together come in one request: take the turns before the
 * last one that they are for. Their records are skipped in @rest, and their answers are
 * appended to @wire.
 */
static int take_turns(struct tls_helper *h, struct cssp_rd *rest, struct cssp_vbuf *wire)
{
	const struct tls_turn *t = &h->turns[h->at];
	struct cssp_rd left = *rest;
	int ret;

	while (h->at + 1 < h->count && t->opcode == CREDSSP_HLP_TLS_STEP && !t->err &&
	       t->head.state == CREDSSP_HLP_TLS_CONTINUE && begins_with(&left, &t->request)) {
		left.p += t->request.left;
		left.left -= t->request.left;
		if (!begins_with(&left, &t[1].request))
			break;
		ret = cssp_vbuf_append(wire, t->wire.p, t->wire.left);
		if (ret)
			return ret;
		*rest = left;
		h->at++;
		t++;
	}
	return 0;
}

/* The last turn of a request; @request begins with its records. */
static int take_turn(struct tls_helper *h, u16 opcode, const struct cssp_rd *request,
		     size_t consumed, struct cssp_vbuf *wire, struct cssp_vbuf *reply)
{
	const struct tls_turn *t = &h->turns[h->at++];
	struct credssp_hlp_tls_reply head;
	struct cssp_rd rd = *request;
	int ret;

	KUNIT_EXPECT_EQ(h->test, opcode, t->opcode);
	/* Behind the last records there may be some that are not the helper's. */
	if (t->head.state == CREDSSP_HLP_TLS_DONE && t->request.left)
		rd.left = min(rd.left, t->request.left);
	if (t->request.left)
		test_expect_same(h->test, &rd, &t->request);
	if (t->err)
		return t->err;
	if (opcode == CREDSSP_HLP_TLS_TICKET)
		return answer_ticket(t, reply);
	ret = cssp_vbuf_append(wire, t->wire.p, t->wire.left);
	if (ret)
		return ret;
	head = t->head;
	head.consumed = consumed + (t->all ? rd.left : t->head.consumed);
	head.wire_length = wire->len + t->longer;
	head.issuers_length = t->issuers.left;
	head.chain_length = t->chain.left;
	if (t->session.left)
		head.session_length = t->session.left;
	ret = cssp_vbuf_append(reply, &head, sizeof(head)) ?:
	      cssp_vbuf_append(reply, wire->data, wire->len) ?:
	      cssp_vbuf_append(reply, t->issuers.p, t->issuers.left) ?:
	      cssp_vbuf_append(reply, t->chain.p, t->chain.left) ?:
	      cssp_vbuf_append(reply, t->session.p, t->session.left);
	reply->len -= t->cut;
	return ret;
}

static int helper_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		       struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	struct tls_helper *h = (struct tls_helper *)conv;
	struct cssp_rd rest = *request;
	struct cssp_vbuf out = {};
	int ret;

	h->calls++;
	KUNIT_EXPECT_LT(h->test, h->at, h->count);
	if (h->at >= h->count)
		return -EREMOTEIO;
	ret = take_turns(h, &rest, &out) ?:
	      take_turn(h, opcode, &rest, request->left - rest.left, &out, reply);
	cssp_vbuf_free(&out);
	return ret;
}

static void helper_close(struct cssp_conv *conv, bool over)
{
	struct tls_helper *h = (struct tls_helper *)conv;

	h->open = false;
	h->over = over;
}

static const struct cssp_helper_ops helper_ops = {
	.open = helper_open,
	.call = helper_call,
	.close = helper_close,
};

static void end_free(void *data)
{
	struct tls_end *end = data;

	cssp_channel_free(end->ch);
	if (end->helper.open)
		KUNIT_FAIL(end->helper.test, "the conversation was not closed");
	cssp_requester_drop(&end->who);
	answering = NULL;
}

static struct tls_end *end_alloc(struct kunit *test, struct socket *sock, bool accept)
{
	struct tls_end *end = kunit_kzalloc(test, sizeof(*end), GFP_KERNEL);
	struct cssp_channel_params params;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, end);
	cssp_requester_pin(&end->who, current_cred(), &init_net);
	cssp_wait_init(&end->wait);
	cssp_wait_start(&end->wait, 20000);
	end->helper.test = test;
	params = (struct cssp_channel_params){ &end->who, &end->wait, "host", .accept = accept };
	ret = sock ? cssp_channel_create_socket(&end->ch, &params, sock) :
		     cssp_channel_create_token(&end->ch, &params);
	KUNIT_ASSERT_EQ(test, ret, 0);
	end->ch->helper = &helper_ops;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_free, end), 0);
	return end;
}

struct tls_end *tls_end_token(struct kunit *test)
{
	return end_alloc(test, NULL, false);
}

struct tls_end *tls_end_socket(struct kunit *test, struct socket *sock)
{
	return end_alloc(test, sock, false);
}

struct tls_end *tls_end_server(struct kunit *test, struct socket *sock)
{
	return end_alloc(test, sock, true);
}

void tls_end_script(struct tls_end *end, const struct tls_turn *turns, unsigned int count)
{
	end->helper.turns = turns;
	end->helper.count = count;
	end->helper.at = 0;
	answering = &end->helper;
}

void tls_end_up(struct tls_end *end, struct kunit *test, const struct tls_suite *s,
		bool mirrored)
{
	struct tls_turn done = { .opcode = CREDSSP_HLP_TLS_START, .chain = tls_chain(test) };

	tls_reply(&done.head, s, mirrored);
	tls_end_script(end, &done, 1);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
}

static void loopback_free(void *data)
{
	cssp_loopback_close(data);
}

struct cssp_loopback *tls_connection(struct kunit *test)
{
	struct cssp_loopback *loopback = kunit_kzalloc(test, sizeof(*loopback), GFP_KERNEL);
	struct cssp_patience p;
	struct cssp_wait wait;

	KUNIT_ASSERT_NOT_NULL(test, loopback);
	cssp_wait_init(&wait);
	cssp_wait_start(&wait, 20000);
	p = cssp_patience_of(&wait, MS(20000));
	KUNIT_ASSERT_EQ(test, cssp_loopback_make(loopback, &p), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, loopback_free, loopback), 0);
	return loopback;
}

/* AES-GCM in place: @aad, then @n bytes and room for the tag. */
static void gcm_seal(struct kunit *test, const u8 *key, size_t key_size, u8 *nonce,
		     u8 *aad, size_t aad_size, u8 *data, size_t n)
{
	struct crypto_aead *tfm = crypto_alloc_aead("gcm(aes)", 0, 0);
	DECLARE_CRYPTO_WAIT(wait);
	struct aead_request *req;
	struct scatterlist sg[2];

	KUNIT_ASSERT_FALSE(test, IS_ERR(tfm));
	KUNIT_EXPECT_EQ(test, crypto_aead_setkey(tfm, key, key_size), 0);
	KUNIT_EXPECT_EQ(test, crypto_aead_setauthsize(tfm, 16), 0);
	req = aead_request_alloc(tfm, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, req);
	if (req) {
		sg_init_table(sg, 2);
		sg_set_buf(&sg[0], aad, aad_size);
		sg_set_buf(&sg[1], data, n + 16);
		aead_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP,
					  crypto_req_done, &wait);
		aead_request_set_ad(req, aad_size);
		aead_request_set_crypt(req, sg, sg, n, nonce);
		KUNIT_EXPECT_EQ(test, crypto_wait_req(crypto_aead_encrypt(req), &wait), 0);
		aead_request_free(req);
	}
	crypto_free_aead(tfm);
}

/* RFC 5246 6.2.3.3 and RFC 5288 3: number, type, version, plaintext's length */
static size_t aad_12(u8 *aad, const u8 *seq, u8 type, size_t n)
{
	memcpy(aad, seq, 8);
	aad[8] = type;
	put_unaligned_be16(0x0303, aad + 9);
	put_unaligned_be16(n, aad + 11);
	return 13;
}

void tls_forge(struct kunit *test, const struct cssp_tls_session *s,
	       struct cssp_tls_direction *d, u8 type, const struct cssp_rd *plain,
	       size_t padding, struct cssp_vbuf *out)
{
	bool v13 = s->version == 0x0304;
	bool big = d->info.cipher_type == TLS_CIPHER_AES_GCM_256;
	const u8 *iv = big ? d->aes256.iv : d->aes128.iv;
	const u8 *salt = big ? d->aes256.salt : d->aes128.salt;
	const u8 *seq = big ? d->aes256.rec_seq : d->aes128.rec_seq;
	size_t body = plain->left + (v13 ? 1 + padding : 0);
	size_t before = v13 ? 5 : 13, aad_size;
	u8 *record = test_room(test, before + body + 16);
	u8 *aad = test_room(test, 16), *nonce = test_room(test, 12);
	int i;

	record[0] = v13 ? CSSP_TLS_DATA : type;
	put_unaligned_be16(0x0303, record + 1);
	put_unaligned_be16(before - 5 + body + 16, record + 3);
	memcpy(record + before, plain->p, plain->left);
	memcpy(nonce, salt, 4);
	memcpy(nonce + 4, iv, 8);
	if (v13) {
		record[before + plain->left] = type;
		for (i = 0; i < 8; i++)
			nonce[4 + i] ^= seq[i];
		memcpy(aad, record, 5);
		aad_size = 5;
	} else {
		memcpy(record + 5, iv, 8);
		aad_size = aad_12(aad, seq, type, plain->left);
	}
	gcm_seal(test, big ? d->aes256.key : d->aes128.key, big ? 32 : 16, nonce,
		 aad, aad_size, record + before, body);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(out, record, before + body + 16), 0);
	KUNIT_ASSERT_EQ(test, cssp_tls_direction_advance(s, d), 0);
}

int tls_suite_init(struct kunit_suite *suite)
{
	int ret = 0;

	rtnl_lock();
	if (!(init_net.loopback_dev->flags & IFF_UP))
		ret = dev_open(init_net.loopback_dev, NULL);
	rtnl_unlock();
	return ret;
}

static void vbuf_free(void *data)
{
	cssp_vbuf_free(data);
}

struct cssp_vbuf *tls_vbuf(struct kunit *test)
{
	struct cssp_vbuf *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vbuf_free, b), 0);
	return b;
}

struct cssp_rd tls_pattern(struct kunit *test, size_t n)
{
	u8 *p = test_room(test, n);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = i ^ (i >> 8);
	return cssp_rd_of(p, n);
}

struct cssp_patience tls_patient(struct tls_end *end)
{
	return cssp_patience_of(&end->wait, MS(20000));
}

void tls_peer_sends(struct kunit *test, struct tls_end *end, struct socket *peer,
		    const struct cssp_rd *rd)
{
	struct cssp_patience p = tls_patient(end);

	KUNIT_ASSERT_EQ(test, cssp_sock_send(peer, rd->p, rd->left, &p), 0);
}

void tls_peer_gets(struct kunit *test, struct tls_end *end, struct socket *peer,
		   const struct cssp_rd *want)
{
	struct cssp_patience p = tls_patient(end);
	u8 *got = test_room(test, want->left);
	struct cssp_rd rd = cssp_rd_of(got, want->left);

	KUNIT_ASSERT_EQ(test, cssp_sock_recv(peer, got, want->left, &p), 0);
	test_expect_same(test, &rd, want);
}

void tls_good_script(struct kunit *test, struct tls_turn *turns, const struct tls_suite *s)
{
	turns[0] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_START,
		.head.state = CREDSSP_HLP_TLS_CONTINUE,
		.wire = test_hex(test, TLS_HELLO),
	};
	turns[1] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_STEP,
		.request = test_hex(test, TLS_REPLY1),
		.head.state = CREDSSP_HLP_TLS_CONTINUE,
		.all = true,
	};
	turns[2] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_STEP,
		.request = test_hex(test, TLS_REPLY2),
		.all = true,
		.wire = test_hex(test, TLS_FINISH),
		.chain = tls_chain(test),
	};
	tls_reply(&turns[2].head, s, false);
}

void tls_accept_script(struct kunit *test, struct tls_turn *turns, const struct tls_suite *s)
{
	turns[0] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_ACCEPT,
		.head.state = CREDSSP_HLP_TLS_CONTINUE,
	};
	turns[1] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_STEP,
		.request = test_hex(test, TLS_HELLO),
		.head.state = CREDSSP_HLP_TLS_CONTINUE,
		.all = true,
		.wire = test_hex(test, TLS_REPLY1 TLS_REPLY2),
	};
	turns[2] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_STEP,
		.request = test_hex(test, TLS_FINISH),
		.all = true,
		.wire = test_hex(test, TLS_TICKET),
		.chain = tls_chain(test),
	};
	tls_reply(&turns[2].head, s, true);
}

struct cssp_channel *tls_peer_channel(struct kunit *test, const struct tls_suite *s)
{
	struct tls_end *end = tls_end_token(test);

	tls_end_up(end, test, s, true);
	return end->ch;
}

static void stop_thread(void *data)
{
	kthread_stop(data);
}

struct task_struct *tls_thread(struct kunit *test, int (*fn)(void *), void *data)
{
	struct task_struct *task = kthread_run(fn, data, "credssp_kunit");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stop_thread, task), 0);
	return task;
}

int tls_seal(struct cssp_channel *ch, const struct cssp_rd *plain, struct cssp_vbuf *out)
{
	/* Margins of the records, no shorter than 64 bytes, and the bytes themselves */
	size_t n = 2 * plain->left + 64;
	struct cssp_room room = { .whole = n };
	struct cssp_source source;
	struct cssp_sink sink;
	int ret;

	ret = cssp_vbuf_reserve(out, out->len + n);
	if (ret)
		return ret;
	cssp_source_kernel(&source, plain);
	cssp_sink_kernel(&sink, out->data + out->len, n);
	ret = cssp_sink_open(&sink, &room) ?: cssp_channel_seal(ch, &source, &sink);
	if (!ret)
		out->len += n - iov_iter_count(&sink.iter);
	return ret;
}

int tls_open(struct cssp_channel *ch, struct cssp_rd *wire, struct cssp_vbuf *out)
{
	struct cssp_source source;
	struct cssp_opened opened;
	struct cssp_sink sink;
	int ret;

	ret = cssp_vbuf_reserve(out, out->len + wire->left);
	if (ret)
		return ret;
	cssp_source_kernel(&source, wire);
	cssp_sink_kernel(&sink, out->data + out->len, wire->left);
	ret = cssp_channel_open(ch, &source, &sink, &opened);
	if (ret)
		return ret;
	out->len += opened.length;
	return cssp_rd_skip(wire, wire->left - cssp_source_left(&source));
}
