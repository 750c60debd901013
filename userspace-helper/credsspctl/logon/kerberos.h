/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos in the report: which mechanism was used, why not Kerberos, and what KDCs said. */
#ifndef CREDSSPCTL_KERBEROS_H
#define CREDSSPCTL_KERBEROS_H

#include <stdio.h>

#include "base/json.h"
#include "base/options.h"
#include "base/outcome.h"

/* The longest text of kerberos_skew() */
#define SKEW_ROOM	80

/*
 * The mechanism as a stable word and for people. The word is NULL if the mechanism is not
 * known, and if SPNEGO has not come to one.
 */
const char *kerberos_mech_name(const struct credssp_report *r);
const char *kerberos_mech_text(const struct credssp_report *r);

/* True for a module from before Kerberos. It does not name the mechanism, which is NTLM. */
bool kerberos_is_older_module(const struct credssp_report *r);

/* True if the report is about NTLM in place of Kerberos. */
bool kerberos_is_fallback(const struct credssp_report *r);

/* True if the report says by how much the clocks differ. */
bool kerberos_has_skew(const struct credssp_report *r);

/* "the clock of the KDC or server is 7 minutes 3 seconds ahead" */
void kerberos_skew(char *text, size_t room, int64_t skew);

/* "1 message to KDCs", "3 messages to KDCs" */
void kerberos_messages(FILE *f, uint32_t count);

/* Where the tickets come from: "credential cache FILE:/tmp/x", "default keytab" */
void kerberos_source(FILE *f, const struct options *opt);

/* The lines that only an exchange with Kerberos has. */
void kerberos_human_request(FILE *f, const struct options *opt);
void kerberos_human(FILE *f, const struct outcome *o);

void kerberos_json_request(struct json *j, const struct options *opt,
			   const struct outcome *o);
void kerberos_json(struct json *j, const struct outcome *o);

/* Print the lines about KDCs and tickets, each behind @prefix. */
void kerberos_trace(FILE *f, const struct outcome *o, const char *prefix);

#endif
