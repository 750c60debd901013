// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "doctor.h"
#include "text.h"

#define QUESTION_WIDTH	24

static const char *const states[] = {
	[DOCTOR_NOT_REACHED] = "-", [DOCTOR_OK] = "ok", [DOCTOR_WARNING] = "warning",
	[DOCTOR_FAILED] = "FAILED",
};

static const char *const json_states[] = {
	[DOCTOR_NOT_REACHED] = "not-reached", [DOCTOR_OK] = "ok", [DOCTOR_WARNING] = "warning",
	[DOCTOR_FAILED] = "failed",
};

static void human_step(FILE *f, enum doctor_step step, const struct doctor_finding *finding)
{
	fprintf(f, "%-8s %-*s ", states[finding->state], QUESTION_WIDTH, doctor_question(step));
	text_print(f, finding->found);
	fputc('\n', f);
	if (finding->advice)
		fprintf(f, "%*s-> %s\n", 9, "", finding->advice);
}

void doctor_human(FILE *f, const struct options *opt, const struct doctor_finding *findings,
		  enum doctor_step failed)
{
	enum doctor_step step;

	fputs("Logging on to ", f);
	text_print(f, opt->target);
	fprintf(f, " at port %u\n", opt->port);
	for (step = 0; step < DOCTOR_STEPS; step++)
		human_step(f, step, &findings[step]);
	if (failed == DOCTOR_STEPS)
		fputs("The logon works.\n", f);
	else
		fprintf(f, "It fails at the step \"%s\" (exit status %d).\n", doctor_name(failed),
			doctor_exit(failed));
}

static void json_step(struct json *j, enum doctor_step step,
		      const struct doctor_finding *finding)
{
	json_open(j, NULL, '{');
	json_string(j, "step", doctor_name(step));
	json_number(j, "exit_code", (uint64_t)doctor_exit(step));
	json_string(j, "tried", doctor_question(step));
	json_string(j, "state", json_states[finding->state]);
	json_string(j, "found", finding->found);
	json_string(j, "advice", finding->advice);
	json_close(j, '}');
}

void doctor_json(FILE *f, const struct options *opt, const struct outcome *o,
		 const struct doctor_finding *findings, enum doctor_step failed)
{
	bool well = failed == DOCTOR_STEPS;
	struct json j = { .f = f };
	enum doctor_step step;

	json_open(&j, NULL, '{');
	json_string(&j, "result", well ? "ok" : "failed");
	json_number(&j, "exit_code", (uint64_t)doctor_exit(failed));
	json_string(&j, "failed_step", well ? NULL : doctor_name(failed));
	json_string(&j, "reason", outcome_reason_name(o));
	json_string(&j, "advice", well ? NULL : findings[failed].advice);
	json_string(&j, "host", opt->host);
	json_number(&j, "port", opt->port);
	json_string(&j, "target", opt->target);
	json_open(&j, "steps", '[');
	for (step = 0; step < DOCTOR_STEPS; step++)
		json_step(&j, step, &findings[step]);
	json_close(&j, ']');
	json_close(&j, '}');
}
