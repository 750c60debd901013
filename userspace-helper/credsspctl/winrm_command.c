// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl winrm: log on to WinRM, and run a command there. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/net.h"
#include "commands.h"
#include "logon/explain.h"
#include "logon/logon.h"
#include "logon/report.h"
#include "text.h"
#include "winrm/remote_shell.h"

#define CODE_MASK	0xff
/* As of shells */
#define EXIT_SIGNAL	128

/**
 * struct talk - what is said after the logon
 * @command: to be run
 * @link: connection
 * @o: outcome of the last exchange
 * @run_ms: bound on the command
 * @stop: signals, from the logon on
 * @begun: the logon has succeeded
 * @ret: of remote_run()
 */
struct talk {
	struct remote_command command;
	struct winrm_link *link;
	struct outcome *o;
	unsigned int run_ms;
	struct stop stop;
	bool begun;
	int ret;
};

static int exchange(void *arg, const void *message, size_t n, int64_t deadline,
		    struct winrm_reply *reply)
{
	struct talk *t = arg;

	return winrm_exchange(t->link, message, n, deadline, &t->stop, reply, t->o);
}

static void talk(void *arg, struct winrm_link *link, struct outcome *o)
{
	struct talk *t = arg;

	t->begun = true;
	t->link = link;
	t->o = o;
	stop_begin(&t->stop);
	t->command.stop = &t->stop;
	t->command.deadline = net_now() + t->run_ms;
	t->ret = remote_run(&t->command, exchange, t);
	stop_end(&t->stop);
}

/* The words with blanks between them, to be freed; NULL without memory */
static char *join(char *const *words)
{
	char *line = NULL;
	size_t length, i;
	FILE *f = open_memstream(&line, &length);

	if (!f)
		return NULL;
	for (i = 0; words[i]; i++)
		fprintf(f, "%s%s", i ? " " : "", words[i]);
	if (ferror(f) | fclose(f)) {
		free(line);
		return NULL;
	}
	return line;
}

/* The exit status has eight bits of the code; a failure must not become a success. */
static int exit_of(uint32_t code)
{
	uint32_t low = code & CODE_MASK;

	return code && !low ? CODE_MASK : (int)low;
}

static int complain(const char *why)
{
	fputs("credsspctl winrm: ", stderr);
	text_print(stderr, why);
	fputc('\n', stderr);
	return EXIT_CODE_OTHER;
}

static int judge(struct logon *l, const struct talk *t)
{
	int code = outcome_exit_code(&l->o);

	if (!t->begun) {
		report_human(stderr, &l->opt, &l->o);
		return code ? code : EXIT_CODE_OTHER;
	}
	if (t->ret && t->command.left)
		complain("the command may still run: its shell on the server was not deleted");
	if (!t->ret)
		return exit_of(t->command.code);
	if (t->stop.signal)
		return EXIT_SIGNAL + t->stop.signal;
	if (*t->command.failure) {
		complain(t->command.failure);
		return t->command.late ? EXIT_CODE_CONNECTION : EXIT_CODE_OTHER;
	}
	complain(outcome_reason_text(&l->o));
	return code ? code : EXIT_CODE_OTHER;
}

static int run(struct logon *l, char *line)
{
	char to[LOGON_HOST_ROOM];
	struct talk t = {
		.command = {
			.to = to,
			.line = line,
			.input = l->opt.sends_input ? STDIN_FILENO : -1,
			.output = STDOUT_FILENO,
			.error = STDERR_FILENO,
		},
		.run_ms = l->opt.run_ms,
	};
	int code;

	logon_host_header(l, to, sizeof(to));
	if (!logon_prepare(l))
		logon_talk(l, talk, &t);
	code = judge(l, &t);
	if (l->opt.explain)
		explain_print(stderr, &l->opt, &l->o, &l->facts);
	return code;
}

int command_winrm(int argc, char **argv)
{
	struct logon l = LOGON_INIT;
	char *line;
	int code;

	if (options_parse(&l.opt, OPTIONS_WINRM, argc, argv))
		return EXIT_CODE_USAGE;
	line = join(l.opt.program);
	if (!line)
		return complain(strerror(ENOMEM));
	if (!text_is_clean(line)) {
		complain("COMMAND: not valid UTF-8, or with control characters");
		free(line);
		return EXIT_CODE_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	code = run(&l, line);
	free(line);
	logon_end(&l);
	return code;
}
