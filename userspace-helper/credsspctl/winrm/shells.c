// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/net.h"
#include "shells.h"
#include "text.h"
#include "wsman.h"

/* Exit code of a command that a signal has ended, as of shells */
#define EXIT_SIGNAL	128
/* Exit codes of commands whose program cannot be run, likewise */
#define EXIT_NOT_RUN	126
#define EXIT_NOT_FOUND	127
/* How long an answer may wait for output if the client does not say, and the longest time */
#define TIMEOUT_S	60
#define TIMEOUT_MAX_S	300
#define STATUS_OK	200
#define STATUS_ERROR	500

/**
 * struct shell - a shell, and its command
 * @id: empty for a place without a shell
 * @command: identifier of the command, empty for none
 * @child: its program
 * @running: it was not waited for yet
 * @code: exit code, if it is not @running
 * @input, @at, @fill: bytes that it was not given yet
 * @input_end: nothing comes after them
 */
struct shell {
	char id[UUID_ROOM];
	char command[UUID_ROOM];
	struct child child;
	bool running;
	int code;
	char *input;
	size_t at;
	size_t fill;
	bool input_end;
};

struct shells {
	struct shells_options options;
	struct shell shells[SHELLS_MAX];
};

/**
 * struct request - a request being answered
 * @x: its envelope
 * @message: MessageID, or NULL
 * @shell: that it names, or NULL
 * @f: the answer
 * @fault: it is a fault
 */
struct request {
	struct xml x;
	const char *message;
	struct shell *shell;
	FILE *f;
	bool fault;
};

/* ---- answers ------------------------------------------------------------------------- */

static void answer(struct request *q, const char *action)
{
	char full[160];

	snprintf(full, sizeof(full), "%sResponse", action);
	if (wsman_begin_answer(q->f, full, q->message))
		q->fault = true;
}

static void fault(struct request *q, const char *code, const char *subcode, const char *text)
{
	q->fault = true;
	if (wsman_begin_answer(q->f, ACTION_FAULT, q->message))
		return;
	fputs("<s:Fault><s:Code><s:Value>s:Sender</s:Value>", q->f);
	fprintf(q->f, "<s:Subcode><s:Value>w:%s</s:Value></s:Subcode></s:Code>", subcode);
	fprintf(q->f, "<s:Reason><s:Text xml:lang=\"en-US\">%s</s:Text></s:Reason>", text);
	fputs("<s:Detail><f:WSManFault xmlns:f=\"" NS_FAULT "\"", q->f);
	fprintf(q->f, " Code=\"%s\" Machine=\"localhost\"><f:Message>%s", code, text);
	fputs("</f:Message></f:WSManFault></s:Detail></s:Fault>", q->f);
}

static void fault_schema(struct request *q, const char *text)
{
	fault(q, FAULT_SCHEMA, "SchemaValidationError", text);
}

static void fault_command(struct request *q)
{
	fault(q, FAULT_NO_SHELL, "InvalidSelectors", "this shell has no such command");
}

/* ---- commands ------------------------------------------------------------------------ */

static void forget_input(struct shell *sh)
{
	if (sh->input)
		explicit_bzero(sh->input, SHELL_INPUT_MAX);
	free(sh->input);
	sh->input = NULL;
	sh->at = 0;
	sh->fill = 0;
	sh->input_end = false;
}

static void end_command(struct shell *sh)
{
	child_close(&sh->child.input);
	child_close(&sh->child.output);
	child_close(&sh->child.error);
	if (sh->running)
		child_hang_up(&sh->child);
	sh->running = false;
	forget_input(sh);
	*sh->command = '\0';
}

static void end_shell(struct shell *sh)
{
	if (*sh->id)
		end_command(sh);
	*sh->id = '\0';
}

/* A program that does not start is a command that ends at once. */
static void run_program(const struct shells *s, struct shell *sh, char *line)
{
	size_t n, i;
	char **argv;
	int ret = -1;

	for (n = 0; s->options.program[n]; n++)
		;
	argv = calloc(n + 2, sizeof(*argv));
	for (i = 0; argv && i < n; i++)
		argv[i] = s->options.program[i];
	if (argv) {
		argv[n] = line;
		ret = child_start(&sh->child, CHILD_STREAMS, argv, s->options.env);
	}
	sh->running = !ret;
	if (ret)
		sh->code = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
	free(argv);
}

/* Give the program what waits for it, as far as it takes it. */
static void push_input(struct shell *sh)
{
	ssize_t n;

	while (sh->child.input >= 0 && sh->at < sh->fill) {
		n = write(sh->child.input, sh->input + sh->at, sh->fill - sh->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		/* a program that reads no more does not end for it */
		if (n < 0)
			child_close(&sh->child.input);
		else
			sh->at += (size_t)n;
	}
	sh->at = 0;
	sh->fill = 0;
	if (sh->input_end)
		child_close(&sh->child.input);
}

enum { POLL_OUTPUT, POLL_ERROR, POLL_CHILD, POLL_INPUT, POLL_CLIENT, POLL_STOP, POLL_COUNT };

/*
 * Wait until the command can be dealt with; @reads: also if there is output, which the caller
 * takes then. Return -1 when the connection must end.
 */
static int wait_command(const struct shells *s, struct shell *sh, bool reads, int64_t deadline)
{
	struct pollfd p[POLL_COUNT] = {
		[POLL_OUTPUT] = { .fd = reads ? sh->child.output : -1, .events = POLLIN },
		[POLL_ERROR] = { .fd = reads ? sh->child.error : -1, .events = POLLIN },
		[POLL_CHILD] = { .fd = sh->running ? sh->child.pidfd : -1, .events = POLLIN },
		[POLL_INPUT] = { .fd = sh->fill ? sh->child.input : -1, .events = POLLOUT },
		[POLL_CLIENT] = { .fd = s->options.fd, .events = POLLRDHUP },
		[POLL_STOP] = { .fd = s->options.stop, .events = POLLIN },
	};
	int n = poll(p, POLL_COUNT, net_left(deadline));

	if (n < 0)
		return errno == EINTR ? 0 : -1;
	if (p[POLL_CLIENT].revents || p[POLL_STOP].revents)
		return -1;
	if (p[POLL_INPUT].revents)
		push_input(sh);
	return 0;
}

/* Read what is there. At the end the pipe is closed. */
static size_t take_output(int *end, char *data)
{
	ssize_t n;

	if (*end < 0)
		return 0;
	n = read(*end, data, SHELL_OUTPUT_MAX);
	if (n > 0)
		return (size_t)n;
	if (!n || (errno != EAGAIN && errno != EINTR))
		child_close(end);
	return 0;
}

static bool has_ended(const struct shell *sh)
{
	struct pollfd p = { .fd = sh->child.pidfd, .events = POLLIN };

	return !sh->running || poll(&p, 1, 0) > 0;
}

static void reap(struct shell *sh)
{
	int status;

	if (!sh->running)
		return;
	status = child_wait(&sh->child);
	sh->running = false;
	sh->code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SIGNAL + WTERMSIG(status);
	child_close(&sh->child.input);
	child_close(&sh->child.output);
	child_close(&sh->child.error);
	forget_input(sh);
}

/* ---- operations ---------------------------------------------------------------------- */

static int create(struct shells *s, struct request *q)
{
	struct shell *sh = s->shells;

	if (xml_find(&q->x, NS_SHELL, "Environment", NULL) ||
	    xml_find(&q->x, NS_SHELL, "WorkingDirectory", NULL)) {
		fault(q, FAULT_UNSUPPORTED, "UnsupportedFeature",
		      "the server does not let clients choose environment and directory");
		return 0;
	}
	while (sh < s->shells + SHELLS_MAX && *sh->id)
		sh++;
	if (sh == s->shells + SHELLS_MAX) {
		fault(q, FAULT_BUSY, "QuotaLimit", "the connection has too many shells");
		return 0;
	}
	*sh = (struct shell){ .child = { -1, -1, -1, -1, -1, CHILD_STREAMS } };
	if (wsman_uuid(sh->id))
		return -1;
	answer(q, ACTION_CREATE);
	fputs("<x:ResourceCreated xmlns:x=\"" NS_TRANSFER "\">", q->f);
	fputs("<a:Address>" ANONYMOUS "</a:Address><a:ReferenceParameters>", q->f);
	fputs("<w:ResourceURI>" RESOURCE_CMD "</w:ResourceURI>", q->f);
	wsman_selector(q->f, sh->id);
	fputs("</a:ReferenceParameters></x:ResourceCreated>", q->f);
	fprintf(q->f, "<rsp:Shell><rsp:ShellId>%s</rsp:ShellId>", sh->id);
	fputs("<rsp:ResourceUri>" RESOURCE_CMD "</rsp:ResourceUri>", q->f);
	fputs(WSMAN_STREAMS "</rsp:Shell>", q->f);
	return 0;
}

/* The command and its arguments with blanks between them, to be freed; NULL without memory */
static char *command_line(const struct xml *x)
{
	const struct xml_element *e = NULL;
	const char *command = xml_text(x, NS_SHELL, "Command");
	char *line = NULL;
	size_t length;
	FILE *f = open_memstream(&line, &length);

	if (!f)
		return NULL;
	fputs(command ? command : "", f);
	while ((e = xml_find(x, NS_SHELL, "Arguments", e)))
		fprintf(f, " %s", e->text);
	if (ferror(f) | fclose(f)) {
		free(line);
		return NULL;
	}
	return line;
}

static int command(struct shells *s, struct request *q)
{
	struct shell *sh = q->shell;
	char *line;

	if (sh->running && !has_ended(sh)) {
		fault(q, FAULT_BUSY, "Concurrency", "the shell runs a command already");
		return 0;
	}
	end_command(sh);
	line = command_line(&q->x);
	if (!line || wsman_uuid(sh->command)) {
		free(line);
		return -1;
	}
	run_program(s, sh, line);
	free(line);
	answer(q, ACTION_COMMAND);
	fprintf(q->f, "<rsp:CommandResponse><rsp:CommandId>%s</rsp:CommandId>", sh->command);
	fputs("</rsp:CommandResponse>", q->f);
	return 0;
}

/* The request's command must be the shell's. A request without an identifier means it as well. */
static bool is_command(const struct request *q, const char *element)
{
	const struct xml_element *e = xml_find(&q->x, NS_SHELL, element, NULL);
	const char *id = e ? xml_attribute(e, "CommandId") : NULL;

	return e && *q->shell->command && (!id || !strcasecmp(id, q->shell->command));
}

static int64_t deadline_of(const struct request *q)
{
	unsigned int s = wsman_seconds(xml_text(&q->x, NS_WSMAN, "OperationTimeout"), TIMEOUT_S);

	return net_now() + (s < TIMEOUT_MAX_S ? s : TIMEOUT_MAX_S) * 1000;
}

/* Return 0 if there is room, 1 if the command does not make any in time, -1 to end. */
static int make_room(const struct shells *s, struct shell *sh, size_t n, int64_t deadline)
{
	push_input(sh);
	while (sh->child.input >= 0 && n > SHELL_INPUT_MAX - (sh->fill - sh->at)) {
		if (!net_left(deadline))
			return 1;
		if (wait_command(s, sh, false, deadline))
			return -1;
		if (has_ended(sh))
			child_close(&sh->child.input);
	}
	return 0;
}

/* Input for a program that reads no more is dropped. */
static int queue_input(struct shell *sh, const unsigned char *data, size_t n)
{
	if (sh->child.input < 0 || !n)
		return 0;
	if (!sh->input)
		sh->input = malloc(SHELL_INPUT_MAX);
	if (!sh->input)
		return -1;
	memmove(sh->input, sh->input + sh->at, sh->fill - sh->at);
	sh->fill -= sh->at;
	sh->at = 0;
	memcpy(sh->input + sh->fill, data, n);
	sh->fill += n;
	return 0;
}

static bool is_true(const char *value)
{
	return value && (!strcasecmp(value, "true") || !strcmp(value, "1"));
}

/* All of the input is taken, or none. */
static int take_input(struct shells *s, struct request *q, const struct xml_element *e,
		      const unsigned char *data, size_t n)
{
	struct shell *sh = q->shell;
	int ret = make_room(s, sh, n, deadline_of(q));

	if (ret > 0)
		fault(q, FAULT_BUSY, "TimedOut", "the command does not read its input");
	if (ret || queue_input(sh, data, n))
		return ret > 0 ? 0 : -1;
	sh->input_end = sh->input_end || is_true(xml_attribute(e, "End"));
	push_input(sh);
	answer(q, ACTION_SEND);
	fputs("<rsp:SendResponse/>", q->f);
	return 0;
}

static int send_input(struct shells *s, struct request *q)
{
	const struct xml_element *e = xml_find(&q->x, NS_SHELL, "Stream", NULL);
	unsigned char *data = NULL;
	int ret = 0;
	size_t n;

	if (!is_command(q, "Stream"))
		fault_command(q);
	else if (wsman_bytes(e, &data, &n) || n > SHELL_INPUT_MAX)
		fault_schema(q, "the input is not base64, or too long");
	else
		ret = take_input(s, q, e, data, n);
	if (data)
		explicit_bzero(data, n);
	free(data);
	return ret;
}

static void write_state(struct request *q, bool done)
{
	const struct shell *sh = q->shell;

	fprintf(q->f, "<rsp:CommandState CommandId=\"%s\" State=\"%s\">", sh->command,
		done ? STATE_DONE : STATE_RUNNING);
	if (done)
		fprintf(q->f, "<rsp:ExitCode>%d</rsp:ExitCode>", sh->code);
	fputs("</rsp:CommandState>", q->f);
}

/*
 * Programs that the command has started may have its pipes: it is over when its own program is,
 * and nothing is in the pipes.
 */
static int write_output(struct request *q, char *output, char *error, bool *nothing)
{
	struct shell *sh = q->shell;
	bool ended = has_ended(sh);
	size_t n = take_output(&sh->child.output, output);
	size_t m = take_output(&sh->child.error, error);
	bool done = ended && !n && !m;

	*nothing = !n && !m && !done;
	if (*nothing)
		return 0;
	if (done)
		reap(sh);
	answer(q, ACTION_RECEIVE);
	fputs("<rsp:ReceiveResponse>", q->f);
	if (n && wsman_stream(q->f, "stdout", sh->command, output, n, 0))
		return -1;
	if (m && wsman_stream(q->f, "stderr", sh->command, error, m, 0))
		return -1;
	if (done && (wsman_stream(q->f, "stdout", sh->command, NULL, 0, 1) ||
		     wsman_stream(q->f, "stderr", sh->command, NULL, 0, 1)))
		return -1;
	write_state(q, done);
	fputs("</rsp:ReceiveResponse>", q->f);
	return 0;
}

static int receive(struct shells *s, struct request *q)
{
	char *data = malloc(2 * SHELL_OUTPUT_MAX);
	int64_t deadline = deadline_of(q);
	bool nothing = true;
	int ret = data ? 0 : -1;

	if (!is_command(q, "DesiredStream")) {
		fault_command(q);
		goto out;
	}
	while (!ret) {
		ret = write_output(q, data, data + SHELL_OUTPUT_MAX, &nothing);
		if (ret || !nothing || !net_left(deadline))
			break;
		ret = wait_command(s, q->shell, true, deadline);
	}
	if (!ret && nothing)
		fault(q, FAULT_TIMEOUT, "TimedOut", "there is no output yet");
out:
	free(data);
	return ret;
}

static int signal_command(struct shells *s, struct request *q)
{
	const char *code = xml_text(&q->x, NS_SHELL, "Code");

	(void)s;
	if (!is_command(q, "Signal") || !code) {
		fault_command(q);
		return 0;
	}
	if (!strcmp(code, SIGNAL_TERMINATE)) {
		end_command(q->shell);
	} else if (strcmp(code, SIGNAL_CTRL_C)) {
		fault(q, FAULT_UNSUPPORTED, "UnsupportedFeature", "there is no such signal");
		return 0;
	} else if (q->shell->running) {
		child_kill(&q->shell->child, SIGINT);
	}
	answer(q, ACTION_SIGNAL);
	fputs("<rsp:SignalResponse/>", q->f);
	return 0;
}

static int delete(struct shells *s, struct request *q)
{
	(void)s;
	end_shell(q->shell);
	answer(q, ACTION_DELETE);
	return 0;
}

static const struct {
	const char *action;
	int (*run)(struct shells *s, struct request *q);
	bool of_shell;
} operations[] = {
	{ ACTION_CREATE, create, false },
	{ ACTION_COMMAND, command, true },
	{ ACTION_SEND, send_input, true },
	{ ACTION_RECEIVE, receive, true },
	{ ACTION_SIGNAL, signal_command, true },
	{ ACTION_DELETE, delete, true },
};

/* ---- requests ------------------------------------------------------------------------ */

static struct shell *find_shell(struct shells *s, const struct xml *x)
{
	const struct xml_element *e = NULL;
	const char *name;
	size_t i;

	while ((e = xml_find(x, NS_WSMAN, "Selector", e))) {
		name = xml_attribute(e, "Name");
		for (i = 0; i < SHELLS_MAX && name && !strcmp(name, "ShellId"); i++)
			if (*s->shells[i].id && !strcasecmp(s->shells[i].id, e->text))
				return &s->shells[i];
	}
	return NULL;
}

/* DSP0226 11 */
static int identify(struct request *q)
{
	fputs("<s:Envelope xmlns:s=\"" NS_SOAP "\"><s:Header/><s:Body>", q->f);
	fputs("<i:IdentifyResponse xmlns:i=\"" NS_IDENTITY "\">", q->f);
	fputs("<i:ProtocolVersion>" NS_WSMAN "</i:ProtocolVersion>", q->f);
	fputs("<i:ProductVendor>credssp</i:ProductVendor>", q->f);
	fputs("<i:ProductVersion>" VERSION "</i:ProductVersion></i:IdentifyResponse>", q->f);
	return 0;
}

static int carry_out(struct shells *s, struct request *q)
{
	const char *action = xml_text(&q->x, NS_ADDRESSING, "Action");
	const char *resource = xml_text(&q->x, NS_WSMAN, "ResourceURI");
	size_t i;

	if (xml_find(&q->x, NS_IDENTITY, "Identify", NULL))
		return identify(q);
	q->message = xml_text(&q->x, NS_ADDRESSING, "MessageID");
	q->shell = find_shell(s, &q->x);
	for (i = 0; i < ARRAY_SIZE(operations); i++)
		if (action && !strcmp(action, operations[i].action))
			break;
	if (i == ARRAY_SIZE(operations) || !resource || strcmp(resource, RESOURCE_CMD))
		fault(q, FAULT_UNSUPPORTED, "UnsupportedFeature",
		      "the server has the operations of the remote shell cmd alone");
	else if (operations[i].of_shell && !q->shell)
		fault(q, FAULT_NO_SHELL, "InvalidSelectors", "this connection has no such shell");
	else
		return operations[i].run(s, q);
	return 0;
}

int shells_answer(struct shells *s, const void *message, size_t n, unsigned int *status,
		  unsigned char **reply, size_t *length)
{
	struct request q = { .fault = false };
	char *text = NULL;
	int ret = 0;

	q.f = open_memstream(&text, length);
	if (!q.f)
		return -1;
	if (xml_parse(&q.x, message, n) || !q.x.count || strcmp(q.x.elements[0].space, NS_SOAP))
		fault_schema(&q, "the message is no envelope of SOAP 1.2");
	else
		ret = carry_out(s, &q);
	wsman_end(q.f);
	xml_free(&q.x);
	if ((ferror(q.f) | fclose(q.f)) || ret) {
		free(text);
		return -1;
	}
	*status = q.fault ? STATUS_ERROR : STATUS_OK;
	*reply = (unsigned char *)text;
	return 0;
}

struct shells *shells_new(const struct shells_options *options)
{
	struct shells *s = calloc(1, sizeof(*s));

	if (s)
		s->options = *options;
	return s;
}

void shells_free(struct shells *s)
{
	size_t i;

	for (i = 0; s && i < SHELLS_MAX; i++)
		end_shell(&s->shells[i]);
	free(s);
}
