/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `credsspctl accept` prints: lines on standard error, or with --json objects on standard
 * output, one a line.  The lines of several threads do not mix.
 */
#ifndef CREDSSPCTL_ACCEPT_REPORT_H
#define CREDSSPCTL_ACCEPT_REPORT_H

#include "accept.h"
#include "base/relay.h"

/* @address: with the port that is in use, as of net_listen() */
void accept_report_listening(const struct accept_options *opt, const char *address);
void accept_report_verdict(const struct accepted *c);
/* The end of the program of --exec, or the errno for which it did not start */
void accept_report_exec(const struct accepted *c, const struct relay_result *result);
void accept_report_exec_failed(const struct accepted *c, int err);

#endif
