// SPDX-License-Identifier: GPL-2.0-only
/*
 * credsspd: does the TLS handshakes of credssp.ko, in a process without other rights, and has
 * others for client certificates, Kerberos and logons.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "base/log.h"
#include "base/notify.h"
#include "engine/dispatch.h"
#include "engine/engine.h"
#include "keeper/keeper.h"
#include "krb5/krb5_accept_work.h"
#include "krb5/krb5_armor.h"
#include "krb5/krb5_armorer.h"
#include "krb5/krb5_relay.h"
#include "krb5/krb5_work.h"
#include "logons/logons.h"
#include "logons/winbind.h"
#include "office/office.h"
#include "probe.h"
#include "sandbox/sandbox.h"
#include "settings/options.h"
#include "settings/reload.h"
#include "tls/keylog.h"
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
 * @u: what its loop works with
 * @context: what all handshakes share
 * @manager: the service manager's socket, or -1
 */
struct daemon {
	struct upcall u;
	struct tls_context *context;
	int manager;
};

/* systemctl status shows it. */
static void tell_ready(const struct options *o, const struct daemon *d)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "READY=1\nSTATUS=Serving the module; Kerberos: %s, accounts: %s, threads: %u%s",
		 d->u.office ? "yes" : "no", o->accounts ? "yes" : "no", o->threads,
		 o->keylog ? "; SECRETS OF TLS ARE LOGGED" : "");
	notify_send(d->manager, text);
}

static int run(const struct options *o, const struct daemon *d)
{
	int err;

	log_info("ready, TLS %s to %s%s, Kerberos: %s, threads: %u",
		 o->tls.min_version == TLS_1_2 ? "1.2" : "1.3",
		 o->tls.max_version == TLS_1_2 ? "1.2" : "1.3",
		 o->tls.chacha ? "" : ", without ChaCha20", d->u.office ? "yes" : "no",
		 o->threads);
	tell_ready(o, d);
	err = upcall_serve(&d->u);
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

	d->u.signals = catch_signals();
	if (d->u.signals < 0) {
		log_error("signals: %s", strerror(errno));
		return EXIT_OTHER;
	}
	d->manager = notify_open();
	reload_report_to(d->u.reload, RELOAD_FILE);
	reload_set(d->u.reload, d->context, &o->tls, d->manager);
	if (sandbox_enter(o->user))
		return EXIT_OTHER;
	if (o->threads > 1) {
		d->u.threads = dispatch_start(d->u.e, d->u.device, o->threads);
		if (!d->u.threads)
			return EXIT_OTHER;
	}
	if (!sandbox_close())
		status = run(o, d);
	dispatch_stop(d->u.threads);
	return status;
}

static int with_device(const struct options *o, struct daemon *d)
{
	int status = EXIT_OTHER;

	d->context = tls_context_new(&o->tls);
	d->u.e = d->context ? engine_new(d->context) : NULL;
	if (d->u.e)
		status = serve(o, d);
	engine_free(d->u.e);
	tls_context_free(d->context);
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
		log_debug("no certificates: %s: %s", o->cert_dir, strerror(errno));
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

/* The daemon does not start without it: without accounts it says so to the module. */
static struct logons *start_logons(const struct options *o)
{
	/* Used until the gate has forked its last process */
	static struct gate_setup setup = { .books = bookkeeper_serve };

	setup.accounts = o->accounts;
	setup.user = o->user;
	setup.rules = o->logons;
	setup.winbind = o->winbind ? winbind_work : NULL;
	return logons_start(&setup);
}

static int serve_device(struct options *o, struct daemon *d)
{
	int status;

	d->u.device = upcall_open(o->device);
	if (d->u.device < 0) {
		log_error("%s: %s", o->device, strerror(-d->u.device));
		return exit_status(d->u.device);
	}
	o->tls.chacha = probe_ktls_chacha();
	d->u.keys = o->tls.keys;
	status = with_device(o, d);
	close(d->u.device);
	return status;
}

/* What is wrong with the file is wrong again in another attempt: the exit status says so. */
static int with_keylog(struct options *o, struct daemon *d)
{
	int status;

	if (!o->keylog)
		return serve_device(o, d);
	o->tls.keylog = keylog_open(o->keylog, KEYLOG_SECURITYFS);
	if (!o->tls.keylog)
		return EXIT_USAGE;
	status = serve_device(o, d);
	keylog_close(o->tls.keylog);
	return status;
}

/*
 * Fork the others before the device and other files are open: they must not have them. The reader
 * is the first, since it reads what the others have.
 */
static int with_processes(struct options *o, int argc, char **argv)
{
	struct daemon d = { .u.reload = reload_start(argc, argv, o) };
	int status = EXIT_OTHER;

	if (!d.u.reload || start_keeper(o, &o->tls.keys))
		goto err_reload;
	d.u.logons = start_logons(o);
	if (d.u.logons && !start_office(o, &d.u.office)) {
		status = with_keylog(o, &d);
		office_stop(d.u.office);
	}
	logons_stop(d.u.logons);
	keeper_stop(o->tls.keys);
err_reload:
	reload_stop(d.u.reload);
	return status;
}

int main(int argc, char **argv)
{
	int status = EXIT_OTHER;
	struct options o;

	switch (options_parse(&o, argc, argv)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_RELOAD:
		status = reload_tell(RELOAD_FILE, o.reload) ? EXIT_OTHER : EXIT_STOPPED;
		options_free(&o);
		return status;
	case OPTIONS_DONE:
		options_free(&o);
		return EXIT_STOPPED;
	default:
		options_free(&o);
		return EXIT_USAGE;
	}
	if (!sandbox_prepare()) {
		log_setup(o.verbose);
		status = with_processes(&o, argc, argv);
	}
	options_free(&o);
	return status;
}
