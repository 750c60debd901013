/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_OPTIONS_H
#define CREDSSPD_OPTIONS_H

#include <stdbool.h>
#include "logons/attempts.h"
#include "tls/tls.h"

/**
 * struct options - the command line and the configuration
 * @config: the file of the latter; NULL: the default one, which need not exist
 * @text: what is in it; the strings below may be part of it
 * @check_only: only tell whether the options are right
 * @reload: the daemon that reads all again, or 0
 * @device: path of the helper device
 * @user: user to become
 * @cert_dir: where the users' client certificates are
 * @krb5_conf: path of krb5.conf; NULL: no Kerberos
 * @no_kerberos: then it is NULL
 * @fast_keytab, @fast_ccache: where the host's ticket for FAST comes from; one of them at most
 * @fast_required: passwords are not exchanged without FAST
 * @replay_dir: directory of the acceptors' replay caches
 * @kdc_file: file for what is known of KDCs
 * @accounts: file of accounts for logons by NTLM; NULL: none
 * @no_accounts: then it is NULL
 * @winbind: ask winbind about accounts of other domains
 * @logons: limits for failed logons
 * @keylog: file for the secrets of TLS sessions, or NULL
 * @threads: threads that do handshakes, 1 to DISPATCH_THREADS_MAX
 * @verbose: log actions, not only failures
 * @tls: options of the handshakes; main() sets @chacha, @keys and @keylog later
 */
struct options {
	const char *config;
	char *text;
	bool check_only;
	long reload;
	const char *device;
	const char *user;
	const char *cert_dir;
	const char *krb5_conf;
	bool no_kerberos;
	const char *fast_keytab;
	const char *fast_ccache;
	bool fast_required;
	const char *replay_dir;
	const char *kdc_file;
	const char *accounts;
	bool no_accounts;
	bool winbind;
	struct attempts_rules logons;
	const char *keylog;
	unsigned int threads;
	bool verbose;
	struct tls_options tls;
};

enum options_result {
	OPTIONS_RUN,	/* go on */
	OPTIONS_RELOAD,	/* have @reload read all again */
	OPTIONS_DONE,	/* --help, --version or --check-config has been written */
	OPTIONS_BAD,	/* the reason has been written */
};

/* The command line's strings must outlive @o, which the caller frees whatever the result is. */
enum options_result options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);
/* Log which options differ that only a restart takes over. */
void options_compare(const struct options *old, const struct options *new);

#endif
