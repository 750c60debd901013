// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl accept: take logons, and print a verdict on each. */
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "accept/accept.h"
#include "accept/accept_report.h"
#include "base/child.h"
#include "base/net.h"
#include "commands.h"
#include "text.h"

/* Connections that wait to be accepted: as many as are served at a time */
#define BACKLOG		256

static int fail(int code, const char *what, const char *why)
{
	fputs("credsspctl accept: ", stderr);
	text_print(stderr, what);
	fprintf(stderr, ": %s\n", why);
	return code;
}

static int open_service(struct acceptor *a)
{
	struct credssp_ioc_info info;

	a->lib = credssp_open();
	if (!a->lib || credssp_info(a->lib, &info))
		return fail(EXIT_CODE_NO_SERVICE, CREDSSP_DEVICE, strerror(errno));
	if (!info.helper_present)
		return fail(EXIT_CODE_NO_SERVICE, "no helper",
			    "start it: systemctl start credsspd");
	return 0;
}

static int acquire(struct acceptor *a)
{
	const struct accept_options *opt = &a->opt;
	const struct credssp_acquire args = {
		.use = SECPKG_CRED_INBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = opt->mechs,
		.min_version = opt->min_version,
		.max_version = opt->max_version,
		.domain = *opt->domain ? opt->domain : NULL,
		.domain_length = (uint32_t)strlen(opt->domain),
		.cert = *opt->cert ? opt->cert : NULL,
		.cert_length = (uint32_t)strlen(opt->cert),
		.ticket_source = opt->tickets,
		.tickets = *opt->keytab ? opt->keytab : NULL,
		.tickets_length = (uint32_t)strlen(opt->keytab),
	};
	int32_t status;

	errno = 0;
	status = credssp_acquire_credentials_handle(a->lib, &args, &a->cred, NULL);
	if (status == SEC_E_OK)
		return 0;
	if (errno == EPERM || errno == EACCES)
		return fail(EXIT_CODE_NO_SERVICE, "accepting needs CAP_NET_ADMIN",
			    strerror(errno));
	return fail(EXIT_CODE_OTHER, credssp_status_name(status), credssp_status_text(status));
}

static int listen_and_serve(struct acceptor *a)
{
	char address[NET_ADDRESS_MAX];
	int listener, gai, code;

	listener = net_listen(a->opt.host, a->opt.port, BACKLOG, address, &gai);
	if (listener < 0)
		return fail(EXIT_CODE_CONNECTION, *a->opt.host ? a->opt.host : "--listen",
			    gai && gai != EAI_SYSTEM ? gai_strerror(gai) : strerror(errno));
	accept_report_listening(&a->opt, address);
	code = accept_loop(a, listener);
	close(listener);
	return code;
}

int command_accept(int argc, char **argv)
{
	struct acceptor a = { .stop = -1 };
	int code;

	if (accept_options_parse(&a.opt, argc, argv))
		return EXIT_CODE_USAGE;
	signal(SIGPIPE, SIG_IGN);
	code = open_service(&a);
	if (!code)
		code = acquire(&a);
	if (!code)
		code = listen_and_serve(&a);
	credssp_close(a.lib);
	return code;
}
