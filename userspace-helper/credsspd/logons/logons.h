/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon's side of the gate, which carries out the module's requests NTLM_LOGON. No function
 * here waits. Only the daemon's first thread, the receiver, calls them.
 */
#ifndef CREDSSPD_LOGONS_H
#define CREDSSPD_LOGONS_H

#include <stdbool.h>
#include <stddef.h>
#include "gate.h"

struct logons;

/*
 * Fork the gate. It ends when the daemon ends. Call this before the device is open, while the
 * process has all of its rights. @setup: used until the end. Returns NULL after logging the
 * reason.
 */
struct logons *logons_start(const struct gate_setup *setup);
/* @l may be NULL. */
void logons_stop(struct logons *l);

/* Is this request of the module one for the gate: NTLM_LOGON, or END of one? @l may be NULL. */
bool logons_are_for(const struct logons *l, const void *request, size_t length);
/*
 * Pass on a request for the gate. Return 0; or -EOPNOTSUPP if @l is NULL, -EBADMSG, -EPROTO, or
 * -EDQUOT if there are too many: then the caller answers the request. An END never fails.
 */
int logons_request(struct logons *l, const void *request, size_t length);

/**
 * logons_receive() - take a reply, if one has arrived
 * @l: the gate
 * @reply, @room: buffer of CREDSSP_HLP_MAX_MESSAGE bytes, aligned for 64-bit
 * @length: bytes of the reply for the module, 0 if there is none
 *
 * Return: 0, or a negative errno, logged, if the gate is lost.
 */
int logons_receive(struct logons *l, void *reply, size_t room, size_t *length);

/* Have the accounts read again; @rules: other limits of failures, or NULL. @l may be NULL. */
void logons_reload(struct logons *l, const struct attempts_rules *rules);
/* The file descriptor to poll for POLLIN, -1 without a gate */
int logons_fd(const struct logons *l);

#endif
