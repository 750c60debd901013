// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message to a KDC. libkrb5 has no public function that finds and asks the KDCs of a
 * realm, so this asks for a ticket of a client that does not matter: a hook replaces the
 * request of libkrb5, and another one keeps the KDC's reply.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "krb5_courier.h"
#include "krb5_library.h"

/* About the bytes of an AS-REQ of libkrb5, beside the client's name */
#define REQUEST_OVERHEAD	180

/* The first byte of a KRB-ERROR: application tag 30 (RFC 4120 5.9.1) */
#define TAG_KRB_ERROR	0x7e

/**
 * struct courier - a message that is on its way
 * @message: for the KDC
 * @reply: room for its reply
 * @got: bytes of the reply; 0 without one
 * @sent: how often libkrb5 has sent it
 * @too_long: the reply has more than KRB5_KDC_MESSAGE_MAX bytes
 * @note, @data: for lines about what is done
 * @since: when it began, milliseconds of clock_ms()
 */
struct courier {
	krb5_data message;
	uint8_t *reply;
	size_t got;
	unsigned int sent;
	bool too_long;
	void (*note)(void *data, const char *line);
	void *data;
	int64_t since;
};

/* How libkrb5's lines about its network begin. Others are about the request of this file. */
static const char *const courier_lines[] = {
	"Resolving hostname", "Sending DNS", "SRV answer", "No SRV", "URI answer", "No URI",
	"Sending initial UDP", "Sending retry UDP", "UDP error", "Initiating TCP",
	"TCP error", "Received answer", "Request or response is too big",
};

/* libkrb5's line is "[PID] TIME: TEXT\n". */
static void courier_trace(krb5_context context, const krb5_trace_info *info, void *data)
{
	const struct courier *c = data;
	const char *text = info ? strstr(info->message, ": ") : NULL;
	char line[KRB5_COURIER_LINE_MAX];

	(void)context;
	if (!text)
		return;
	text += 2;
	for (size_t i = 0; i < sizeof(courier_lines) / sizeof(courier_lines[0]); i++) {
		if (strncmp(text, courier_lines[i], strlen(courier_lines[i])))
			continue;
		snprintf(line, sizeof(line), "%lld ms: %.*s", (long long)(clock_ms() - c->since),
			 (int)strcspn(text, "\n"), text);
		c->note(c->data, line);
		return;
	}
}

static krb5_error_code courier_before(krb5_context context, void *data, const krb5_data *realm,
				      const krb5_data *message, krb5_data **new_message,
				      krb5_data **new_reply)
{
	struct courier *c = data;

	(void)realm;
	(void)message;
	(void)new_reply;
	/* By UDP, and then by TCP */
	if (++c->sent > 2)
		return KRB5_KDC_UNREACH;
	return krb5_copy_data(context, &c->message, new_message);
}

static bool courier_wants_tcp(krb5_context context, const krb5_data *reply)
{
	krb5_error *error;
	bool wants;

	if (!reply->length || (uint8_t)reply->data[0] != TAG_KRB_ERROR ||
	    krb5_rd_error(context, reply, &error))
		return false;
	wants = error->error == KRB5KRB_ERR_RESPONSE_TOO_BIG - ERROR_TABLE_BASE_krb5;
	krb5_free_error(context, error);
	return wants;
}

static krb5_error_code courier_after(krb5_context context, void *data, krb5_error_code code,
				     const krb5_data *realm, const krb5_data *message,
				     const krb5_data *reply, krb5_data **new_reply)
{
	struct courier *c = data;

	(void)realm;
	(void)message;
	(void)new_reply;
	if (code)
		return code;
	/* With this reply libkrb5 sends the message again, by TCP. */
	if (c->sent == 1 && courier_wants_tcp(context, reply))
		return 0;
	c->too_long = reply->length > KRB5_KDC_MESSAGE_MAX;
	if (!c->too_long) {
		memcpy(c->reply, reply->data, reply->length);
		c->got = reply->length;
	}
	/* libkrb5 cannot do anything with it: it belongs to another request. */
	return KRB5_KDC_UNREACH;
}

/*
 * A client in @realm whose request is about as long as the message of @length bytes: by the
 * length of its own request libkrb5 decides whether it begins with UDP or TCP.
 */
static krb5_error_code courier_make_client(krb5_context context, const char *realm,
					   size_t length, krb5_principal *client)
{
	const size_t n = length > REQUEST_OVERHEAD ? length - REQUEST_OVERHEAD : 1;
	char *name = malloc(n + 1);
	krb5_error_code ret;

	if (!name)
		return ENOMEM;
	memset(name, 'x', n);
	name[n] = '\0';
	ret = krb5_build_principal(context, client, strlen(realm), realm, name, NULL);
	free(name);
	return ret;
}

/* Have libkrb5 ask for a ticket of a client in @realm. */
static krb5_error_code courier_ask(krb5_context context, const char *realm, size_t length)
{
	krb5_init_creds_context asking;
	krb5_principal client;
	krb5_error_code ret = courier_make_client(context, realm, length, &client);

	if (ret)
		return ret;
	ret = krb5_init_creds_init(context, client, NULL, NULL, 0, NULL, &asking);
	if (!ret) {
		ret = krb5_init_creds_get(context, asking);
		krb5_init_creds_free(context, asking);
	}
	krb5_free_principal(context, client);
	return ret;
}

static int courier_error(const struct courier *c, krb5_error_code code)
{
	if (c->got)
		return 0;
	if (c->too_long)
		return EIO;
	switch (code) {
	case KRB5_REALM_UNKNOWN:
	case KRB5_REALM_CANT_RESOLVE:
		return ENOENT;
	case KRB5_KDC_UNREACH:
	/* So says each KDC that has answered: its database, perhaps, does not. */
	case KRB5KDC_ERR_SVC_UNAVAILABLE:
		return EHOSTUNREACH;
	default:
		log_debug("message to a KDC: %s", error_message(code));
		return EIO;
	}
}

int krb5_courier_carry(const char *conf, const char *realm, const uint8_t *message,
		       size_t length, uint8_t *reply, size_t *got,
		       void (*note)(void *data, const char *line), void *data)
{
	struct courier c = {
		.message = { .data = (char *)message, .length = length }, .reply = reply,
		.note = note, .data = data, .since = clock_ms(),
	};
	krb5_context context;
	krb5_error_code ret = krb5_library_open(conf, &context);

	if (ret) {
		log_warning("the configuration of Kerberos: %s", error_message(ret));
		return EIO;
	}
	krb5_set_kdc_send_hook(context, courier_before, &c);
	krb5_set_kdc_recv_hook(context, courier_after, &c);
	/* Without a trace the message is carried all the same. */
	if (note && krb5_set_trace_callback(context, courier_trace, &c))
		log_debug("libkrb5 has no trace");
	ret = courier_ask(context, realm, length);
	krb5_free_context(context);
	*got = c.got;
	return courier_error(&c, ret);
}
