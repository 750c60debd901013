/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of `credsspctl accept`. */
#ifndef CREDSSPCTL_ACCEPT_OPTIONS_H
#define CREDSSPCTL_ACCEPT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <credssp.h>

#include "base/options.h"

/**
 * struct accept_delivery - what happens to a delegated password
 * @wanted: it becomes a key; the other members matter
 * @keyring: serial, or KEY_SPEC_*
 * @form: CREDSSP_DELEGATED_AS_*
 * @name: what the key is for, NULL for the domain of the delegated user
 * @lifetime: seconds
 */
struct accept_delivery {
	bool wanted;
	int32_t keyring;
	uint32_t form;
	const char *name;
	uint32_t lifetime;
};

/**
 * struct accept_options - arguments of `credsspctl accept`
 * @listens: @host and @port are set
 * @host: numeric address to listen on, empty for all
 * @port: TCP port, 0 for any that is free
 * @carrier: protocol before TLS, or around it
 * @cert: name of the server certificate, empty for a choice by the client's SNI
 * @domain: that NTLM announces, empty for the machine's name
 * @tickets: CREDSSP_TICKETS_KEYTAB with --keytab
 * @keytab: its name, empty for the default one
 * @mechs: CREDSSP_MECH_*
 * @min_version: 0 for the policy's
 * @max_version: 0 for the highest
 * @flags: CREDSSP_ACCEPT_RESTRICTED_ADMIN and CREDSSP_ACCEPT_REMOTE_GUARD
 * @hybrid_ex: RDP's HYBRID_EX may be selected
 * @timeout_ms: bound on the time until a client is authenticated; 0: the module's, and
 *	ACCEPT_SILENCE_MS before it
 * @count: connections to serve, 0 for no end
 * @json: print JSON
 * @delivery: of delegated passwords
 * @executes: --exec was given
 * @command: then the program for authenticated connections with its arguments, else NULL
 */
struct accept_options {
	bool listens;
	char host[HOST_MAX + 1];
	uint16_t port;
	enum carrier carrier;
	char cert[CREDSSP_MAX_CERT_NAME + 1];
	char domain[CREDSSP_MAX_NAME + 1];
	enum credssp_ticket_source tickets;
	char keytab[CREDSSP_MAX_NAME + 1];
	uint32_t mechs;
	uint32_t min_version;
	uint32_t max_version;
	uint32_t flags;
	bool hybrid_ex;
	unsigned int timeout_ms;
	unsigned long count;
	bool json;
	struct accept_delivery delivery;
	bool executes;
	char **command;
};

/* 0, or -1 after a line on standard error. */
int accept_options_parse(struct accept_options *o, int argc, char **argv);

#endif
