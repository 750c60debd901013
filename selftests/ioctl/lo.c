// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <gnutls/crypto.h>

#include "lo.h"
#include "tap.h"

#define QUEUE		(64 * 1024 * 1024)
#define PACKET_MAX	(128 * 1024)
#define HEADER		5
#define EXPLICIT	8
#define TAG		16
#define NONCE		12

enum { RECORD_ALERT = 21, RECORD_DATA = 23 };

/* One direction of a connection, from its SYN on. */
struct flow {
	uint32_t saddr, daddr;
	uint16_t sport, dport;
	uint32_t next;
	uint8_t *p;
	size_t len;
};

static int sock = -1;
static struct flow *flows;
static size_t flow_count;
static struct lo_record *list;

static void *grow(void *p, size_t n)
{
	p = realloc(p, n);
	REQUIRE(p);
	return p;
}

void lo_open(void)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = if_nametoindex("lo"),
	};
	int size = QUEUE;

	sock = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_IP));
	REQUIRE(sock >= 0);
	REQUIRE(!setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)));
	REQUIRE(!bind(sock, (struct sockaddr *)&here, sizeof(here)));
}

static struct flow *find(const struct iphdr *ip, const struct tcphdr *tcp)
{
	size_t i;

	for (i = flow_count; i-- > 0;)
		if (flows[i].saddr == ip->saddr && flows[i].sport == tcp->source &&
		    flows[i].daddr == ip->daddr && flows[i].dport == tcp->dest)
			return &flows[i];
	return NULL;
}

static void hear(const uint8_t *packet, size_t len)
{
	const struct iphdr *ip = (const void *)packet;
	const struct tcphdr *tcp;
	struct flow *flow;
	size_t at;

	if (len < sizeof(*ip) || ip->protocol != IPPROTO_TCP)
		return;
	at = ip->ihl * 4;
	tcp = (const void *)(packet + at);
	if (len < at + sizeof(*tcp))
		return;
	at += tcp->doff * 4;
	if (tcp->syn && !tcp->ack) {
		flows = grow(flows, (flow_count + 1) * sizeof(*flows));
		flows[flow_count++] = (struct flow){
			.saddr = ip->saddr, .daddr = ip->daddr, .sport = tcp->source,
			.dport = tcp->dest, .next = ntohl(tcp->seq) + 1,
		};
		return;
	}
	flow = len > at ? find(ip, tcp) : NULL;
	/* a retransmission has been recorded before */
	if (!flow || ntohl(tcp->seq) != flow->next)
		return;
	flow->p = grow(flow->p, flow->len + len - at);
	memcpy(flow->p + flow->len, packet + at, len - at);
	flow->len += len - at;
	flow->next += len - at;
}

/* On loopback each packet passes twice, outgoing and incoming. */
static void listen_on(void)
{
	static uint8_t packet[PACKET_MAX];
	struct tpacket_stats stats = { 0 };
	socklen_t size = sizeof(stats);
	struct sockaddr_ll from;
	ssize_t n;

	for (;;) {
		socklen_t len = sizeof(from);

		n = recvfrom(sock, packet, sizeof(packet), 0, (struct sockaddr *)&from, &len);
		if (n < 0)
			break;
		if (from.sll_pkttype != PACKET_OUTGOING)
			hear(packet, n);
	}
	CHECK_EQ(errno, EAGAIN);
	REQUIRE(!getsockopt(sock, SOL_PACKET, PACKET_STATISTICS, &stats, &size));
	CHECK_EQ(stats.tp_drops, 0);
}

void lo_reset(void)
{
	listen_on();
	while (flow_count)
		free(flows[--flow_count].p);
}

static size_t add_flow(const struct flow *f, size_t count)
{
	size_t at = 0, len;

	while (f->len - at >= HEADER) {
		len = HEADER + (f->p[at + 3] << 8 | f->p[at + 4]);
		if (len > f->len - at)
			break;
		if (f->p[at] == RECORD_DATA || f->p[at] == RECORD_ALERT) {
			list = grow(list, (count + 1) * sizeof(*list));
			list[count++] = (struct lo_record){ f->p + at, len };
		}
		at += len;
	}
	return count;
}

size_t lo_records(const struct lo_record **records)
{
	size_t count = 0, i;

	listen_on();
	for (i = 0; i < flow_count; i++)
		count = add_flow(&flows[i], count);
	*records = list;
	return count;
}

/* The first record with a number. */
struct seen {
	uint64_t number;
	struct lo_record record;
};

static void note(struct seen **seen, size_t *count, uint64_t number,
		 const struct lo_record *r, struct lo_numbers *n)
{
	bool twice = false;
	size_t i;

	for (i = 0; i < *count; i++) {
		if ((*seen)[i].number != number)
			continue;
		if ((*seen)[i].record.len == r->len &&
		    !memcmp((*seen)[i].record.p, r->p, r->len))
			return;
		twice = true;
	}
	*seen = grow(*seen, (*count + 1) * sizeof(**seen));
	(*seen)[(*count)++] = (struct seen){ number, *r };
	n->twice += twice;
	n->records++;
	if (number > n->last)
		n->last = number;
}

static uint64_t get_be64(const uint8_t *p)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

void lo_numbers(struct lo_numbers *n)
{
	const struct lo_record *r;
	struct seen *seen = NULL;
	size_t count = 0, all = lo_records(&r), i;

	*n = (struct lo_numbers){ 0 };
	for (i = 0; i < all; i++)
		if (r[i].len > HEADER + EXPLICIT + TAG)
			note(&seen, &count, get_be64(r[i].p + HEADER), &r[i], n);
	free(seen);
}

/* RFC 8446 5.2 and 5.3; RFC 5246 6.2.3.3, RFC 5288 3 */
static bool opens_with(gnutls_aead_cipher_hd_t aead,
		       const struct tls12_crypto_info_aes_gcm_128 *key,
		       const struct lo_record *r, uint64_t number)
{
	static uint8_t plain[PACKET_MAX];
	bool v13 = key->info.version == TLS_1_3_VERSION;
	size_t before = HEADER + (v13 ? 0 : EXPLICIT), room = sizeof(plain), n, i;
	uint8_t nonce[NONCE], aad[13], seq[8];

	if (r->len < before + TAG)
		return false;
	n = r->len - before;
	for (i = 0; i < 8; i++)
		seq[i] = number >> (56 - 8 * i);
	memcpy(nonce, key->salt, 4);
	for (i = 0; i < 8; i++)
		nonce[4 + i] = v13 ? key->iv[i] ^ seq[i] : r->p[HEADER + i];
	memcpy(aad, seq, 8);
	memcpy(aad + 8, r->p, 3);
	aad[11] = (n - TAG) >> 8;
	aad[12] = n - TAG;
	if (v13)
		memcpy(aad, r->p, HEADER);
	return !gnutls_aead_cipher_decrypt(aead, nonce, NONCE, aad, v13 ? HEADER : 13, TAG,
					   r->p + before, n, plain, &room);
}

void lo_numbers_of_key(const struct tls12_crypto_info_aes_gcm_128 *key, uint64_t limit,
		       struct lo_numbers *n)
{
	gnutls_datum_t k = { (uint8_t *)key->key, sizeof(key->key) };
	gnutls_aead_cipher_hd_t aead;
	const struct lo_record *r;
	struct seen *seen = NULL;
	size_t count = 0, all = lo_records(&r), i;
	uint64_t number = 0, tries;

	*n = (struct lo_numbers){ 0 };
	REQUIRE(!gnutls_aead_cipher_init(&aead, GNUTLS_CIPHER_AES_128_GCM, &k));
	/* mostly it is the number after the last one: try that first */
	for (i = 0; i < all; i++)
		for (tries = 0; tries <= limit; tries++) {
			number = (number + 1) % (limit + 1);
			if (opens_with(aead, key, &r[i], number)) {
				note(&seen, &count, number, &r[i], n);
				break;
			}
		}
	gnutls_aead_cipher_deinit(aead);
	free(seen);
}
