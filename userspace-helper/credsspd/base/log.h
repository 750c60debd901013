/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log lines on stderr. If that is no terminal, they begin with <priority>, which the
 * journal understands. Strings of peers or requesters are never logged.
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

/* Limit for lines of one kind that any user can cause. All-zero: none so far. */
struct log_limit {
	unsigned int lines;
	int64_t from;
};

/*
 * True if another line may be logged at @now (milliseconds). Ten a
 * minute may; the others are counted. Any thread may call it.
 */
bool log_may(struct log_limit *limit, int64_t now);

#define log_error(...)		log_line(LOG_ERR, __VA_ARGS__)
#define log_warning(...)	log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...)		log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)		log_line(LOG_DEBUG, __VA_ARGS__)

#endif
