// SPDX-License-Identifier: GPL-2.0-only
/*
 * credsspd: does the TLS handshakes of credssp.ko, in a process without other rights, and has
 * others for client certificates and Kerberos.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "dispatch.h"
#include "engine.h"
#include "keeper.h"
#include "krb5_accept_work.h"
#include "krb5_armor.h"
#include "krb5_armorer.h"
#include "krb5_relay.h"
#include "krb5_work.h"
#include "log.h"
#include "notify.h"
#include "office.h"
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

/**
 * struct daemon - what the daemon has, beside its options
 * @device: the helper device
 * @signals: a signalfd
 * @manager: the service manager's socket, or -1
 * @e: engine of the first thread
 * @threads: the others, or NULL
 * @office: the ticket office, or NULL
 */
struct daemon {
	int device;
	int signals;
	int manager;
	struct engine *e;
	struct dispatch *threads;
	struct office *office;
};

static int run(const struct options *o, const struct daemon *d)
{
	int err;

	log_info("ready, TLS %s to %s%s, Kerberos: %s, threads: %u",
		 o->tls.min_version == TLS_1_2 ? "1.2" : "1.3",
		 o->tls.max_version == TLS_1_2 ? "1.2" : "1.3",
		 o->tls.chacha ? "" : ", without ChaCha20", d->office ? "yes" : "no", o->threads);
	notify_send(d->manager, "READY=1");
	err = upcall_serve(d->device, d->signals, d->e, d->threads, o->tls.keys, d->office);
	if (err)
		log_error("cannot go on: %s", strerror(-err));
	notify_send(d->manager, "STOPPING=1");
	return err ? EXIT_OTHER : EXIT_STOPPED;
}

/*
 * All files are open and loaded: give up all rights, and serve requests. Threads cannot be
 * started after the last step. One thread is this one.
 */
static int serve(const struct options *o, struct daemon *d)
{
	int status = EXIT_OTHER;

	d->signals = catch_signals();
	if (d->signals < 0) {
		log_error("signals: %s", strerror(errno));
		return EXIT_OTHER;
	}
	d->manager = notify_open();
	if (sandbox_enter(o->user))
		return EXIT_OTHER;
	if (o->threads > 1) {
		d->threads = dispatch_start(d->e, d->device, o->threads);
		if (!d->threads)
			return EXIT_OTHER;
	}
	if (!sandbox_close())
		status = run(o, d);
	dispatch_stop(d->threads);
	return status;
}

static int with_device(const struct options *o, int device, struct office *office)
{
	struct tls_client *client = tls_client_new(&o->tls);
	struct daemon d = {
		.device = device, .e = client ? engine_new(client) : NULL, .office = office,
	};
	int status = EXIT_OTHER;

	if (d.e)
		status = serve(o, &d);
	engine_free(d.e);
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

/* Without a krb5.conf there is no ticket office; with one the same is true. */
static int start_office(const struct options *o, struct office **office)
{
	/* Used until the office has forked its last worker */
	static struct office_setup setup = {
		.work = krb5_work, .accept = krb5_accept_work, .tgt = krb5_tgt_work,
		.relay = krb5_relay,
	};
	static struct office_fast fast = {
		.packet = sizeof(struct krb5_armor_ticket) + KRB5_ARMOR_TICKET_MAX,
		.load = krb5_armorer_load, .serve = krb5_armorer_serve,
		.work = krb5_work_armored,
	};

	*office = NULL;
	if (!o->krb5_conf)
		return 0;
	if (access(o->krb5_conf, F_OK)) {
		log_debug("no Kerberos: %s: %s", o->krb5_conf, strerror(errno));
		return 0;
	}
	setup.conf = o->krb5_conf;
	setup.user = o->user;
	fast.keytab = o->fast_keytab;
	fast.ccache = o->fast_ccache;
	fast.required = o->fast_required;
	setup.fast = fast.keytab || fast.ccache ? &fast : NULL;
	setup.replays = o->replay_dir;
	setup.kdcs = o->kdc_file;
	*office = office_start(&setup);
	return *office ? 0 : -EIO;
}

static int serve_device(struct options *o, struct office *office)
{
	int device = upcall_open(o->device);
	int status;

	if (device < 0) {
		log_error("%s: %s", o->device, strerror(-device));
		return exit_status(device);
	}
	o->tls.chacha = probe_ktls_chacha();
	status = with_device(o, device, office);
	close(device);
	return status;
}

int main(int argc, char **argv)
{
	int status = EXIT_OTHER;
	struct office *office;
	struct options o;

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
	 * Fork the keeper and the office before the device and other files are
	 * open: they must not have them.
	 */
	if (start_keeper(&o, &o.tls.keys))
		return EXIT_OTHER;
	if (!start_office(&o, &office))
		status = serve_device(&o, office);
	office_stop(office);
	keeper_stop(o.tls.keys);
	return status;
}
