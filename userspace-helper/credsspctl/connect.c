// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl connect: log on, and relay the stream to standard input and output or a program. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/environment.h"
#include "base/net.h"
#include "base/relay.h"
#include "base/stop.h"
#include "commands.h"
#include "logon/logon.h"
#include "logon/report.h"
#include "text.h"

#define BROKE		"it broke: data may be missing"
/* As of shells */
#define EXIT_NOT_RUN	126
#define EXIT_NOT_FOUND	127
#define EXIT_SIGNAL	128
/* How long the server may take to read the end and to close */
#define LINGER_MS	2000

static int fail(int code, const char *what, const char *why)
{
	fputs("credsspctl connect: ", stderr);
	text_print(stderr, what);
	fprintf(stderr, ": %s\n", why);
	return code;
}

static char **make_environment(const struct logon *l)
{
	const struct outcome *o = &l->o;
	struct environment e;

	environment_begin(&e, environ);
	environment_set(&e, "FD", "%d", CHILD_FD);
	environment_set(&e, "KTLS", "%d", l->opt.ktls);
	environment_set_text(&e, "TARGET", l->opt.target);
	environment_set_text(&e, "SERVER", o->address);
	environment_set_text(&e, "CLIENT", o->client);
	environment_set(&e, "MECH", "%s", o->report.mech_package == CREDSSP_PACKAGE_KERBEROS ?
			"kerberos" : "ntlm");
	environment_set(&e, "VERSION", "%u", o->report.credssp_version);
	environment_set(&e, "TLS", "%s", report_tls_version(o->report.tls_version));
	environment_set(&e, "PROVEN", "%d", !!(o->report.facts & CREDSSP_FACT_SERVER_PROVEN));
	if (o->rdp_known)
		environment_set(&e, "RDP_SELECTED", "0x%08x", o->rdp_protocol);
	return environment_end(&e);
}

static int not_started(const struct logon *l)
{
	int code = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;

	fail(code, l->opt.program[0], strerror(errno));
	relay_ktls.end(l->fd);
	return code;
}

/* The program takes this one's place, with the connection itself. Return after an error only. */
static int become(const struct logon *l, char **env)
{
	sigset_t none;

	if (l->fd == CHILD_FD ? fcntl(l->fd, F_SETFD, 0) : dup2(l->fd, CHILD_FD) < 0)
		return not_started(l);
	if (close_range(CHILD_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC))
		return not_started(l);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvpe(l->opt.program[0], l->opt.program, env);
	return not_started(l);
}

static int judge_program(const struct relay_result *result, int signal)
{
	if (signal)
		return EXIT_SIGNAL + signal;
	if (result->lost)
		fail(0, "the connection", BROKE);
	return WIFEXITED(result->status) ? WEXITSTATUS(result->status) :
					   EXIT_SIGNAL + WTERMSIG(result->status);
}

static int run_program(const struct logon *l)
{
	char **env = make_environment(l);
	struct relay_result result;
	struct child child;
	int ret = -1, stop;

	if (!env)
		return not_started(l);
	if (l->opt.ktls) {
		ret = become(l, env);
		environment_free(env);
		return ret;
	}
	stop = stop_watch();
	ret = child_start(&child, CHILD_SOCKET, l->opt.program, env);
	environment_free(env);
	if (ret)
		return not_started(l);
	relay_run(&relay_ktls, l->fd, &child, stop, &result);
	return judge_program(&result, stop_take(stop));
}

static int run_standard(const struct logon *l)
{
	struct child standard = {
		.pid = -1, .pidfd = -1, .error = -1,
		.input = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0),
		.output = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0),
	};
	int stop = stop_watch(), signal;
	struct relay_result result;

	/* so that a reader sees the end when this copy is closed */
	close(STDOUT_FILENO);
	relay_run(&relay_ktls, l->fd, &standard, stop, &result);
	signal = stop_take(stop);
	if (signal || (result.lost && !result.refused))
		relay_ktls.end(l->fd);
	if (signal)
		return EXIT_SIGNAL + signal;
	if (result.refused)
		return fail(EXIT_CODE_OTHER, "standard output", strerror(EPIPE));
	if (result.lost)
		return fail(EXIT_CODE_CONNECTION, "the connection", BROKE);
	return 0;
}

static int run(struct logon *l)
{
	int code;

	if (!logon_prepare(l))
		logon_authenticate(l);
	if (l->start)
		l->o.elapsed_ms = net_now() - l->start;
	code = outcome_exit_code(&l->o);
	if (code)
		report_human(stderr, &l->opt, &l->o);
	if (l->opt.explain)
		explain_print(stderr, &l->opt, &l->o, &l->facts);
	if (code)
		return code;
	code = l->opt.executes ? run_program(l) : run_standard(l);
	net_linger(l->fd, net_now() + LINGER_MS);
	return code;
}

int command_connect(int argc, char **argv)
{
	struct logon l = LOGON_INIT;
	int code;

	if (options_parse(&l.opt, OPTIONS_CONNECT, argc, argv))
		return EXIT_CODE_USAGE;
	signal(SIGPIPE, SIG_IGN);
	code = run(&l);
	logon_end(&l);
	return code;
}
