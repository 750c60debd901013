/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict of an acceptor's exchange: who came from where, and what became of it. It goes
 * to the kernel's log, to a tracepoint, and to the caller as an attribute.
 */
#ifndef CSSP_CORE_VERDICT_H
#define CSSP_CORE_VERDICT_H

#include <uapi/linux/credssp.h>

#include "../base/vbuf.h"

struct cssp_requester;

/*
 * Bytes of one name in the line, without its quotes. What is longer ends there, with "..."
 * behind the quotes. A Windows account has at most 20 characters, and a DNS domain 64.
 */
#define CSSP_VERDICT_NAME_MAX	128

/* Bytes of a line with its NUL, below the 976 of a record in the log of any kernel. */
#define CSSP_VERDICT_LINE_MAX	768

/*
 * Lines in a second, of each class: logons, logons that were checked and refused, other
 * refusals, and exchanges that ended before there was an account. A log that grows by less than
 * 10 KB/s is read, and the classes keep a flood of one kind from hiding lines of another.
 */
#define CSSP_VERDICT_LINES	20

/**
 * struct cssp_verdict - a verdict
 * @v: facts; its offsets and lengths are not used
 * @account, @user, @workstation: strings of the attribute, in UTF-8 with NUL, or empty
 */
struct cssp_verdict {
	struct credssp_verdict v;
	struct cssp_vbuf account;
	struct cssp_vbuf user;
	struct cssp_vbuf workstation;
};

/**
 * cssp_verdict_publish() - log the verdict, and call the tracepoint; once per exchange
 * @v: verdict
 * @who: the acceptor
 * @context_id: number of the context in tracepoints
 *
 * Acceptors in network namespaces of other user namespaces than the initial one are traced, but
 * not logged: any user can have such a namespace and there say that any address failed to log
 * on, and a program that reads the log would believe it.
 *
 * Context: any that may use 2 KB of stack.
 */
void cssp_verdict_publish(const struct cssp_verdict *v, const struct cssp_requester *who,
			  u64 context_id);

/* Append the attribute SECPKG_ATTR_CREDSSP_VERDICT. 0, or -ENOMEM with @out empty. */
int __must_check cssp_verdict_write(const struct cssp_verdict *v, struct cssp_vbuf *out);

/* All-zero afterwards. */
void cssp_verdict_free(struct cssp_verdict *v);

/**
 * cssp_verdict_line() - the text of the log, without "credssp: " and newline
 * @v: verdict
 * @line: out: CSSP_VERDICT_LINE_MAX bytes: printable ASCII and a NUL
 *
 * The facts come first, then the names that the initiator chose, in quotes: an account can
 * look like anything, but not like an address.
 */
void cssp_verdict_line(const struct cssp_verdict *v, char *line);

/**
 * struct cssp_verdict_limit - limit of one class of lines
 * @since: jiffies when its second began
 * @lines: lines in it
 * @suppressed: lines that were suppressed since the last one
 */
struct cssp_verdict_limit {
	unsigned long since;
	unsigned int lines;
	unsigned int suppressed;
};

/*
 * May there be a line at @now? @suppressed: out: the lines suppressed before it. The caller
 * serializes calls.
 */
bool cssp_verdict_may_log(struct cssp_verdict_limit *limit, unsigned long now,
			  unsigned int *suppressed);

#endif
