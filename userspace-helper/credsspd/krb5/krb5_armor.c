// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/credssp.h>
#include "base/clock.h"
#include "base/log.h"
#include "krb5_armor.h"
#include "krb5_failure.h"
#include "krb5_trace.h"

/* libkrb5's name of it in a cache: krb5.conf(5), and krb5_cc_set_config() */
#define FAST_AVAILABLE	"fast_avail"
/* Without armor an exchange needs time too: a KDC that is silent must not take all of it. */
#define WAIT_SHARE	2

static krb5_error_code armor_wait(const struct krb5_armor *a, struct krb5_hook *hook)
{
	struct pollfd fds[] = {
		{ .fd = a->fd, .events = POLLIN },
		{ .fd = hook->office, .events = POLLRDHUP },
	};
	const int64_t left = hook->deadline - clock_ms();
	int ready;

	do {
		ready = poll(fds, 2, left > 0 ? left / (a->required ? 1 : WAIT_SHARE) : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready < 0 || fds[1].revents) {
		hook->broken = true;
		return ECONNABORTED;
	}
	return ready ? 0 : KRB5_KDC_UNREACH;
}

/* Put the ticket into a new cache. */
static krb5_error_code armor_store(struct krb5_armor *a, krb5_context context,
				   krb5_creds *creds, bool seen)
{
	char word[] = "yes";
	krb5_data yes = { .data = word, .length = strlen(word) };
	krb5_error_code ret = krb5_cc_new_unique(context, "MEMORY", NULL, &a->cache);

	if (ret)
		return ret;
	ret = krb5_cc_initialize(context, a->cache, creds->client);
	if (!ret)
		ret = krb5_cc_store_cred(context, a->cache, creds);
	if (!ret && seen)
		ret = krb5_cc_set_config(context, a->cache, creds->server, FAST_AVAILABLE, &yes);
	return ret;
}

/* The KDC of another realm may be asked by it too, if there is trust; but that may fail. */
static bool armor_fits(const struct krb5_armor *a, krb5_context context,
		       krb5_const_principal client, const krb5_creds *creds)
{
	return a->required || krb5_realm_compare(context, client, creds->server);
}

static krb5_error_code armor_take(struct krb5_armor *a, krb5_context context,
				  krb5_const_principal client, const uint8_t *packet, size_t got)
{
	struct krb5_armor_ticket head;
	krb5_data data = { .data = (char *)packet + sizeof(head), .length = got - sizeof(head) };
	krb5_creds *creds;
	krb5_error_code ret;

	if (got < sizeof(head))
		return EIO;
	memcpy(&head, packet, sizeof(head));
	if (head.error)
		return head.error;
	ret = krb5_unmarshal_credentials(context, &data, &creds);
	if (ret)
		return ret;
	a->seen = head.seen;
	if (armor_fits(a, context, client, creds))
		ret = armor_store(a, context, creds, head.seen);
	else
		log_debug("FAST armor is for another realm");
	krb5_free_creds(context, creds);
	return ret;
}

static krb5_error_code armor_receive(struct krb5_armor *a, krb5_context context,
				     krb5_const_principal client)
{
	const size_t room = sizeof(struct krb5_armor_ticket) + KRB5_ARMOR_TICKET_MAX;
	uint8_t *packet = malloc(room);
	krb5_error_code ret;
	ssize_t got;

	if (!packet)
		return ENOMEM;
	got = recv(a->fd, packet, room, 0);
	ret = got > 0 ? armor_take(a, context, client, packet, got) : EIO;
	explicit_bzero(packet, room);
	free(packet);
	return ret;
}

/* What is wrong with the host's ticket is not the user's affair, but for a KDC that is away. */
static krb5_error_code armor_error(krb5_error_code ret)
{
	switch (ret) {
	case KRB5_KDC_UNREACH:
	case KRB5_REALM_UNKNOWN:
	case ECONNABORTED:
	case ENOMEM:
		return ret;
	default:
		return EIO;
	}
}

krb5_error_code krb5_armor_get(struct krb5_armor *a, krb5_context context,
			       krb5_const_principal client, struct krb5_hook *hook)
{
	krb5_error_code ret = EIO;

	if (a->cache || (a->fd < 0 && !a->required))
		return 0;
	if (a->fd >= 0)
		ret = armor_wait(a, hook);
	if (!ret)
		ret = armor_receive(a, context, client);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	if (!ret)
		return 0;
	log_debug("no FAST armor: %s", error_message(ret));
	krb5_trace_add(hook->trace, "no FAST armor: %s", error_message(ret));
	return a->required || hook->broken ? armor_error(ret) : 0;
}

/*
 * Where the KDC does FAST, it is required also without the daemon's option. Otherwise libkrb5
 * would follow a KRB-ERROR without armor, which anybody can write, to another realm, and go on
 * without armor there.
 */
krb5_error_code krb5_armor_set(const struct krb5_armor *a, krb5_context context,
			       krb5_get_init_creds_opt *options)
{
	krb5_error_code ret;

	if (!a->cache)
		return 0;
	ret = krb5_get_init_creds_opt_set_fast_ccache(context, options, a->cache);
	if (!ret && (a->required || a->seen))
		ret = krb5_get_init_creds_opt_set_fast_flags(context, options,
							     KRB5_FAST_REQUIRED);
	return ret;
}

void krb5_armor_tell(const struct krb5_armor *a, const struct krb5_hook *hook)
{
	if (a->cache && hook->is_bare)
		krb5_trace_add(hook->trace, "without FAST armor: the KDC does not offer it");
}

uint32_t krb5_armor_failure(const struct krb5_armor *a, krb5_error_code *code)
{
	const uint32_t failure = krb5_failure_of(*code);

	if (!a->cache || !(a->required || a->seen))
		return failure;
	/* A KDC that does FAST demands pre-authentication in armor. */
	if (*code == KRB5KDC_ERR_PREAUTH_REQUIRED)
		*code = KRB5_ERR_FAST_REQUIRED;
	/* The service is the KDC of the realm to which the client was referred. */
	else if (failure != CREDSSP_HLP_KRB5_FAIL_TARGET)
		return failure;
	return CREDSSP_HLP_KRB5_FAIL_ANSWER;
}

void krb5_armor_free(struct krb5_armor *a, krb5_context context)
{
	if (a->cache)
		krb5_cc_destroy(context, a->cache);
	a->cache = NULL;
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}
