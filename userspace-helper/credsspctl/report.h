/* SPDX-License-Identifier: GPL-2.0-only */
/* Results for people and for programs. */
#ifndef CREDSSPCTL_REPORT_H
#define CREDSSPCTL_REPORT_H

#include <stdio.h>

#include "options.h"
#include "outcome.h"

/* The same facts, either way. */
void report_human(FILE *f, const struct options *opt, const struct outcome *o);
void report_json(FILE *f, const struct options *opt, const struct outcome *o);

/* "NAME         " of an aligned line */
void report_label(FILE *f, const char *label);

#endif
