// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "log.h"

/* Longest line; longer ones are cut. */
#define LINE_SIZE 512
/* The number of limited lines in a period, enough to be noticed. */
#define LIMIT_LINES	10
#define LIMIT_PERIOD_MS	60000

static bool verbose;
static bool terminal;

void log_setup(bool want_verbose)
{
	verbose = want_verbose;
	terminal = isatty(STDERR_FILENO);
}

void log_line(int priority, const char *format, ...)
{
	char text[LINE_SIZE];
	char prefix[8] = "";
	va_list args;

	if (priority > LOG_INFO && !verbose)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!terminal)
		snprintf(prefix, sizeof(prefix), "<%d>", priority);
	/* One write() per line; an error of the log is ignored. */
	dprintf(STDERR_FILENO, "%s%s%s\n", prefix, terminal ? "credsspd: " : "", text);
}

static bool limit_allows(struct log_limit *limit, int64_t now)
{
	if (now - limit->from >= LIMIT_PERIOD_MS) {
		if (limit->lines > LIMIT_LINES)
			log_warning("%u more failed in the same way", limit->lines - LIMIT_LINES);
		limit->lines = 0;
		limit->from = now;
	}
	return limit->lines++ < LIMIT_LINES;
}

bool log_may(struct log_limit *limit, int64_t now)
{
	/* Protects all limits. */
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	bool may;

	pthread_mutex_lock(&lock);
	may = limit_allows(limit, now);
	pthread_mutex_unlock(&lock);
	return may;
}
