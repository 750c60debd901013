// SPDX-License-Identifier: GPL-2.0-only
/* The daemon's side of the reader. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gnutls/x509.h>
#include "base/children.h"
#include "base/log.h"
#include "base/notify.h"
#include "reload.h"
#include "reload_impl.h"

/**
 * struct reload - the connection to the reader
 * @fd: -1 when the reader is lost
 * @owed: it was asked, and has not answered
 * @again: ask it once more then
 * @report: see reload_report_to(); or -1
 * @ended: number of answers
 * @context, @tls, @manager: see reload_set()
 * @list: certificates that it has sent in this answer, or NULL
 * @count: number of them
 * @broken: one of them could not be used
 * @packet: the one being received, and a byte more, so that a longer one is noticed
 */
struct reload {
	int fd;
	bool owed;
	bool again;
	int report;
	unsigned int ended;
	const struct tls_context *context;
	struct tls_options tls;
	int manager;
	gnutls_x509_trust_list_t list;
	unsigned int count;
	bool broken;
	struct {
		struct reload_packet p;
		uint8_t more;
	} packet;
};

/* Arguments of reload_serve() */
struct reload_arguments {
	int argc;
	char **argv;
	const struct options *options;
};

static int reload_run(int fd, const void *arg)
{
	const struct reload_arguments *a = arg;

	return reload_serve(fd, a->argc, a->argv, a->options);
}

struct reload *reload_start(int argc, char **argv, const struct options *o)
{
	const struct reload_arguments a = { argc, argv, o };
	struct reload *r = calloc(1, sizeof(*r));
	int ret = -ENOMEM;

	if (r)
		ret = children_start_service(sizeof(struct reload_packet), reload_run, &a);
	if (ret >= 0) {
		r->fd = ret;
		r->manager = -1;
		r->report = -1;
		return r;
	}
	log_error("reader of the configuration: %s", strerror(-ret));
	free(r);
	return NULL;
}

static void reload_forget(struct reload *r)
{
	if (r->list)
		gnutls_x509_trust_list_deinit(r->list, 1);
	r->list = NULL;
	r->count = 0;
	r->broken = false;
}

void reload_stop(struct reload *r)
{
	if (!r)
		return;
	reload_forget(r);
	if (r->fd >= 0)
		close(r->fd);
	if (r->report >= 0)
		close(r->report);
	free(r);
}

static void reload_report(const struct reload *r, const char *state)
{
	char text[RELOAD_RECORD_SIZE + 1];

	if (r->report < 0)
		return;
	snprintf(text, sizeof(text), RELOAD_RECORD, getpid(), r->ended, state);
	if (lseek(r->report, 0, SEEK_SET) ||
	    write(r->report, text, RELOAD_RECORD_SIZE) != RELOAD_RECORD_SIZE)
		log_warning("%s: %s", RELOAD_FILE, strerror(errno));
}

static int report_open(const char *file)
{
	char parent[PATH_MAX];

	snprintf(parent, sizeof(parent), "%s", file);
	*strrchr(parent, '/') = '\0';
	if (mkdir(parent, 0700) && errno != EEXIST)
		return -1;
	/* An old one may have another owner or mode, and is another daemon's. */
	if (unlink(file) && errno != ENOENT)
		return -1;
	return open(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

void reload_report_to(struct reload *r, const char *file)
{
	r->report = report_open(file);
	if (r->report < 0)
		log_warning("%s: %s; systemctl reload does not work", file, strerror(errno));
	reload_report(r, RELOAD_GOOD);
}

void reload_set(struct reload *r, const struct tls_context *context,
		const struct tls_options *tls, int manager)
{
	r->context = context;
	r->tls = *tls;
	r->manager = manager;
}

static void reload_lose(struct reload *r, const char *why)
{
	log_error("the reader of the configuration has failed: %s; a restart is needed", why);
	reload_forget(r);
	close(r->fd);
	r->fd = -1;
	r->owed = false;
	/* The one that was wanted once more has ended as well. */
	r->ended += r->again ? 2 : 1;
	r->again = false;
	reload_report(r, RELOAD_BAD);
	notify_send(r->manager, "READY=1");
}

bool reload_begin(struct reload *r)
{
	const uint32_t kind = RELOAD_ASK;

	if (!r)
		return false;
	if (r->fd < 0) {
		log_error("the configuration is not read again: there is no reader");
		r->ended++;
		reload_report(r, RELOAD_BAD);
		return false;
	}
	r->again = r->owed;
	if (r->owed)
		return true;
	if (write(r->fd, &kind, sizeof(kind)) != sizeof(kind)) {
		reload_lose(r, strerror(errno));
		return false;
	}
	r->owed = true;
	reload_report(r, RELOAD_BUSY);
	notify_send(r->manager, "RELOADING=1");
	return true;
}

int reload_fd(const struct reload *r)
{
	return r ? r->fd : -1;
}

static void reload_add(struct reload *r, const uint8_t *der, size_t length)
{
	const gnutls_datum_t data = { (unsigned char *)der, length };
	gnutls_x509_crt_t cert;

	if (r->broken)
		return;
	r->broken = true;
	if (!r->list && gnutls_x509_trust_list_init(&r->list, 0) < 0)
		return;
	if (++r->count > RELOAD_CERTS_MAX || gnutls_x509_crt_init(&cert) < 0)
		return;
	if (gnutls_x509_crt_import(cert, &data, GNUTLS_X509_FMT_DER) >= 0 &&
	    gnutls_x509_trust_list_add_cas(r->list, &cert, 1, 0) == 1)
		r->broken = false;
	else
		gnutls_x509_crt_deinit(cert);
}

/* All has arrived: new handshakes and logons have it. */
static bool reload_renew(struct reload *r, const struct reload_settings *s, struct logons *logons)
{
	gnutls_x509_trust_list_t list = r->list;
	const unsigned int count = r->count;
	int ret = r->broken ? -EBADMSG : 0;

	if (!ret && !list && gnutls_x509_trust_list_init(&list, 0) < 0)
		ret = -ENOMEM;
	if (!ret) {
		r->tls.min_version = s->min_version;
		r->tls.max_version = s->max_version;
		/* It has the list then, also if it fails. */
		r->list = NULL;
		ret = tls_context_renew(r->context, &r->tls, list);
	}
	if (ret)
		log_error("the configuration was read again, and cannot be used: %s",
			  strerror(-ret));
	else
		log_info("the configuration was read again; %u trusted certificates", count);
	logons_reload(logons, ret ? NULL : &s->rules);
	return !ret;
}

/* The answer is complete. If another one was wanted meanwhile, nobody is told of this one. */
static void reload_end(struct reload *r, bool good)
{
	reload_forget(r);
	r->owed = false;
	r->ended++;
	if (r->again) {
		/* It reports, also that it is not possible. */
		reload_begin(r);
		return;
	}
	reload_report(r, good ? RELOAD_GOOD : RELOAD_BAD);
	notify_send(r->manager, "READY=1");
}

static int reload_take(struct reload *r, size_t size, struct logons *logons)
{
	const struct reload_packet *p = &r->packet.p;
	bool good = false;

	if (!r->owed || size < RELOAD_HEADER || size > sizeof(*p))
		return -EBADMSG;
	size -= RELOAD_HEADER;
	switch (p->kind) {
	case RELOAD_CERT:
		reload_add(r, p->der, size);
		return 0;
	case RELOAD_DONE:
		if (size != sizeof(p->settings))
			return -EBADMSG;
		good = reload_renew(r, &p->settings, logons);
		break;
	case RELOAD_FAILED:
		log_error("the configuration cannot be used: the old one stays");
		logons_reload(logons, NULL);
		break;
	default:
		return -EBADMSG;
	}
	reload_end(r, good);
	return 0;
}

void reload_receive(struct reload *r, struct logons *logons)
{
	const ssize_t got = read(r->fd, &r->packet, sizeof(r->packet));

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0)
		reload_lose(r, got ? strerror(errno) : "it has ended");
	else if (reload_take(r, got, logons))
		reload_lose(r, "it sent an invalid packet");
}
