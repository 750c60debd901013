// SPDX-License-Identifier: GPL-2.0-only
/*
 * What contexts cost when there are many: makes them as an ordinary user and keeps all of
 * them. At 100, 1,000 and each further power of ten it waits until they are idle, and
 * prints what one of the contexts since the last such number has cost, the second with the
 * server, the helper and the kernel's threads:
 *
 *	make-PACKAGE-NUMBER caller INSTRUCTIONS
 *	whole-PACKAGE-NUMBER machine INSTRUCTIONS
 *	idle-PACKAGE-NUMBER kernel BYTES
 *
 *	idle_bench credssp|ntlm COUNT USER CGROUP PEM
 *
 * Started by root, in the memory cgroup whose directory is CGROUP. PEM has certificate and
 * key of the server. For CredSSP the program is the helper as well.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../peers/peer.h"
#include "acceptor.h"
#include "become.h"
#include "initiator.h"
#include "standin.h"
#include "ts_acceptor.h"

#define FIRST_MARK	100
/* Contexts that warm caches up; they stay and are not counted. */
#define WARM_UP		32
/*
 * Fewer than one open file may have handles. The warm-up has a file of its own, so that
 * each further one is counted.
 */
#define PER_FILE	4000
/*
 * Longer than loopback connections stay open (scale.sh), and than the kernel takes to
 * bring the cgroup's statistics up to date.
 */
#define SETTLE_S	6

/**
 * struct bench - the program
 * @package: CREDSSP_PACKAGE_*
 * @name: of it
 * @stat: the cgroup's memory.stat
 * @made: contexts so far, without the warm-up
 * @initiator: its file is replaced when full
 * @acceptor: for CredSSP
 * @identity: likewise
 */
struct bench {
	uint32_t package;
	const char *name;
	char stat[256];
	unsigned int made;
	struct initiator initiator;
	struct ts_acceptor acceptor;
	struct identity identity;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Kernel memory that is charged to the cgroup */
static uint64_t kernel_bytes(const struct bench *b)
{
	FILE *f = fopen(b->stat, "re");
	uint64_t bytes = 0;
	char line[128];

	if (!f)
		die(b->stat);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "kernel %" SCNu64, &bytes) == 1)
			break;
	fclose(f);
	if (!bytes)
		die("kernel in memory.stat");
	return bytes;
}

static void make_ntlm(struct initiator *i)
{
	struct ntlm_server server;

	initiator_leg(i, span(NULL, 0), SEC_I_CONTINUE_NEEDED);
	initiator_leg(i, acceptor_challenge(&server, i->token, i->length), SEC_E_OK);
	acceptor_finish(&server, i->token, i->length);
}

static void make_credssp(struct initiator *i, struct ts_acceptor *a)
{
	initiator_leg(i, span(NULL, 0), SEC_I_CONTINUE_NEEDED);
	initiator_leg(i, ts_acceptor_challenge(a, span(i->token, i->length)),
		      SEC_I_CONTINUE_NEEDED);
	initiator_leg(i, ts_acceptor_bind(a, span(i->token, i->length)), SEC_E_OK);
	ts_acceptor_finish(a, span(i->token, i->length));
}

static void make(struct bench *b)
{
	if (b->package == CREDSSP_PACKAGE_NTLM)
		make_ntlm(&b->initiator);
	else
		make_credssp(&b->initiator, &b->acceptor);
	initiator_leave(&b->initiator);
}

static void make_up_to(struct bench *b, unsigned int mark)
{
	for (; b->made < mark; b->made++) {
		/* The full file stays open. */
		if (b->made % PER_FILE == 0)
			initiator_open(&b->initiator, b->package);
		make(b);
	}
}

static void warm_up(struct bench *b)
{
	unsigned int i;

	initiator_open(&b->initiator, b->package);
	for (i = 0; i < WARM_UP; i++)
		make(b);
	sleep(SETTLE_S);
}

static void print(const struct bench *b, const char *row, unsigned int mark, const char *part,
		  uint64_t figure)
{
	printf("%s-%s-%u ", row, b->name, mark);
	count_print(part, figure, 1);
	fflush(stdout);
}

static void measure(struct bench *b, unsigned int count)
{
	uint64_t before = kernel_bytes(b), now, begin, whole;
	unsigned int mark, first = 0, made;

	for (mark = FIRST_MARK; mark <= count; first = mark, mark *= 10) {
		made = mark - first;
		count_reset(&b->initiator.count);
		begin = count_elapsed();
		make_up_to(b, mark);
		whole = count_elapsed() - begin;
		sleep(SETTLE_S);
		now = kernel_bytes(b);
		print(b, "make", mark, "caller", b->initiator.count.total / made);
		print(b, "whole", mark, "machine", whole / made);
		print(b, "idle", mark, "kernel", (now - before) / made);
		before = now;
	}
}

static void be_helper(struct bench *b, uid_t uid, const char *pem)
{
	int device = standin_open();

	if (identity_load(&b->identity, pem))
		die(pem);
	become(uid);
	record_init(&b->acceptor.in, 0x11);
	record_init(&b->acceptor.out, 0x22);
	b->acceptor.key = span_of(&b->identity.key);
	standin_start(device, &b->identity, &b->acceptor.in, &b->acceptor.out);
}

int main(int argc, char **argv)
{
	static struct bench b;

	if (argc != 6 || (strcmp(argv[1], "credssp") && strcmp(argv[1], "ntlm")))
		return 1;
	b.name = argv[1];
	b.package = strcmp(b.name, "ntlm") ? CREDSSP_PACKAGE_CREDSSP : CREDSSP_PACKAGE_NTLM;
	snprintf(b.stat, sizeof(b.stat), "%s/memory.stat", argv[4]);
	if (b.package == CREDSSP_PACKAGE_CREDSSP)
		be_helper(&b, atoi(argv[3]), argv[5]);
	else
		become(atoi(argv[3]));
	warm_up(&b);
	measure(&b, atoi(argv[2]));
	return 0;
}
