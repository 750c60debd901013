/* SPDX-License-Identifier: GPL-2.0-only */
/* What the reader sends to the daemon, in packets. */
#ifndef CREDSSPD_RELOAD_IMPL_H
#define CREDSSPD_RELOAD_IMPL_H

#include <stdint.h>
#include "logons/attempts.h"
#include "options.h"

/* Bytes of a trusted certificate; those of the public authorities have up to 3 KiB. */
#define RELOAD_CERT_MAX		32768u
/*
 * Certificates: the public authorities are 150. Each has about 20 KiB when it is parsed, and
 * while old handshakes go on there are two stores: 40 MiB.
 */
#define RELOAD_CERTS_MAX	1024u

enum reload_kind {
	RELOAD_ASK = 1,	/* to the reader, nothing follows */
	RELOAD_CERT,	/* a trusted certificate, in DER */
	RELOAD_DONE,	/* struct reload_settings */
	RELOAD_FAILED,	/* the reason was logged, nothing follows */
};

/**
 * struct reload_settings - what counts without a restart, beside the certificates
 * @min_version, @max_version: of TLS
 * @rules: limits of failed logons
 */
struct reload_settings {
	uint16_t min_version;
	uint16_t max_version;
	struct attempts_rules rules;
};

/**
 * struct reload_packet - header and data
 * @kind: enum reload_kind
 */
struct reload_packet {
	uint32_t kind;
	union {
		struct reload_settings settings;
		uint8_t der[RELOAD_CERT_MAX];
	};
};

#define RELOAD_HEADER		offsetof(struct reload_packet, settings)

/*
 * What is in RELOAD_FILE, in one write: the daemon's process, the number of reloads that have
 * ended, and a word for the state.
 */
#define RELOAD_RECORD		"%10d %10u %-6s\n"
#define RELOAD_RECORD_SIZE	29
#define RELOAD_BUSY		"busy"
#define RELOAD_GOOD		"done"
#define RELOAD_BAD		"failed"

/* The main loop of the reader, until @fd shows that the daemon has ended: exit status. */
int reload_serve(int fd, int argc, char **argv, const struct options *o);

#endif
