// SPDX-License-Identifier: GPL-2.0-only
/* credsspd: does the TLS handshakes of credssp.ko, in a process without other rights. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "dispatch.h"
#include "engine.h"
#include "keeper.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "probe.h"
#include "sandbox.h"
#include "upcall.h"

enum exit_status {
	EXIT_STOPPED = 0,
	EXIT_OTHER = 1,
	EXIT_USAGE = 2,
	EXIT_NO_DEVICE = 3,
	EXIT_BUSY = 4,
	EXIT_NO_PRIVILEGE = 5,
};

static int exit_status(int err)
{
	switch (-err) {
	case 0:
		return EXIT_STOPPED;
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return EXIT_NO_DEVICE;
	case EBUSY:
		return EXIT_BUSY;
	case EPERM:
	case EACCES:
		return EXIT_NO_PRIVILEGE;
	default:
		return EXIT_OTHER;
	}
}

static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int run(const struct options *o, int device, int signals, int manager,
	       struct engine *e, struct dispatch *threads)
{
	int err;

	log_info("ready, TLS %s to %s%s, threads: %u",
		 o->tls.min_version == TLS_1_2 ? "1.2" : "1.3",
		 o->tls.max_version == TLS_1_2 ? "1.2" : "1.3",
		 o->tls.chacha ? "" : ", without ChaCha20", o->threads);
	notify_send(manager, "READY=1");
	err = upcall_serve(device, signals, e, threads, o->tls.keys);
	if (err)
		log_error("cannot go on: %s", strerror(-err));
	notify_send(manager, "STOPPING=1");
	return err ? EXIT_OTHER : EXIT_STOPPED;
}

/*
 * All files are open and loaded: give up all rights, and serve requests. Threads cannot be
 * started after the last step. One thread is this one.
 */
static int serve(const struct options *o, int device, struct engine *e)
{
	int signals = catch_signals(), manager, status = EXIT_OTHER;
	struct dispatch *threads = NULL;

	if (signals < 0) {
		log_error("signals: %s", strerror(errno));
		return EXIT_OTHER;
	}
	manager = notify_open();
	if (sandbox_enter(o->user))
		return EXIT_OTHER;
	if (o->threads > 1) {
		threads = dispatch_start(e, device, o->threads);
		if (!threads)
			return EXIT_OTHER;
	}
	if (!sandbox_close())
		status = run(o, device, signals, manager, e, threads);
	dispatch_stop(threads);
	return status;
}

static int with_device(const struct options *o, int device)
{
	struct tls_client *client = tls_client_new(&o->tls);
	struct engine *e = client ? engine_new(client) : NULL;
	int status = EXIT_OTHER;

	if (e)
		status = serve(o, device, e);
	engine_free(e);
	tls_client_free(client);
	return status;
}

/*
 * Without a directory of certificates there is no keeper. With one the daemon does not
 * start unless the keeper does.
 */
static int start_keeper(const struct options *o, struct keeper **keys)
{
	*keys = NULL;
	if (access(o->cert_dir, F_OK)) {
		log_debug("no client certificates: %s: %s", o->cert_dir, strerror(errno));
		return 0;
	}
	*keys = keeper_start(o->cert_dir);
	return *keys ? 0 : -EIO;
}

int main(int argc, char **argv)
{
	struct options o;
	int device, status;

	switch (options_parse(&o, argc, argv)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		return EXIT_STOPPED;
	default:
		return EXIT_USAGE;
	}
	if (sandbox_prepare())
		return EXIT_OTHER;
	log_setup(o.verbose);
	/*
	 * Fork the keeper before the device and other files are
	 * open: it must not have them.
	 */
	if (start_keeper(&o, &o.tls.keys))
		return EXIT_OTHER;
	device = upcall_open(o.device);
	if (device < 0) {
		log_error("%s: %s", o.device, strerror(-device));
		keeper_stop(o.tls.keys);
		return exit_status(device);
	}
	o.tls.chacha = probe_ktls_chacha();
	status = with_device(&o, device);
	close(device);
	keeper_stop(o.tls.keys);
	return status;
}
