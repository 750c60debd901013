/* SPDX-License-Identifier: GPL-2.0-only */
/* credsspctl doctor: the steps of a logon, which of them fails, and what to do. */
#ifndef CREDSSPCTL_DOCTOR_H
#define CREDSSPCTL_DOCTOR_H

#include <stdio.h>

#include "base/options.h"
#include "base/outcome.h"
#include "logon/explain.h"

/* The exit status of the first step; the others follow. Part of the interface. */
#define DOCTOR_EXIT_BASE	11

enum doctor_step {
	DOCTOR_MODULE,
	DOCTOR_DEVICE,
	DOCTOR_HELPER,
	DOCTOR_CREDENTIALS,
	DOCTOR_DNS,
	DOCTOR_PORT,
	DOCTOR_PROTOCOL,
	DOCTOR_TLS,
	DOCTOR_CERTIFICATE,
	DOCTOR_KDC,
	DOCTOR_VERSION,
	DOCTOR_MECHANISM,
	DOCTOR_LOGON,
	DOCTOR_DELEGATION,
	DOCTOR_STEPS,
};

enum doctor_state {
	DOCTOR_NOT_REACHED,
	DOCTOR_OK,
	DOCTOR_WARNING,		/* the logon goes on, but something is to be done */
	DOCTOR_FAILED,
};

#define DOCTOR_FOUND_ROOM	320

/**
 * struct doctor_finding - what is known of one step
 * @state: enum doctor_state
 * @found: what was found; printable
 * @advice: what to do, or NULL
 */
struct doctor_finding {
	enum doctor_state state;
	char found[DOCTOR_FOUND_ROOM];
	const char *advice;
};

/**
 * doctor_judge() - find the step at which a logon failed
 * @opt: command line
 * @o: result
 * @at: the step during which it ended; DOCTOR_TLS for the exchange itself, in which the result
 *	tells more
 * @findings: out: DOCTOR_STEPS of them
 *
 * Return: the step that failed, DOCTOR_STEPS if none did.
 */
enum doctor_step doctor_judge(const struct options *opt, const struct outcome *o,
			      enum doctor_step at, struct doctor_finding *findings);

/* Exit status for a step that failed; 0 for DOCTOR_STEPS. */
int doctor_exit(enum doctor_step failed);

const char *doctor_name(enum doctor_step step);		/* a stable word */
const char *doctor_question(enum doctor_step step);	/* what is tried */

void doctor_human(FILE *f, const struct options *opt, const struct doctor_finding *findings,
		  enum doctor_step failed);
void doctor_json(FILE *f, const struct options *opt, const struct outcome *o,
		 const struct doctor_finding *findings, enum doctor_step failed);

#endif
