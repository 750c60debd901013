/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdict of an acceptor's exchange, for a log and as JSON. */
#ifndef CREDSSPCTL_VERDICT_H
#define CREDSSPCTL_VERDICT_H

#include <stdio.h>

#include <credssp.h>
#include <credssp_accept.h>

#include "base/json.h"

/*
 * Print the line of the module's log, Documentation/acceptor-verdict.rst, with "credssp: " and
 * a newline. @v: of credssp_query_verdict().
 */
void verdict_text(FILE *f, const struct credssp_verdict *v);

/* Print one JSON object in one line. */
void verdict_json(FILE *f, const struct credssp_verdict *v);
/* Its members, in an object that is open. */
void verdict_json_members(struct json *j, const struct credssp_verdict *v);

/* For the environment of a program: "192.0.2.1", "ntlm", "password"; "" for what is unknown. */
void verdict_address(const struct credssp_verdict *v, char *text, size_t room);
const char *verdict_mech(const struct credssp_verdict *v);
const char *verdict_delegated(const struct credssp_verdict *v);
/* Strings of @v. */
const char *verdict_account(const struct credssp_verdict *v);
const char *verdict_user(const struct credssp_verdict *v);
const char *verdict_workstation(const struct credssp_verdict *v);

#endif
