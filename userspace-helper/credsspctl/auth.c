// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl auth: log on to a server, and print the result. */
#include <stdio.h>

#include "base/net.h"
#include "commands.h"
#include "logon/explain.h"
#include "logon/logon.h"
#include "logon/report.h"

static void run(struct logon *l)
{
	if (!logon_prepare(l))
		logon_authenticate(l);
	if (l->start)
		l->o.elapsed_ms = net_now() - l->start;
	if (l->opt.transport == TRANSPORT_SOCKET && l->o.asked && l->o.status == SEC_E_OK)
		credssp_send_close_notify(l->fd);
}

int command_auth(int argc, char **argv)
{
	struct logon l = LOGON_INIT;
	FILE *f;
	int code;

	if (options_parse(&l.opt, OPTIONS_AUTH, argc, argv))
		return EXIT_CODE_USAGE;
	run(&l);
	code = outcome_exit_code(&l.o);
	f = code && !l.opt.json ? stderr : stdout;
	if (l.opt.json)
		report_json(f, &l.opt, &l.o);
	else
		report_human(f, &l.opt, &l.o);
	if (l.opt.explain)
		explain_print(f, &l.opt, &l.o, &l.facts);
	logon_end(&l);
	return code;
}
