/* SPDX-License-Identifier: GPL-2.0-only */
/* The worker's way to KDCs: libkrb5 hands each message over, and the relay sends it. */
#ifndef CREDSSPD_KRB5_HOOK_H
#define CREDSSPD_KRB5_HOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <krb5.h>
#include "krb5_kdc.h"
#include "krb5_trace.h"

/* Error-codes for which libkrb5 has numbers */
#define KRB5_HOOK_ERRORS	128

/**
 * struct krb5_hook - what a worker knows of its messages to KDCs
 * @office: connection to the office; when it closes, the worker gives up
 * @relay: connection to the relay
 * @deadline: of the request, milliseconds of clock_ms()
 * @flags: KRB5_KDC_* of every message
 * @messages: messages sent
 * @kdc_time: the KDC's clock in its last KRB-ERROR, seconds since 1970 UTC; 0 without one
 * @kdc_errors: the error-codes of all KRB-ERRORs
 * @own_time: this machine's clock when that KRB-ERROR came
 * @offers_pkinit: a KRB-ERROR had PKINIT among the KDC's mechanisms of pre-authentication
 * @is_bare: the last AS-REQ was without FAST armor
 * @as_replies: replies that were tickets for an AS exchange
 * @trace: lines about the messages
 * @broken: the office or the relay has ended: send nothing more
 * @packet: buffer for either direction, and one byte more than the longest packet
 */
struct krb5_hook {
	int office;
	int relay;
	int64_t deadline;
	uint32_t flags;
	uint32_t messages;
	int64_t kdc_time;
	bool kdc_errors[KRB5_HOOK_ERRORS];
	int64_t own_time;
	bool offers_pkinit;
	bool is_bare;
	unsigned int as_replies;
	struct krb5_trace *trace;
	bool broken;
	uint8_t packet[KRB5_KDC_REQUEST_MAX + KRB5_KDC_TRACE_MAX + 1];
};

/* Have all messages of @context go by @h, which outlives it. */
void krb5_hook_set(struct krb5_hook *h, krb5_context context);

#endif
