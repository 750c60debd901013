// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's Kerberos on its own, by ioctl, and MIT's initiator, both with MIT's acceptor
 * in this process.
 *
 *	krb5_bench messages TARGET KEYTAB CCACHE COUNT SIZE
 *		one message of SIZE bytes, sealed and opened by the module and by MIT
 *	krb5_bench logon TARGET KEYTAB CCACHE|- TICKETS|- COUNT CPU-STAT
 *		logons with the tickets of CCACHE, which is made from the file TICKETS
 *		before each logon; without CCACHE with the password, each time by a new
 *		credential. CPU-STAT: of credsspd's cgroup
 *	krb5_bench mit TARGET KEYTAB CCACHE|- TICKETS|- COUNT
 *		the same by MIT's own initiator
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acceptor.h"
#include "initiator.h"
#include "krb5_client.h"
#include "tcp.h"

#define WARM_UP		8
#define MAX_SIZE	CREDSSP_MAX_SIGNED
/* Time for what credsspd does after the last logon */
#define SETTLE_US	300000

/**
 * struct bench - what is measured
 * @target: SPN
 * @ccache: name of a FILE cache, or NULL
 * @tickets: file from which it is made before each logon, or NULL
 * @times: how often
 * @acceptor: the keys of the service
 * @server: the acceptor's context
 */
struct bench {
	const char *target;
	const char *ccache;
	const char *tickets;
	unsigned int times;
	struct krb5_acceptor acceptor;
	struct krb5_server server;
};

static void stop(const char *why, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

/* The acceptor's answer to a client's token, for the time until the next one. */
static struct span answer(struct bench *b, struct span token)
{
	const char *why;

	krb5_free(&b->server);
	b->server = (struct krb5_server){ 0 };
	why = krb5_accept(&b->server, &b->acceptor, token);
	if (why || !b->server.done)
		stop(why ? why : "not done", "acceptor");
	return span_of(&b->server.token);
}

static void fresh_cache(const struct bench *b)
{
	const char *to = b->ccache + strlen("FILE:");
	struct stat st;
	int in, out;

	if (!b->tickets)
		return;
	unlink(to);
	in = open(b->tickets, O_RDONLY | O_CLOEXEC);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (in < 0 || out < 0 || fstat(in, &st) ||
	    sendfile(out, in, NULL, st.st_size) != st.st_size)
		fail(to);
	close(in);
	close(out);
}

static void establish(struct bench *b, struct initiator *i)
{
	initiator_leg(i, span(NULL, 0), SEC_I_CONTINUE_NEEDED);
	initiator_leg(i, answer(b, span(i->token, i->length)), SEC_E_OK);
}

/* A cached ticket costs no KDC message, anything else one or more. */
static unsigned int check_messages(const struct bench *b, struct initiator *i)
{
	struct credssp_report report = initiator_report(i);
	bool cached = b->ccache && !b->tickets;

	if (cached != !report.kdc_messages)
		stop("wrong number", "messages to KDCs");
	return report.kdc_messages;
}

/* Returns the number of messages to KDCs. */
static unsigned int one_logon(struct bench *b, struct initiator *i)
{
	unsigned int messages;

	if (b->ccache)
		fresh_cache(b);
	else
		initiator_renew(i);
	establish(b, i);
	messages = check_messages(b, i);
	initiator_end(i);
	return messages;
}

static uint64_t settled_helper(const char *cpu_stat)
{
	usleep(SETTLE_US);
	return count_cgroup(cpu_stat);
}

static void logons(struct bench *b, const char *cpu_stat)
{
	static struct initiator i;
	unsigned int n, messages = 0;
	uint64_t helper = 0;

	i.target = b->target;
	i.ccache = b->ccache;
	if (b->ccache)
		fresh_cache(b);
	initiator_open(&i, CREDSSP_PACKAGE_KERBEROS);
	for (n = 0; n < WARM_UP + b->times; n++) {
		if (n == WARM_UP) {
			count_reset(&i.count);
			helper = settled_helper(cpu_stat);
		}
		messages = one_logon(b, &i);
	}
	if (!helper)
		stop("no processor time", cpu_stat);
	fprintf(stderr, "# messages to KDCs: %u\n", messages);
	count_print("caller", i.count.total, b->times);
	count_print("credsspd", settled_helper(cpu_stat) - helper, b->times);
}

static void mit_logons(struct bench *b)
{
	struct krb5_client c = {};
	unsigned int n;

	krb5_client_open(&c, b->target);
	for (n = 0; n < WARM_UP + b->times; n++) {
		if (n == WARM_UP)
			count_reset(&c.count);
		if (b->ccache)
			fresh_cache(b);
		krb5_client_acquire(&c, b->ccache, USER, PASSWORD);
		if (krb5_client_step(&c, span("", 0)) ||
		    !krb5_client_step(&c, answer(b, span_of(&c.token))))
			stop("wrong number of tokens", "MIT");
		krb5_client_end(&c);
	}
	count_print("caller", c.count.total, b->times);
}

/* All four figures of a size */
struct sums {
	struct count seal;
	struct count unseal;
	struct count wrap;
	struct count unwrap;
};

/* The module seals, MIT opens. */
static void say(struct bench *b, struct initiator *i, struct span plain, struct sums *sums)
{
	static uint8_t room[MAX_SIZE + CREDSSP_MAX_SIGNATURE];
	gss_buffer_desc in = { .value = room }, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor;

	in.length = initiator_message(i, CREDSSP_IOC_ENCRYPT, plain, room, sizeof(room),
				      &sums->seal);
	count_start(&sums->unwrap);
	major = gss_unwrap(&minor, b->server.ctx, &in, &out, NULL, NULL);
	count_stop(&sums->unwrap);
	if (major || out.length != plain.len || memcmp(out.value, plain.p, plain.len))
		stop("not what was sealed", "gss_unwrap");
	gss_release_buffer(&minor, &out);
}

/* MIT seals, the module opens. */
static void hear(struct bench *b, struct initiator *i, struct span plain, struct sums *sums)
{
	static uint8_t room[MAX_SIZE];
	gss_buffer_desc in = { plain.len, (void *)plain.p }, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor;
	uint32_t length;

	count_start(&sums->wrap);
	major = gss_wrap(&minor, b->server.ctx, 1, GSS_C_QOP_DEFAULT, &in, NULL, &out);
	count_stop(&sums->wrap);
	if (major)
		stop("error", "gss_wrap");
	length = initiator_message(i, CREDSSP_IOC_DECRYPT, span(out.value, out.length), room,
				   sizeof(room), &sums->unseal);
	if (length != plain.len || memcmp(room, plain.p, length))
		stop("not what was sealed", "DECRYPT");
	gss_release_buffer(&minor, &out);
}

static void messages(struct bench *b, uint32_t size)
{
	static uint8_t text[MAX_SIZE];
	static struct initiator i;
	struct sums sums = {};
	unsigned int n;

	i.target = b->target;
	i.ccache = b->ccache;
	initiator_open(&i, CREDSSP_PACKAGE_KERBEROS);
	establish(b, &i);
	for (n = 0; n < WARM_UP + b->times; n++) {
		if (n == WARM_UP)
			sums = (struct sums){};
		say(b, &i, span(text, size), &sums);
		hear(b, &i, span(text, size), &sums);
	}
	count_print("krb5-seal", sums.seal.total, b->times);
	count_print("krb5-unseal", sums.unseal.total, b->times);
	count_print("mit-wrap", sums.wrap.total, b->times);
	count_print("mit-unwrap", sums.unwrap.total, b->times);
}

static const char *optional(const char *word)
{
	return strcmp(word, "-") ? word : NULL;
}

int main(int argc, char **argv)
{
	struct bench b = {};
	const char *why;

	if (argc < 7)
		return 1;
	count_calibrate();
	b.target = argv[2];
	b.ccache = optional(argv[4]);
	why = krb5_acceptor_open(&b.acceptor, argv[3]);
	if (why)
		stop(why, argv[3]);
	if (!strcmp(argv[1], "messages")) {
		b.times = atoi(argv[5]);
		if (!b.times || atoi(argv[6]) < 1 || atoi(argv[6]) > MAX_SIZE)
			return 1;
		messages(&b, atoi(argv[6]));
		return 0;
	}
	b.tickets = optional(argv[5]);
	b.times = atoi(argv[6]);
	if (!b.times || (b.tickets && !b.ccache))
		return 1;
	if (!strcmp(argv[1], "logon") && argc == 8)
		logons(&b, argv[7]);
	else
		mit_logons(&b);
	return 0;
}
