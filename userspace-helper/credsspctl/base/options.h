/* SPDX-License-Identifier: GPL-2.0-only */
/* The command lines of the commands that log on: auth, connect, doctor and winrm. */
#ifndef CREDSSPCTL_OPTIONS_H
#define CREDSSPCTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <credssp.h>

#define HOST_MAX	253	/* RFC 1035: a name of 255 octets on the wire */
#define RDP_PORT	3389
#define WINRM_PORT	5985
#define WINRM_PATH	"/wsman"
#define PATH_MAX_LENGTH	1024

enum carrier {
	CARRIER_RDP,
	CARRIER_RAW,
	CARRIER_HTTP,
};

/* TRANSPORT_DEFAULT is replaced by the carrier's transport after parsing. */
enum transport {
	TRANSPORT_DEFAULT,
	TRANSPORT_SOCKET,
	TRANSPORT_TOKEN,
};

/* The commands, which have most of the options in common */
enum options_command {
	OPTIONS_AUTH,
	OPTIONS_CONNECT,
	OPTIONS_DOCTOR,
	OPTIONS_WINRM,
};

/**
 * struct options - arguments of a command that logs on
 * @command: the command
 * @user: without the domain
 * @domain: empty for none
 * @key: serial number of a logon key, 0 for none
 * @saved: the credentials are in the key for the target
 * @password_fd: descriptor to read the password from, -1 for none
 * @password_file: or the file
 * @tickets: enum credssp_ticket_source; AUTO: from the password or the saved key
 * @ticket_name: name of the credential cache or keytab, empty for the default one; or of the
 *	certificate
 * @realm: Kerberos realm of the user, empty for none
 * @user_to_user: by user-to-user tickets
 * @target: SPN
 * @host: name in A-labels, or numeric address without brackets, perhaps with its zone
 * @port: TCP port
 * @carrier: protocol before TLS, or around it
 * @path: of the HTTP service
 * @transport: the module or this program moves the bytes
 * @mechs: CREDSSP_MECH_*
 * @min_version: 0 for the policy's
 * @max_version: 0 for the highest
 * @timeout_ms: bound on connecting and the exchange
 * @no_delegate: delegate empty credentials
 * @mutual: the server must be proven
 * @cert: name of a client certificate, empty for none
 * @pin_count: number of @pins
 * @pins: fingerprints of certificates that prove the server
 * @json: print JSON
 * @explain: say what was done, and what to do about a failure
 * @executes: connect: --exec was given
 * @ktls: connect: its program gets the connection itself
 * @program: connect: program and arguments behind --exec; winrm: words of the command line;
 *	NULL-terminated
 * @run_ms: winrm: bound on the command
 * @sends_input: winrm: standard input goes to the command
 */
struct options {
	enum options_command command;
	char user[CREDSSP_MAX_NAME + 1];
	char domain[CREDSSP_MAX_NAME + 1];
	int32_t key;
	bool saved;
	int password_fd;
	const char *password_file;
	enum credssp_ticket_source tickets;
	char ticket_name[CREDSSP_MAX_NAME + 1];
	char realm[CREDSSP_MAX_NAME + 1];
	bool user_to_user;
	char target[CREDSSP_MAX_TARGET + 1];
	char host[HOST_MAX + 1];
	uint16_t port;
	enum carrier carrier;
	const char *path;
	enum transport transport;
	uint32_t mechs;
	uint32_t min_version;
	uint32_t max_version;
	unsigned int timeout_ms;
	bool no_delegate;
	bool mutual;
	char cert[CREDSSP_MAX_CERT_NAME + 1];
	uint32_t pin_count;
	uint8_t pins[CREDSSP_MAX_PINS][CREDSSP_PIN_SIZE];
	bool json;
	bool explain;
	bool executes;
	bool ktls;
	char **program;
	unsigned int run_ms;
	bool sends_input;
};

/* 0, or -1 after a line on standard error. */
int options_parse(struct options *o, enum options_command command, int argc, char **argv);

/* Setters of single options. Return NULL, or what is wrong with the argument. */
const char *options_host(struct options *o, const char *arg);
const char *options_user(struct options *o, const char *arg);
const char *options_pin(struct options *o, const char *arg);
const char *options_ccache(struct options *o, const char *arg); /* NULL: the default one */
const char *options_keytab(struct options *o, const char *arg); /* NULL: the default one */
const char *options_pkinit(struct options *o, const char *arg);

/* The same for options that several commands have. */
const char *options_number(const char *arg, unsigned long min, unsigned long max,
			   unsigned long *value);
/*
 * Setters for struct args_row: enum carrier, uint32_t, uint32_t, unsigned int, room for the name
 * of a certificate, and of a domain or realm
 */
const char *options_carrier(void *carrier, const char *arg);
const char *options_mech(void *mechs, const char *arg);
const char *options_version(void *version, const char *arg);
const char *options_timeout(void *timeout_ms, const char *arg);
const char *options_cert(void *cert, const char *arg);
const char *options_domain(void *domain, const char *arg);
/* Copy @n bytes and a NUL into @room: clean UTF-8. */
const char *options_name(char *to, size_t room, const char *from, size_t n);
/* Copy the name of a cache or keytab; a relative path becomes absolute. */
const char *options_path(char *to, size_t room, const char *name);

#endif
