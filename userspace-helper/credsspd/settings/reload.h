/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the configuration and the trusted certificates again, while handshakes go on. The
 * daemon cannot open files any more: a process of its own, the reader, which was forked before,
 * reads them and sends what they say.
 */
#ifndef CREDSSPD_RELOAD_H
#define CREDSSPD_RELOAD_H

#include <stdbool.h>
#include <sys/types.h>
#include "logons/logons.h"
#include "options.h"
#include "tls/tls.h"

/*
 * The file in which the daemon tells reload_tell() what has come of it: its process, how many
 * reloads have ended, and whether there is another one, or how the last one ended.
 */
#define RELOAD_FILE	"/run/credssp/reload"

struct reload;

/*
 * Have the daemon @pid read all again, and wait for it; for systemctl reload. 0, or a negative
 * errno, which has been written to stderr. @file: RELOAD_FILE
 */
int reload_tell(const char *file, pid_t pid);

/*
 * Fork the reader. @argc, @argv: the daemon's command line, which counts again; @o: what came of
 * it at the start. All are borrowed. NULL after logging the reason.
 */
struct reload *reload_start(int argc, char **argv, const struct options *o);
void reload_stop(struct reload *r);

/*
 * Open @file, RELOAD_FILE; its directory is made if need be. Without it reload_tell() learns
 * nothing, which is logged.
 */
void reload_report_to(struct reload *r, const char *file);
/*
 * What is renewed. @context, with the options @tls but for those that are read again; @manager:
 * the service manager's socket, or -1.
 */
void reload_set(struct reload *r, const struct tls_context *context,
		const struct tls_options *tls, int manager);

/*
 * Ask the reader. False if that is not possible, which is logged, and then there is no answer.
 * While it reads, it is asked once more at most. @r may be NULL.
 */
bool reload_begin(struct reload *r);
/* The file descriptor to poll for POLLIN, -1 without a reader */
int reload_fd(const struct reload *r);
/*
 * Take what the reader has sent, and renew all when that is complete. @logons gets the limits of
 * failures, and reads the accounts again. A reader that is lost is logged; the daemon goes on
 * with what it has.
 */
void reload_receive(struct reload *r, struct logons *logons);

#endif
