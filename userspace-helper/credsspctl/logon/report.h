/* SPDX-License-Identifier: GPL-2.0-only */
/* Printing results, for people or as JSON. */
#ifndef CREDSSPCTL_REPORT_H
#define CREDSSPCTL_REPORT_H

#include <stdio.h>

#include "base/options.h"
#include "base/outcome.h"

/* Both print the same facts. */
void report_human(FILE *f, const struct options *opt, const struct outcome *o);
void report_json(FILE *f, const struct options *opt, const struct outcome *o);

const char *report_tls_version(uint16_t version);	/* "1.3" */

#endif
