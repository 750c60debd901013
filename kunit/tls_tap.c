// SPDX-License-Identifier: GPL-2.0-only
#include "tls_tap.h"

#include <crypto/aead.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/scatterlist.h>
#include <linux/tcp.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "base/compat.h"
#include "wire/tls_record.h"

#define HEARD_MAX	(4 * 1024 * 1024)
#define SEGMENTS_MAX	4096
#define FLOWS_MAX	256
#define NONCE		12
#define TAG		16

/* One TCP segment; its bytes are in the tap's buffer. */
struct segment {
	__be32 saddr, daddr;
	__be16 sport, dport;
	u32 seq;
	bool syn;
	bool ack;
	size_t at, len;
};

/**
 * struct tls_tap - the segments that passed
 * @lock: protects the other members but @pt
 * @missed: a segment did not fit into the buffer
 */
struct tls_tap {
	struct packet_type pt;
	spinlock_t lock;	/* protects all but @pt */
	bool missed;
	unsigned int count;
	size_t fill;
	struct segment *segments;
	u8 *heard;
};

static bool parse(const struct sk_buff *skb, struct segment *s, size_t *offset)
{
	int at = skb_network_offset(skb);
	struct iphdr ip_room, *ip = skb_header_pointer(skb, at, sizeof(ip_room), &ip_room);
	struct tcphdr tcp_room, *tcp;

	if (!ip || ip->version != 4 || ip->protocol != IPPROTO_TCP)
		return false;
	at += ip->ihl * 4;
	tcp = skb_header_pointer(skb, at, sizeof(tcp_room), &tcp_room);
	if (!tcp)
		return false;
	at += tcp->doff * 4;
	*s = (struct segment){
		.saddr = ip->saddr, .daddr = ip->daddr, .sport = tcp->source,
		.dport = tcp->dest, .seq = ntohl(tcp->seq), .syn = tcp->syn, .ack = tcp->ack,
		.len = skb->len > at ? skb->len - at : 0,
	};
	*offset = at;
	return s->syn || s->len;
}

static void hear(struct tls_tap *tap, const struct sk_buff *skb)
{
	struct segment s;
	size_t offset;

	if (!parse(skb, &s, &offset))
		return;
	if (tap->count == SEGMENTS_MAX || s.len > HEARD_MAX - tap->fill ||
	    skb_copy_bits(skb, offset, tap->heard + tap->fill, s.len)) {
		tap->missed = true;
		return;
	}
	s.at = tap->fill;
	tap->fill += s.len;
	tap->segments[tap->count++] = s;
}

/* On loopback each packet passes twice, outgoing and incoming. */
static int receive(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
		   struct net_device *orig)
{
	struct tls_tap *tap = container_of(pt, struct tls_tap, pt);

	if (skb->pkt_type != PACKET_OUTGOING) {
		spin_lock_bh(&tap->lock);
		hear(tap, skb);
		spin_unlock_bh(&tap->lock);
	}
	kfree_skb(skb);
	return 0;
}

static void tap_free(void *data)
{
	struct tls_tap *tap = data;

	dev_remove_pack(&tap->pt);
	vfree(tap->segments);
	vfree(tap->heard);
	kfree(tap);
}

struct tls_tap *tls_tap(struct kunit *test)
{
	struct tls_tap *tap = kzalloc(sizeof(*tap), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tap);
	spin_lock_init(&tap->lock);
	tap->pt = (struct packet_type){
		.type = htons(ETH_P_ALL), .dev = init_net.loopback_dev, .func = receive,
	};
	tap->segments = vmalloc(array_size(SEGMENTS_MAX, sizeof(*tap->segments)));
	tap->heard = vmalloc(HEARD_MAX);
	dev_add_pack(&tap->pt);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, tap_free, tap), 0);
	KUNIT_ASSERT_NOT_NULL(test, tap->segments);
	KUNIT_ASSERT_NOT_NULL(test, tap->heard);
	return tap;
}

void tls_tap_reset(struct tls_tap *tap)
{
	spin_lock_bh(&tap->lock);
	tap->count = 0;
	tap->fill = 0;
	tap->missed = false;
	spin_unlock_bh(&tap->lock);
}

/**
 * struct reader - trial decryption under one key
 * @tfm, @req: AES-128-GCM
 * @d: the key
 * @v13: TLS 1.3
 * @work: a record being opened; @seen: the first copy of each number's record
 */
struct reader {
	struct kunit *test;
	struct crypto_aead *tfm;
	struct aead_request *req;
	const struct cssp_tls_direction *d;
	bool v13;
	u8 *work;
	struct cssp_rd seen[TAP_NUMBERS];
	struct tls_tap_result *result;
};

static void set_nonce(const struct reader *r, u64 number, u8 *nonce)
{
	u8 seq[8];
	int i;

	put_unaligned_be64(number, seq);
	memcpy(nonce, r->d->aes128.salt, 4);
	memcpy(nonce + 4, r->v13 ? r->d->aes128.iv : seq, 8);
	for (i = 0; r->v13 && i < 8; i++)
		nonce[4 + i] ^= seq[i];
}

/* RFC 8446 5.2; RFC 5246 6.2.3.3 */
static size_t set_aad(const struct reader *r, u64 number, const u8 *record, size_t plain,
		      u8 *aad)
{
	if (r->v13) {
		memcpy(aad, record, CSSP_TLS_HEADER);
		return CSSP_TLS_HEADER;
	}
	put_unaligned_be64(number, aad);
	memcpy(aad + 8, record, 3);
	put_unaligned_be16(plain, aad + 11);
	return 13;
}

/* True if @record was sealed with @number. */
static bool opens_with(struct reader *r, const struct cssp_rd *record, u64 number)
{
	size_t before = CSSP_TLS_HEADER + (r->v13 ? 0 : 8), body, aad_size;
	u8 *aad = r->work, *data = r->work + 64;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg[2];
	u8 nonce[NONCE];

	if (record->left < before + TAG)
		return false;
	body = record->left - before;
	set_nonce(r, number, nonce);
	aad_size = set_aad(r, number, record->p, body - TAG, aad);
	memcpy(data, record->p + before, body);
	sg_init_table(sg, 2);
	sg_set_buf(&sg[0], aad, aad_size);
	sg_set_buf(&sg[1], data, body);
	aead_request_set_callback(r->req, CRYPTO_TFM_REQ_MAY_SLEEP, crypto_req_done, &wait);
	aead_request_set_ad(r->req, aad_size);
	aead_request_set_crypt(r->req, sg, sg, body, nonce);
	return !crypto_wait_req(crypto_aead_decrypt(r->req), &wait);
}

/* TLS 1.2 sends the number, which must open the record. -1 if no number does. */
static int number_of(struct reader *r, const struct cssp_rd *record)
{
	u64 number;

	if (!r->v13) {
		if (record->left < CSSP_TLS_HEADER + 8)
			return -1;
		number = get_unaligned_be64(record->p + CSSP_TLS_HEADER);
		return number < TAP_NUMBERS && opens_with(r, record, number) ? (int)number : -1;
	}
	for (number = 0; number < TAP_NUMBERS; number++)
		if (opens_with(r, record, number))
			return number;
	return -1;
}

static void note(struct reader *r, const struct cssp_rd *record)
{
	struct tls_tap_result *result = r->result;
	int n = number_of(r, record);

	KUNIT_EXPECT_GE_MSG(r->test, n, 0, "a record of %zu bytes that no number opens",
			    record->left);
	if (n < 0)
		return;
	if (r->seen[n].left == record->left &&
	    !memcmp(r->seen[n].p, record->p, record->left))
		return;
	r->seen[n] = *record;
	result->records++;
	result->most = max(result->most, ++result->count[n]);
	result->last = max_t(unsigned int, result->last, n);
}

/* The bytes that one end has sent, in order; retransmissions count once. */
static void read_flow(struct reader *r, struct tls_tap *tap, unsigned int first)
{
	const struct segment *syn = &tap->segments[first], *s;
	u8 *stream = test_room(r->test, tap->fill + 1);
	struct cssp_rd rd, record;
	u32 next = syn->seq + 1;
	size_t fill = 0, total;
	unsigned int i;
	u8 type;

	for (i = first + 1; i < tap->count; i++) {
		s = &tap->segments[i];
		if (s->saddr != syn->saddr || s->sport != syn->sport ||
		    s->daddr != syn->daddr || s->dport != syn->dport || s->seq != next)
			continue;
		memcpy(stream + fill, tap->heard + s->at, s->len);
		fill += s->len;
		next += s->len;
	}
	rd = cssp_rd_of(stream, fill);
	while (!cssp_tls_record_total(&rd, &type, &total) && total <= rd.left) {
		if (cssp_rd_sub(&rd, total, &record))
			break;
		note(r, &record);
	}
}

static void reader_free(void *data)
{
	struct reader *r = data;

	aead_request_free(r->req);
	if (!IS_ERR_OR_NULL(r->tfm))
		crypto_free_aead(r->tfm);
	kfree(r);
}

static struct reader *reader(struct kunit *test, const struct cssp_tls_direction *d)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, reader_free, r), 0);
	KUNIT_ASSERT_EQ(test, d->info.cipher_type, TLS_CIPHER_AES_GCM_128);
	r->tfm = crypto_alloc_aead("gcm(aes)", 0, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(r->tfm));
	KUNIT_ASSERT_EQ(test, crypto_aead_setkey(r->tfm, d->aes128.key, 16), 0);
	KUNIT_ASSERT_EQ(test, crypto_aead_setauthsize(r->tfm, TAG), 0);
	r->req = aead_request_alloc(r->tfm, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r->req);
	r->work = test_room(test, 64 + CSSP_TLS_MAX_PLAIN + 512);
	r->test = test;
	r->d = d;
	return r;
}

void tls_tap_read(struct kunit *test, struct tls_tap *tap, const struct cssp_tls_session *s,
		  const struct cssp_tls_direction *d, struct tls_tap_result *result)
{
	struct reader *r = reader(test, d);
	unsigned int i;

	memset(result, 0, sizeof(*result));
	r->v13 = s->version == TLS_1_3_VERSION;
	r->result = result;
	KUNIT_EXPECT_FALSE(test, READ_ONCE(tap->missed));
	for (i = 0; i < READ_ONCE(tap->count); i++)
		if (tap->segments[i].syn && !tap->segments[i].ack)
			read_flow(r, tap, i);
}

void tls_tap_expect(struct kunit *test, const struct tls_tap_result *result,
		    unsigned int records)
{
	KUNIT_EXPECT_LE(test, result->most, 1);
	KUNIT_EXPECT_EQ(test, result->records, records);
}
