/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log lines on stderr.  Off a terminal they begin with <priority>, which the
 * journal understands.  What peers or requesters say is never logged.
 */
#ifndef CREDSSPD_LOG_H
#define CREDSSPD_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

/* With @verbose, LOG_DEBUG lines are written too. Call once, before threads or work. */
void log_setup(bool verbose);
__attribute__((format(printf, 2, 3)))
void log_line(int priority, const char *format, ...);

/* Lines of one kind that anybody can cause any number of. All-zero: none so far. */
struct log_limit {
	unsigned int lines;
	int64_t from;
};

/* May there be one more at @now (milliseconds)? Ten a minute may; the rest is counted. */
bool log_may(struct log_limit *limit, int64_t now);

#define log_error(...)		log_line(LOG_ERR, __VA_ARGS__)
#define log_warning(...)	log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...)		log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)		log_line(LOG_DEBUG, __VA_ARGS__)

#endif
