/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_OPTIONS_H
#define CREDSSPD_OPTIONS_H

#include <stdbool.h>
#include "tls.h"

/**
 * struct options - the command line
 * @device: path of the helper device
 * @user: user to become
 * @cert_dir: where the users' client certificates are
 * @krb5_conf: path of krb5.conf; NULL: no Kerberos
 * @fast_keytab, @fast_ccache: where the host's ticket for FAST comes from; one of them at most
 * @fast_required: passwords are not exchanged without FAST
 * @replay_dir: directory of the acceptors' replay caches
 * @kdc_file: file for what is known of KDCs
 * @threads: threads that do handshakes, 1 to DISPATCH_THREADS_MAX
 * @verbose: log actions, not only failures
 * @tls: options of the handshakes; main() sets @chacha and @keys later
 */
struct options {
	const char *device;
	const char *user;
	const char *cert_dir;
	const char *krb5_conf;
	const char *fast_keytab;
	const char *fast_ccache;
	bool fast_required;
	const char *replay_dir;
	const char *kdc_file;
	unsigned int threads;
	bool verbose;
	struct tls_options tls;
};

enum options_result {
	OPTIONS_RUN,	/* go on */
	OPTIONS_DONE,	/* --help or --version has been written */
	OPTIONS_BAD,	/* the reason has been written */
};

enum options_result options_parse(struct options *o, int argc, char **argv);

#endif
