// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl doctor: walk the way of a logon, and say where it ends. */
#include <stdio.h>

#include "base/net.h"
#include "commands.h"
#include "doctor/doctor.h"
#include "logon/logon.h"

/* Return the step during which it ended. */
static enum doctor_step walk(struct logon *l)
{
	if (logon_open(l))
		return l->o.reason == CTL_REASON_NO_MODULE ? DOCTOR_MODULE :
		       l->o.reason == CREDSSP_REASON_NO_HELPER ? DOCTOR_HELPER : DOCTOR_DEVICE;
	if (logon_acquire(l))
		return DOCTOR_CREDENTIALS;
	if (logon_connect(l))
		return l->o.reason == CTL_REASON_RESOLVE ? DOCTOR_DNS : DOCTOR_PORT;
	if (logon_negotiate(l))
		return DOCTOR_PROTOCOL;
	logon_authenticate(l);
	if (l->opt.transport == TRANSPORT_SOCKET && l->o.asked && l->o.status == SEC_E_OK)
		credssp_send_close_notify(l->fd);
	return DOCTOR_TLS;
}

int command_doctor(int argc, char **argv)
{
	struct doctor_finding findings[DOCTOR_STEPS];
	struct logon l = LOGON_INIT;
	enum doctor_step at, failed;

	if (options_parse(&l.opt, OPTIONS_DOCTOR, argc, argv))
		return EXIT_CODE_USAGE;
	at = walk(&l);
	failed = doctor_judge(&l.opt, &l.o, at, findings);
	if (l.opt.json)
		doctor_json(stdout, &l.opt, &l.o, findings, failed);
	else
		doctor_human(stdout, &l.opt, findings, failed);
	logon_end(&l);
	return doctor_exit(failed);
}
