// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/net.h"
#include "remote_shell.h"
#include "text.h"
#include "wsman.h"

/* After this time the server answers that there is no output yet. WinRM's minimum is 0.5 s. */
#define RECEIVE_S	20
/*
 * The same while the command runs: a request that ends it must wait for that answer, and has
 * STOP_MS after a signal.
 */
#define OUTPUT_S	5
/* The same while standard input is open, whose bytes must not wait for the output */
#define ALTERNATE_S	1
/* How much longer an answer may take than the server was told */
#define ANSWER_MS	30000
/* Bytes of input in one message: in base64 well below WinRM's bound on an envelope */
#define INPUT_PORTION	65536
/* Messages with input one after the other, before the next one asks for output */
#define SENDS_MAX	16
/* How long to wait before input is offered again to a command that is busy */
#define BUSY_MS		200

/**
 * struct remote - a command being run
 * @c: its parameters
 * @exchange, @arg: arguments of remote_run()
 * @shell: identifier, empty before there is one
 * @command: likewise
 * @input: descriptor, -1 when its end was sent
 * @at_end: there is no more to read
 * @portion, @length: input that was read but not taken
 * @broken: no more messages can be exchanged
 * @x: the last answer
 * @fault: code of a fault, or empty
 */
struct remote {
	struct remote_command *c;
	remote_exchange_fn exchange;
	void *arg;
	char shell[128];
	char command[128];
	int input;
	bool at_end;
	char portion[INPUT_PORTION];
	size_t length;
	bool broken;
	struct xml x;
	char fault[16];
};

static int fail(struct remote *r, const char *what, const char *why)
{
	snprintf(r->c->failure, sizeof(r->c->failure), "%s%s%s", what, why ? ": " : "",
		 why ? why : "");
	return -1;
}

/* ---- messages ------------------------------------------------------------------------ */

/**
 * struct message - an envelope being written
 * @f: writes @text and @length
 * @id: its MessageID
 * @failed: there was no memory
 */
struct message {
	FILE *f;
	char *text;
	size_t length;
	char id[UUID_ROOM];
	bool failed;
};

static void begin(struct remote *r, struct message *m, const char *action, unsigned int timeout_s,
		  const char *const *options)
{
	const struct wsman_request head = {
		.to = r->c->to,
		.action = action,
		.shell = *r->shell ? r->shell : NULL,
		.timeout_s = timeout_s,
		.options = options,
	};

	*m = (struct message){ NULL };
	m->f = open_memstream(&m->text, &m->length);
	m->failed = !m->f || wsman_begin(m->f, &head, m->id);
}

/* An answer must belong to its request: it names the request's identifier. */
static int check_answer(struct remote *r, const char *id)
{
	const char *relates = xml_text(&r->x, NS_ADDRESSING, "RelatesTo");

	if (!relates || strncasecmp(relates, "uuid:", 5) || strcasecmp(relates + 5, id))
		return fail(r, "the server's answer belongs to another message", NULL);
	return 0;
}

static const char *fault_text(struct remote *r)
{
	const struct xml_element *reason = xml_find(&r->x, NS_SOAP, "Reason", NULL);
	const struct xml_element *text = reason ? xml_find(&r->x, NS_SOAP, "Text", reason) : NULL;
	const char *message = xml_text(&r->x, NS_FAULT, "Message");

	if (message && *message)
		return message;
	return text && *text->text ? text->text : "a fault without a text";
}

/* Note the code of a fault, whose text is the failure. Return 1 for one, else 0. */
static int take_fault(struct remote *r)
{
	const struct xml_element *detail = xml_find(&r->x, NS_FAULT, "WSManFault", NULL);
	const char *code = detail ? xml_attribute(detail, "Code") : NULL;

	*r->fault = '\0';
	if (!xml_find(&r->x, NS_SOAP, "Fault", NULL))
		return 0;
	snprintf(r->fault, sizeof(r->fault), "%s", code ? code : "0");
	fail(r, "the server says", fault_text(r));
	return 1;
}

static int open_answer(struct remote *r, struct winrm_reply *reply, const char *id)
{
	int ret;

	xml_free(&r->x);
	ret = xml_parse(&r->x, reply->text, reply->length);
	free(reply->text);
	if (ret)
		return fail(r, "the server's answer is no envelope", strerror(errno));
	ret = take_fault(r);
	if (ret)
		return ret;
	if (reply->status / 100 != 2)
		return fail(r, "the server's answer is no success, and no fault", NULL);
	return check_answer(r, id);
}

/*
 * Send it. Return 0 with the answer in @r->x, 1 with a fault, -1 after an error. Of the last two,
 * the failure was noted.
 */
static int finish(struct remote *r, struct message *m, unsigned int timeout_s)
{
	struct winrm_reply reply;
	int64_t deadline = stop_limit(r->c->stop, net_now() + timeout_s * 1000 + ANSWER_MS);
	int ret = -1;

	if (m->f && !m->failed)
		wsman_end(m->f);
	if (!m->f || ferror(m->f) | fclose(m->f) | m->failed) {
		fail(r, "the message cannot be made", strerror(ENOMEM));
	} else if (r->exchange(r->arg, m->text, m->length, deadline, &reply)) {
		r->broken = true;
	} else {
		ret = open_answer(r, &reply, m->id);
		if (ret < 0)
			r->broken = true;
	}
	if (m->text)
		explicit_bzero(m->text, m->length);
	free(m->text);
	return ret;
}

/* ---- operations ---------------------------------------------------------------------- */

static int take_id(struct remote *r, char *id, size_t room, const struct xml_element *e)
{
	if (!e || !*e->text || e->length >= room)
		return fail(r, "the server's answer has no identifier", NULL);
	memcpy(id, e->text, e->length + 1);
	return 0;
}

static const struct xml_element *shell_selector(const struct xml *x)
{
	const struct xml_element *e = NULL;
	const char *name;

	while ((e = xml_find(x, NS_WSMAN, "Selector", e))) {
		name = xml_attribute(e, "Name");
		if (name && !strcmp(name, "ShellId"))
			break;
	}
	return e;
}

static int create(struct remote *r)
{
	/* 65001: UTF-8 */
	static const char *const options[] = {
		"WINRS_NOPROFILE", "FALSE", "WINRS_CODEPAGE", "65001", NULL,
	};
	struct message m;

	begin(r, &m, ACTION_CREATE, RECEIVE_S, options);
	if (!m.failed)
		fputs("<rsp:Shell>" WSMAN_STREAMS "</rsp:Shell>", m.f);
	if (finish(r, &m, RECEIVE_S))
		return -1;
	return take_id(r, r->shell, sizeof(r->shell), shell_selector(&r->x));
}

static int start(struct remote *r)
{
	const char *const options[] = {
		"WINRS_CONSOLEMODE_STDIN", r->input < 0 ? "TRUE" : "FALSE",
		"WINRS_SKIP_CMD_SHELL", "FALSE", NULL,
	};
	struct message m;

	begin(r, &m, ACTION_COMMAND, RECEIVE_S, options);
	if (!m.failed) {
		fputs("<rsp:CommandLine><rsp:Command>", m.f);
		xml_write(m.f, r->c->line);
		fputs("</rsp:Command></rsp:CommandLine>", m.f);
	}
	if (finish(r, &m, RECEIVE_S))
		return -1;
	return take_id(r, r->command, sizeof(r->command),
		       xml_find(&r->x, NS_SHELL, "CommandId", NULL));
}

/* Others may have made the descriptor one that does not block. A reader may be slow for ever. */
static int write_all(struct stop *stop, int fd, const unsigned char *data, size_t n)
{
	ssize_t some;

	while (n) {
		if (stop_await_room(stop, fd))
			return -1;
		/* A pipe with room takes so much without blocking. */
		some = write(fd, data, n < PIPE_BUF ? n : PIPE_BUF);
		if (some < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (some < 0)
			return -1;
		data += some;
		n -= (size_t)some;
	}
	return 0;
}

static int take_stream(struct remote *r, const struct xml_element *e)
{
	const char *name = xml_attribute(e, "Name");
	bool error = name && !strcmp(name, "stderr");
	unsigned char *data;
	size_t n;
	int ret;

	if (!error && (!name || strcmp(name, "stdout")))
		return 0;
	if (wsman_bytes(e, &data, &n))
		return fail(r, "the command's output is not in base64", NULL);
	ret = write_all(r->c->stop, error ? r->c->error : r->c->output, data, n);
	free(data);
	return ret ? fail(r, error ? "standard error" : "standard output", strerror(errno)) : 0;
}

static int take_state(struct remote *r)
{
	const struct xml_element *e = xml_find(&r->x, NS_SHELL, "CommandState", NULL);
	const char *state = e ? xml_attribute(e, "State") : NULL;
	const char *code = xml_text(&r->x, NS_SHELL, "ExitCode");
	char *end;

	if (!state || strcmp(state, STATE_DONE))
		return 0;
	errno = 0;
	r->c->code = code ? (uint32_t)strtoul(code, &end, 10) : 0;
	if (!code || !*code || *end || errno)
		return fail(r, "the command has ended without an exit code", NULL);
	r->c->done = true;
	return 0;
}

/* No longer than the command may run */
static unsigned int receive_timeout(const struct remote *r)
{
	unsigned int left_s = (unsigned int)net_left(r->c->deadline) / 1000 + 1;

	if (r->input >= 0)
		return ALTERNATE_S;
	return left_s < OUTPUT_S ? left_s : OUTPUT_S;
}

static int receive(struct remote *r)
{
	unsigned int timeout_s = receive_timeout(r);
	const struct xml_element *e = NULL;
	struct message m;
	int ret;

	begin(r, &m, ACTION_RECEIVE, timeout_s, NULL);
	if (!m.failed) {
		fputs("<rsp:Receive><rsp:DesiredStream CommandId=\"", m.f);
		xml_write(m.f, r->command);
		fputs("\">stdout stderr</rsp:DesiredStream></rsp:Receive>", m.f);
	}
	ret = finish(r, &m, timeout_s);
	if (ret > 0 && !strcmp(r->fault, FAULT_TIMEOUT)) {
		*r->c->failure = '\0';
		return 0;
	}
	if (ret)
		return -1;
	while ((e = xml_find(&r->x, NS_SHELL, "Stream", e)))
		if (take_stream(r, e))
			return -1;
	return take_state(r);
}

/* Offer what was read. Return 0 if it was taken, 1 if the command is busy, -1 after an error. */
static int send_portion(struct remote *r)
{
	struct message m;
	int ret;

	begin(r, &m, ACTION_SEND, ALTERNATE_S, NULL);
	if (!m.failed) {
		fputs("<rsp:Send>", m.f);
		m.failed = wsman_stream(m.f, "stdin", r->command, r->portion, r->length,
					r->at_end);
		fputs("</rsp:Send>", m.f);
	}
	ret = finish(r, &m, ALTERNATE_S);
	if (ret > 0 && (!strcmp(r->fault, FAULT_BUSY) || !strcmp(r->fault, FAULT_TIMEOUT))) {
		*r->c->failure = '\0';
		return 1;
	}
	if (!ret)
		r->length = 0;
	return ret ? -1 : 0;
}

/* Read what comes next, if anything is there. Return 1 if there is something to send. */
static int read_input(struct remote *r)
{
	struct pollfd p = { .fd = r->input, .events = POLLIN };
	ssize_t n;

	if (r->length || r->at_end)
		return 1;
	if (poll(&p, 1, 0) < 1)
		return 0;
	n = read(r->input, r->portion, sizeof(r->portion));
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 :
		       fail(r, "standard input", strerror(errno));
	r->length = (size_t)n;
	r->at_end = !n;
	return 1;
}

/* Send what is there of the input, without waiting for more. */
static int send_input(struct remote *r)
{
	int i, ret;

	for (i = 0; i < SENDS_MAX && r->input >= 0; i++) {
		ret = read_input(r);
		if (ret < 1)
			return ret;
		ret = send_portion(r);
		if (ret < 0)
			return ret;
		if (ret) {
			usleep(BUSY_MS * 1000);
			return 0;
		}
		if (r->at_end)
			r->input = -1;
	}
	return 0;
}

/*
 * On Windows a shell is not the connection's: it and its command go on until they are deleted,
 * or for hours. Only the shells of credsspctl accept end with the connection.
 */
static int signal_command(struct remote *r)
{
	struct message m;

	begin(r, &m, ACTION_SIGNAL, RECEIVE_S, NULL);
	if (!m.failed) {
		fputs("<rsp:Signal CommandId=\"", m.f);
		xml_write(m.f, r->command);
		fputs("\"><rsp:Code>" SIGNAL_TERMINATE "</rsp:Code></rsp:Signal>", m.f);
	}
	return finish(r, &m, RECEIVE_S);
}

static int delete(struct remote *r)
{
	struct message m;

	begin(r, &m, ACTION_DELETE, RECEIVE_S, NULL);
	return finish(r, &m, RECEIVE_S);
}

static int converse(struct remote *r)
{
	if (create(r) || stop_asked(r->c->stop) || start(r))
		return -1;
	while (!r->c->done) {
		if (stop_asked(r->c->stop))
			return -1;
		if (net_now() >= r->c->deadline) {
			r->c->late = true;
			return fail(r, "ended after --run-time", NULL);
		}
		if (send_input(r) || receive(r))
			return -1;
	}
	return 0;
}

/* Failures of cleaning up do not hide the first one. */
static void clean_up(struct remote *r)
{
	char failure[sizeof(r->c->failure)];

	memcpy(failure, r->c->failure, sizeof(failure));
	/* It may have come in the last exchange. */
	stop_asked(r->c->stop);
	if (*r->command && !r->broken)
		signal_command(r);
	if (*r->shell)
		r->c->left = r->broken || delete(r);
	memcpy(r->c->failure, failure, sizeof(failure));
}

int remote_run(struct remote_command *c, remote_exchange_fn exchange, void *arg)
{
	struct remote *r = calloc(1, sizeof(*r));
	int ret;

	c->done = false;
	c->late = false;
	c->left = false;
	*c->failure = '\0';
	if (!r) {
		snprintf(c->failure, sizeof(c->failure), "%s", strerror(ENOMEM));
		return -1;
	}
	r->c = c;
	r->exchange = exchange;
	r->arg = arg;
	r->input = c->input;
	ret = converse(r);
	clean_up(r);
	xml_free(&r->x);
	explicit_bzero(r->portion, sizeof(r->portion));
	free(r);
	return ret;
}
