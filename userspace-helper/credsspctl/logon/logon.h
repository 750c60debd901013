/* SPDX-License-Identifier: GPL-2.0-only */
/* A logon step by step: what the commands auth, connect, doctor and winrm have in common. */
#ifndef CREDSSPCTL_LOGON_H
#define CREDSSPCTL_LOGON_H

#include <stdint.h>

#include <credssp.h>

#include "base/options.h"
#include "base/outcome.h"
#include "explain.h"
#include "winrm/winrm.h"

/**
 * struct logon - a logon
 * @opt: the command line
 * @lib: open device
 * @cred: credential
 * @fd: connection, or -1
 * @start: of connecting, see net_now(); 0 before it
 * @deadline: of the logon
 * @o: the result
 * @facts: for explain_print()
 */
struct logon {
	struct options opt;
	struct credssp *lib;
	uint64_t cred;
	int fd;
	int64_t start;
	int64_t deadline;
	struct outcome o;
	struct explain_facts facts;
};

#define LOGON_INIT	{ .fd = -1, .o = { .status = SEC_E_INTERNAL_ERROR } }

/* The steps return 0, or -1 with the reason in @o. They come in this order. */
int logon_open(struct logon *l);	/* without module or helper no password is asked for */
int logon_acquire(struct logon *l);	/* the password is in memory during this step only */
int logon_connect(struct logon *l);
int logon_negotiate(struct logon *l);	/* of RDP */

/* All of them, and with --explain also logon_ask_policy() */
int logon_prepare(struct logon *l);

/* What the delegation policy says, in @facts; after logon_open(). */
void logon_ask_policy(struct logon *l);

/* The exchange, whose result is in @o. The connection stays open. */
void logon_authenticate(struct logon *l);

/* The same over HTTP; @talk is called when it has succeeded. */
void logon_talk(struct logon *l, winrm_talk_fn talk, void *arg);

/* Host and port as in HTTP's header Host */
#define LOGON_HOST_ROOM	(HOST_MAX + sizeof("[]:65535"))
void logon_host_header(const struct logon *l, char *header, size_t room);

void logon_end(struct logon *l);

#endif
