// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "engine/dispatch.h"
#include "sandbox/sandbox.h"
#include "test.h"
#include "test_daemon.h"
#include "upcall.h"

const struct gate_setup *test_daemon_gate;

__attribute__((noreturn))
static void serve(int device, int signals, unsigned int threads, const char *keys,
		  const struct office_setup *setup)
{
	struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};
	struct tls_context *client;
	struct office *office = NULL;
	struct logons *logons = NULL;
	struct dispatch *d = NULL;
	struct engine *e;

	ENSURE(!sandbox_prepare());
	if (keys)
		options.keys = keeper_start(keys);
	if (setup)
		office = office_start(setup);
	if (test_daemon_gate)
		logons = logons_start(test_daemon_gate);
	client = tls_context_new(&options);
	e = client ? engine_new(client) : NULL;
	ENSURE(e && !options.keys == !keys && !office == !setup && !sandbox_enter("nobody"));
	ENSURE(!logons == !test_daemon_gate);
	if (threads > 1) {
		d = dispatch_start(e, device, threads);
		ENSURE(d);
	}
	if (!getenv("NO_SANDBOX"))
		ENSURE(!sandbox_close());
	/* It ends when the other end of @device is closed. */
	ENSURE(upcall_serve(&(struct upcall){
		.device = device, .signals = signals, .e = e, .threads = d,
		.keys = options.keys, .office = office, .logons = logons,
	}) < 0);
	dispatch_stop(d);
	engine_free(e);
	tls_context_free(client);
	keeper_stop(options.keys);
	office_stop(office);
	logons_stop(logons);
	_exit(EXIT_SUCCESS);
}

void test_daemon_start(struct test_daemon *t, unsigned int threads, const char *keys,
		       const struct office_setup *office)
{
	int fds[2], signals[2];

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) && !pipe(signals));
	t->pid = fork();
	ENSURE(t->pid >= 0);
	if (!t->pid) {
		/* sandbox_prepare() closes all but the first descriptors. */
		ENSURE(dup2(fds[1], STDIN_FILENO) == STDIN_FILENO);
		ENSURE(dup2(signals[0], STDOUT_FILENO) == STDOUT_FILENO);
		serve(STDIN_FILENO, STDOUT_FILENO, threads, keys, office);
	}
	close(fds[1]);
	close(signals[0]);
	t->device = fds[0];
	t->signals = signals[1];
}

/* With SIGCHLD ignored there is no status. */
void test_daemon_stop(const struct test_daemon *t)
{
	int status;

	close(t->device);
	if (waitpid(t->pid, &status, 0) == t->pid)
		ENSURE(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
	while (!kill(t->pid, 0))
		usleep(10000);
	close(t->signals);
}
