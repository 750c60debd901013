/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate: a process that all logons by NTLM pass through. It counts failures and limits what
 * waits, and has no hashes. For each proof it asks the bookkeeper, and then, for accounts of
 * another domain, a worker of its own for winbind.
 */
#ifndef CREDSSPD_GATE_H
#define CREDSSPD_GATE_H

#include <stdint.h>
#include <linux/credssp.h>
#include "attempts.h"
#include "bookkeeper.h"

/* To the gate, beside the module's requests; struct gate_reload, or its header alone; no reply */
#define GATE_RELOAD		0xffff

/*
 * Logons that wait, or are checked, or whose failure is not answered yet: 3 MB of requests. Of
 * those, failures are answered at once if another logon needs the place.
 */
#define GATE_PENDING		256
/*
 * Failures that are answered, and kept until the next attempt may begin: 1 MB. So many within the
 * delay are more handshakes than the machine can do.
 */
#define GATE_KEPT		4096
/* Of one address: more than a person has, or a gateway in the time of a check */
#define GATE_PENDING_OF_ADDRESS	32
/* Of all initiators whose address is not known */
#define GATE_PENDING_OF_UNKNOWN	(GATE_PENDING / 2)
/* Processes that ask winbind, each with one logon */
#define GATE_WORKERS		16

/* Read the accounts again, and have other limits. */
struct gate_reload {
	struct credssp_hlp_header hdr;
	struct attempts_rules rules;
};

/**
 * struct gate_patience - times in milliseconds
 * @limit: the most that a request may wait, whatever its own limit is
 * @early: so long before a request's limit it is answered, so that the answer is in time
 * @check: for the bookkeeper, which needs less than a millisecond
 * @restart: between the end of a bookkeeper that was not told to end and the next one
 */
struct gate_patience {
	int limit;
	int early;
	int check;
	int restart;
};

/* Only tests write it, before logons_start(). */
extern struct gate_patience gate_patience;

/**
 * struct gate_setup - what the gate needs
 * @accounts: file of accounts, or NULL
 * @user: user that the others become, see sandbox_enter()
 * @rules: limits for failures
 * @books: main function of the bookkeeper: bookkeeper_serve(), or a test's
 * @winbind: main function of a worker for winbind: winbind_work(), or a test's; NULL: no winbind
 */
struct gate_setup {
	const char *accounts;
	const char *user;
	struct attempts_rules rules;
	int (*books)(int fd, const struct bookkeeper_setup *setup);
	int (*winbind)(int fd);
};

/* The main loop of the gate, until @fd shows that the daemon has ended: exit status. */
int gate_serve(int fd, const struct gate_setup *setup);

#endif
