// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <krb5.h>
#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "krb5_armor.h"
#include "krb5_armorer.h"
#include "krb5_hook.h"
#include "krb5_initial.h"
#include "krb5_library.h"
#include "krb5_saved.h"

/* Milliseconds for the exchange with the KDC; the workers wait for it meanwhile. */
#define FETCH_MS	8000
/* Milliseconds until another try, after one that failed */
#define RETRY_MS	30000
/* Longest time of one armorer: after it keytab and cache are read again */
#define LIFE_MS		(12 * 3600 * 1000)
/* The part of a short ticket's life after which there is a new one */
#define LIFE_SHARE	2

#define FAST_AVAILABLE	"fast_avail"
#define KEYTAB		"MEMORY:armor"
#define CACHE		"MEMORY:armor"

/**
 * struct armorer - the state of the armorer
 * @context: for @keytab and @cache, whose contents belong to the process
 * @keytab: copy of the host's keytab, or NULL
 * @host: principal for which it has a key
 * @cache: the ticket, or NULL
 * @error: why there is none
 * @packet: for the workers
 * @until: end of this process, by clock_ms()
 */
static struct armorer {
	krb5_context context;
	krb5_keytab keytab;
	krb5_principal host;
	krb5_ccache cache;
	krb5_error_code error;
	struct bytes packet;
	int64_t until;
} armorer;

/* ---- as root -------------------------------------------------------------------- */

/* Active Directory knows the machine by HOST$ alone. */
static bool armorer_is_machine(krb5_const_principal p)
{
	return p->length == 1 && p->data[0].length &&
	       p->data[0].data[p->data[0].length - 1] == '$';
}

/* The machine's own name; else the first one of the keytab */
static krb5_error_code armorer_choose(struct armorer *a, krb5_const_principal p)
{
	if (a->host && (armorer_is_machine(a->host) || !armorer_is_machine(p)))
		return 0;
	krb5_free_principal(a->context, a->host);
	a->host = NULL;
	return krb5_copy_principal(a->context, p, &a->host);
}

static krb5_error_code armorer_copy_keys(struct armorer *a, krb5_keytab from)
{
	krb5_keytab_entry entry;
	krb5_kt_cursor cursor;
	krb5_error_code ret = krb5_kt_start_seq_get(a->context, from, &cursor), copied = 0;

	if (ret)
		return ret;
	while (!copied && !krb5_kt_next_entry(a->context, from, &entry, &cursor)) {
		copied = armorer_choose(a, entry.principal);
		if (!copied)
			copied = krb5_kt_add_entry(a->context, a->keytab, &entry);
		krb5_free_keytab_entry_contents(a->context, &entry);
	}
	krb5_kt_end_seq_get(a->context, from, &cursor);
	return copied || a->host ? copied : KRB5_KT_NOTFOUND;
}

static krb5_error_code armorer_load_keytab(struct armorer *a, const char *name)
{
	krb5_keytab from;
	krb5_error_code ret = krb5_kt_resolve(a->context, name, &from);

	if (ret)
		return ret;
	ret = krb5_kt_resolve(a->context, KEYTAB, &a->keytab);
	if (!ret)
		ret = armorer_copy_keys(a, from);
	krb5_kt_close(a->context, from);
	return ret;
}

static krb5_error_code armorer_load_cache(struct armorer *a, const char *name)
{
	krb5_principal owner;
	krb5_ccache from;
	krb5_error_code ret = krb5_cc_resolve(a->context, name, &from);

	if (ret)
		return ret;
	ret = krb5_cc_get_principal(a->context, from, &owner);
	if (!ret) {
		ret = krb5_cc_resolve(a->context, CACHE, &a->cache);
		if (!ret)
			ret = krb5_cc_initialize(a->context, a->cache, owner);
		if (!ret)
			ret = krb5_cc_copy_creds(a->context, from, a->cache);
		krb5_free_principal(a->context, owner);
	}
	krb5_cc_close(a->context, from);
	return ret;
}

void krb5_armorer_load(const char *conf, const char *keytab, const char *ccache)
{
	struct armorer *a = &armorer;

	a->error = krb5_library_open_offline(conf, "", &a->context);
	if (!a->error)
		a->error = keytab ? armorer_load_keytab(a, keytab) :
				    armorer_load_cache(a, ccache);
	if (a->error)
		log_warning("FAST: %s: %s", keytab ? keytab : ccache, error_message(a->error));
}

/* ---- the ticket -------------------------------------------------------------------- */

/* Is it a TGT? The client of an anonymous one has another realm. */
static bool armorer_is_tgt(krb5_context context, krb5_const_principal server)
{
	const krb5_data *name = server->data;

	(void)context;
	return server->length == 2 && name[0].length == strlen(KRB5_TGS_NAME) &&
	       !memcmp(name[0].data, KRB5_TGS_NAME, name[0].length) &&
	       name[1].length == server->realm.length &&
	       !memcmp(name[1].data, server->realm.data, name[1].length);
}

static krb5_error_code armorer_find(krb5_context context, krb5_ccache cache, krb5_creds *tgt)
{
	krb5_cc_cursor cursor;
	krb5_error_code ret = krb5_cc_start_seq_get(context, cache, &cursor);

	if (ret)
		return ret;
	while (!(ret = krb5_cc_next_cred(context, cache, &cursor, tgt))) {
		if (armorer_is_tgt(context, tgt->server))
			break;
		krb5_free_cred_contents(context, tgt);
	}
	krb5_cc_end_seq_get(context, cache, &cursor);
	return ret == KRB5_CC_END ? KRB5_CC_NOTFOUND : ret;
}

/* Has the KDC said that it does FAST? */
static bool armorer_has_seen(krb5_context context, krb5_ccache cache, krb5_principal server)
{
	krb5_data data = { 0 };
	bool seen = !krb5_cc_get_config(context, cache, server, FAST_AVAILABLE, &data) &&
		    data.length;

	krb5_free_data_contents(context, &data);
	return seen;
}

/* Milliseconds for which the ticket serves; 0: not any more. */
static int64_t armorer_life(const krb5_creds *tgt)
{
	const int64_t left = (int64_t)(uint32_t)tgt->times.endtime - time(NULL);
	int64_t life = left - KRB5_SAVED_MARGIN;

	if (life < left / LIFE_SHARE)
		life = left / LIFE_SHARE;
	if (life <= 0)
		return 0;
	return life < LIFE_MS / 1000 ? life * 1000 : LIFE_MS;
}

static krb5_error_code armorer_pack(struct armorer *a, krb5_context context, krb5_creds *tgt,
				    int64_t life)
{
	const struct krb5_armor_ticket head = {
		.seen = armorer_has_seen(context, a->cache, tgt->server),
	};
	const size_t most = sizeof(head) + KRB5_ARMOR_TICKET_MAX;
	krb5_error_code ret;
	krb5_data *data;

	ret = krb5_marshal_credentials(context, tgt, &data);
	if (ret)
		return ret;
	if (bytes_append(&a->packet, &head, sizeof(head), most) ||
	    bytes_append(&a->packet, data->data, data->length, most))
		ret = ENOMEM;
	explicit_bzero(data->data, data->length);
	krb5_free_data(context, data);
	a->until = clock_ms() + life;
	log_debug("FAST: armor for %lld seconds%s", (long long)life / 1000,
		  head.seen ? ", and the KDC does it" : "");
	return ret;
}

static krb5_error_code armorer_take(struct armorer *a, krb5_context context)
{
	krb5_creds tgt;
	krb5_error_code ret = armorer_find(context, a->cache, &tgt);
	int64_t life;

	if (ret)
		return ret;
	life = armorer_life(&tgt);
	ret = life ? armorer_pack(a, context, &tgt, life) : KRB5KRB_AP_ERR_TKT_EXPIRED;
	krb5_free_cred_contents(context, &tgt);
	return ret;
}

static krb5_error_code armorer_fetch(struct armorer *a, krb5_context context)
{
	const struct krb5_initial by = { .keytab = a->keytab };
	krb5_error_code ret = krb5_cc_resolve(context, CACHE, &a->cache);

	return ret ? ret : krb5_initial_get(context, a->host, &by, a->cache);
}

static krb5_error_code armorer_get(struct armorer *a, struct krb5_hook *hook, const char *conf)
{
	krb5_context context;
	krb5_error_code ret = krb5_library_open_offline(conf, "", &context);

	if (ret)
		return ret;
	krb5_hook_set(hook, context);
	hook->deadline = clock_ms() + FETCH_MS;
	if (a->keytab)
		ret = armorer_fetch(a, context);
	if (!ret)
		ret = armorer_take(a, context);
	krb5_free_context(context);
	return ret;
}

/* The packet that says why there is no ticket */
static int armorer_fail(struct armorer *a)
{
	const struct krb5_armor_ticket head = { .error = a->error };

	log_warning("FAST: no ticket of this host: %s", error_message(a->error));
	bytes_free(&a->packet);
	a->until = clock_ms() + RETRY_MS;
	return bytes_append(&a->packet, &head, sizeof(head), sizeof(head));
}

/* ---- handing it out ----------------------------------------------------------------- */

/* The connection to a worker, or -1; *@over if the office has ended. */
static int armorer_accept(int fd, bool *over)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { &byte, sizeof(byte) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	int worker;

	*over = !got || (got < 0 && errno != EAGAIN && errno != EINTR);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(worker)))
		return -1;
	memcpy(&worker, CMSG_DATA(c), sizeof(worker));
	return worker;
}

static void armorer_hand_out(const struct armorer *a, int fd)
{
	const int64_t left = a->until - clock_ms();
	struct pollfd office = { .fd = fd, .events = POLLIN };
	bool over = false;
	int worker;

	if (poll(&office, 1, left > 0 ? left : 0) <= 0)
		return;
	worker = armorer_accept(fd, &over);
	if (worker >= 0) {
		send(worker, a->packet.data, a->packet.len, MSG_DONTWAIT | MSG_NOSIGNAL);
		close(worker);
	}
	if (over)
		_exit(EXIT_SUCCESS);
}

int krb5_armorer_serve(int fd, int relay, const char *conf)
{
	struct krb5_hook *hook = calloc(1, sizeof(*hook));
	struct armorer *a = &armorer;

	if (!hook || clearenv())
		return EXIT_FAILURE;
	hook->office = fd;
	hook->relay = relay;
	if (!a->error)
		a->error = armorer_get(a, hook, conf);
	if (a->error && armorer_fail(a))
		return EXIT_FAILURE;
	free(hook);
	while (clock_ms() < a->until)
		armorer_hand_out(a, fd);
	bytes_free(&a->packet);
	return EXIT_SUCCESS;
}
