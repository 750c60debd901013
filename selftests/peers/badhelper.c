// SPDX-License-Identifier: GPL-2.0-only
/*
 * badhelper: a helper daemon with a fault, for tests of the module.
 *
 *   badhelper [--device PATH] [--trust FILE] [--after N] [--ms N] [--errno N]
 *             [--tell] MODE
 *
 * It answers the first N requests well (END does not count) and has the fault MODE from
 * then on.  Standard output has a line "ready" when the device is open, "taken" for each
 * reply that was written, and "refused: ..." for each one that the module refuses; with
 * --tell also "request of OWNER" for each request but END, in the order of reading.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "engine/engine.h"

static struct {
	const char *device;
	const char *trust;
	unsigned long after;
	unsigned long ms;
	unsigned int error;
	bool tell;
} opt = { .device = CREDSSP_HELPER_DEVICE, .ms = 2000, .error = EIO };

/* One message of the helper channel. */
struct message {
	alignas(8) uint8_t bytes[CREDSSP_HLP_MAX_MESSAGE];
	size_t length;
};

static struct credssp_hlp_header *header(struct message *m)
{
	return (struct credssp_hlp_header *)m->bytes;
}

/* The fixed part of a handshake's reply, or NULL if the reply is an error. */
static struct credssp_hlp_tls_reply *tls(struct message *m)
{
	if (m->length < sizeof(*header(m)) + sizeof(struct credssp_hlp_tls_reply) ||
	    header(m)->opcode == CREDSSP_HLP_TLS_TICKET)
		return NULL;
	return (struct credssp_hlp_tls_reply *)(header(m) + 1);
}

static bool is_done(struct message *m)
{
	return tls(m) && tls(m)->state == CREDSSP_HLP_TLS_DONE;
}

static void noise(void *p, size_t n)
{
	uint8_t *at = p;
	size_t part;

	for (; n; at += part, n -= part) {
		part = n < 256 ? n : 256;
		if (getrandom(at, part, 0) != (ssize_t)part)
			abort();
	}
}

static void set_length(struct message *m, size_t length)
{
	m->length = length;
	header(m)->length = length;
}

static void write_reply(int device, const struct message *m, size_t length)
{
	if (write(device, m->bytes, length) != (ssize_t)length)
		printf("refused: %s\n", strerror(errno));
	else
		puts("taken");
	fflush(stdout);
}

static void pause_ms(unsigned long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* The modes: each gets a good reply, which it changes, sends or drops. */

static void good(int device, struct message *m)
{
	write_reply(device, m, m->length);
}

static void silent(int device, struct message *m)
{
	(void)device;
	(void)m;
}

static void die(int device, struct message *m)
{
	(void)device;
	(void)m;
	exit(EXIT_SUCCESS);
}

static void slow(int device, struct message *m)
{
	pause_ms(opt.ms);
	good(device, m);
}

static void twice(int device, struct message *m)
{
	good(device, m);
	good(device, m);
}

static void error(int device, struct message *m)
{
	header(m)->error = opt.error;
	good(device, m);
}

static void noise_only(int device, struct message *m)
{
	noise(m->bytes, m->length);
	/* The length must not be right by chance. */
	header(m)->length = m->length + 1;
	good(device, m);
}

static void noise_payload(int device, struct message *m)
{
	noise(header(m) + 1, m->length - sizeof(*header(m)));
	good(device, m);
}

static void truncated(int device, struct message *m)
{
	set_length(m, m->length - 1);
	good(device, m);
}

static void empty(int device, struct message *m)
{
	set_length(m, sizeof(*header(m)));
	good(device, m);
}

static void short_write(int device, struct message *m)
{
	write_reply(device, m, m->length - 1);
}

static void tiny_write(int device, struct message *m)
{
	write_reply(device, m, sizeof(*header(m)) - 1);
}

static void trailing(int device, struct message *m)
{
	if (m->length < sizeof(m->bytes))
		m->bytes[m->length] = 0;
	set_length(m, m->length + 1);
	good(device, m);
}

static void huge(int device, struct message *m)
{
	memset(m->bytes + m->length, 0, sizeof(m->bytes) - m->length);
	set_length(m, sizeof(m->bytes));
	good(device, m);
}

static void wrong_id(int device, struct message *m)
{
	header(m)->id += 1000;
	good(device, m);
}

static void wrong_opcode(int device, struct message *m)
{
	header(m)->opcode ^= 3;
	good(device, m);
}

static void wrong_conversation(int device, struct message *m)
{
	header(m)->conversation++;
	good(device, m);
}

static void lie_state(int device, struct message *m)
{
	if (tls(m))
		tls(m)->state = 77;
	good(device, m);
}

static void lie_wire_length(int device, struct message *m)
{
	if (tls(m))
		tls(m)->wire_length = UINT32_MAX;
	good(device, m);
}

static void lie_consumed(int device, struct message *m)
{
	if (tls(m))
		tls(m)->consumed = UINT32_MAX;
	good(device, m);
}

/* DONE at once: without a server's answer or certificate, with keys of zeros. */
static void lie_done(int device, struct message *m)
{
	if (tls(m))
		tls(m)->state = CREDSSP_HLP_TLS_DONE;
	good(device, m);
}

static void lie_keys(int device, struct message *m)
{
	if (is_done(m)) {
		noise(tls(m)->tx.key, tls(m)->tx.key_length);
		noise(tls(m)->rx.key, tls(m)->rx.key_length);
	}
	good(device, m);
}

static void lie_key_length(int device, struct message *m)
{
	if (is_done(m)) {
		tls(m)->tx.key_length = UINT16_MAX;
		tls(m)->rx.iv_length = UINT16_MAX;
	}
	good(device, m);
}

static void lie_cipher(int device, struct message *m)
{
	if (is_done(m))
		tls(m)->cipher = 0x0005;	/* TLS_RSA_WITH_RC4_128_SHA */
	good(device, m);
}

static void lie_certificate(int device, struct message *m)
{
	struct credssp_hlp_tls_reply *r = tls(m);

	/* The lengths are unchanged, so that only the certificate is wrong. */
	if (is_done(m) && r->chain_length > 4)
		noise((uint8_t *)(r + 1) + r->wire_length + 4, r->chain_length - 4);
	good(device, m);
}

static void lie_resumed(int device, struct message *m)
{
	if (is_done(m))
		tls(m)->flags |= CREDSSP_HLP_TLS_RESUMED;
	good(device, m);
}

/* The reply to TLS_TICKET, or NULL. */
static struct credssp_hlp_tls_ticket *ticket(struct message *m)
{
	return header(m)->opcode == CREDSSP_HLP_TLS_TICKET && !header(m)->error ?
	       (struct credssp_hlp_tls_ticket *)(header(m) + 1) : NULL;
}

/* The session is the last part of the replies DONE and TLS_TICKET. */
static void lie_session(int device, struct message *m)
{
	size_t length = 0;

	if (is_done(m))
		length = tls(m)->session_length;
	else if (ticket(m))
		length = ticket(m)->session_length;
	noise(m->bytes + m->length - length, length);
	good(device, m);
}

static void lie_ticket_length(int device, struct message *m)
{
	if (ticket(m))
		ticket(m)->session_length = UINT32_MAX;
	good(device, m);
}

static const struct {
	const char *name;
	void (*run)(int device, struct message *m);
	const char *what;
} modes[] = {
	{ "good", good, "answers well" },
	{ "never-read", NULL, "opens the device and reads nothing (any more)" },
	{ "silent", silent, "reads and answers nothing" },
	{ "die", die, "exits when it has read a request" },
	{ "slow", slow, "answers after --ms milliseconds (2000)" },
	{ "twice", twice, "sends each reply twice" },
	{ "error", error, "answers with --errno (EIO)" },
	{ "noise", noise_only, "writes noise, header and all" },
	{ "noise-payload", noise_payload, "a good header, then noise" },
	{ "truncated", truncated, "a reply without its last byte, and says so" },
	{ "empty", empty, "a header alone" },
	{ "short-write", short_write, "a reply without its last byte" },
	{ "tiny-write", tiny_write, "less than a header" },
	{ "trailing", trailing, "a byte more than the reply needs" },
	{ "huge", huge, "the longest message, filled up with zeros" },
	{ "wrong-id", wrong_id, "a reply to a request that was not made" },
	{ "wrong-opcode", wrong_opcode, "a reply of another kind" },
	{ "wrong-conversation", wrong_conversation, "a reply for another conversation" },
	{ "lie-state", lie_state, "a state that does not exist" },
	{ "lie-wire-length", lie_wire_length, "4 GiB of wire bytes" },
	{ "lie-consumed", lie_consumed, "has used 4 GiB of the request" },
	{ "lie-done", lie_done, "says that the handshake is done when it is not" },
	{ "lie-keys", lie_keys, "random keys in the end" },
	{ "lie-key-length", lie_key_length, "keys of 64 KiB in the end" },
	{ "lie-cipher", lie_cipher, "another cipher in the end" },
	{ "lie-certificate", lie_certificate, "a certificate of noise in the end" },
	{ "lie-resumed", lie_resumed, "says that a session was resumed" },
	{ "lie-session", lie_session, "a session of noise to be resumed" },
	{ "lie-ticket-length", lie_ticket_length, "4 GiB of a session for the tickets" },
};

#define MODES (sizeof(modes) / sizeof(modes[0]))

static void serve(int device, struct engine *e, void (*misbehave)(int, struct message *))
{
	static struct message request, reply;
	unsigned long count = 0;
	ssize_t got;

	/* In the mode "never-read" the device stays open. */
	while (misbehave || count < opt.after) {
		got = read(device, request.bytes, sizeof(request.bytes));
		if (got <= 0)
			return;
		if (opt.tell && header(&request)->opcode != CREDSSP_HLP_END)
			printf("request of %u\n", header(&request)->owner);
		reply.length = engine_handle(e, request.bytes, got, reply.bytes,
					     sizeof(reply.bytes));
		if (!reply.length)
			continue;
		if (count++ < opt.after)
			good(device, &reply);
		else
			misbehave(device, &reply);
	}
	for (;;)
		pause();
}

static void complain(void)
{
	fputs("badhelper [OPTION...] MODE: see the head of its source; the modes are\n",
	      stderr);
	for (size_t i = 0; i < MODES; i++)
		fprintf(stderr, "  %-20s %s\n", modes[i].name, modes[i].what);
	exit(2);
}

static size_t parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "trust", required_argument, NULL, 't' },
		{ "after", required_argument, NULL, 'a' },
		{ "ms", required_argument, NULL, 'm' },
		{ "errno", required_argument, NULL, 'e' },
		{ "tell", no_argument, NULL, 'T' },
		{ NULL, 0, NULL, 0 },
	};
	size_t mode = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'd')
			opt.device = optarg;
		else if (c == 't')
			opt.trust = optarg;
		else if (c == 'a')
			opt.after = strtoul(optarg, NULL, 0);
		else if (c == 'm')
			opt.ms = strtoul(optarg, NULL, 0);
		else if (c == 'e')
			opt.error = strtoul(optarg, NULL, 0);
		else if (c == 'T')
			opt.tell = true;
		else
			complain();
	}
	if (optind + 1 != argc)
		complain();
	while (mode < MODES && strcmp(modes[mode].name, argv[optind]))
		mode++;
	if (mode == MODES)
		complain();
	return mode;
}

int main(int argc, char **argv)
{
	struct tls_options options = { .min_version = TLS_1_2, .max_version = TLS_1_3 };
	size_t mode = parse(argc, argv);
	struct tls_context *client;
	struct engine *e;
	int device;

	log_setup(false);
	options.trust_file = opt.trust;
	client = tls_context_new(&options);
	e = client ? engine_new(client) : NULL;
	if (!e)
		return EXIT_FAILURE;
	device = open(opt.device, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		perror(opt.device);
		return EXIT_FAILURE;
	}
	puts("ready");
	fflush(stdout);
	serve(device, e, modes[mode].run);
	perror("reading");
	return EXIT_FAILURE;
}
