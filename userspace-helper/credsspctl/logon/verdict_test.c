// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts as lines and as JSON. The vectors are those of the module's own lines. */
#include <stdlib.h>
#include <string.h>

#include <credssp.h>

#include "../../../kunit/vectors/verdict.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"
#include "verdict.h"

static uint32_t add_string(char *to, size_t *at, const char *string)
{
	size_t offset = *at;

	strcpy(to + offset, string);
	*at += strlen(string) + 1;
	return (uint32_t)offset;
}

/* As the module writes the attribute; to be freed. */
static struct credssp_verdict *verdict_of(const struct verdict_vector *row)
{
	size_t at = sizeof(row->v), size = at + strlen(row->account) + strlen(row->user) +
					   strlen(row->workstation) + 3;
	struct credssp_verdict *v = malloc(size);

	if (!v)
		abort();
	*v = row->v;
	v->account_offset = add_string((char *)v, &at, row->account);
	v->account_length = (uint32_t)strlen(row->account);
	v->user_offset = add_string((char *)v, &at, row->user);
	v->user_length = (uint32_t)strlen(row->user);
	v->workstation_offset = add_string((char *)v, &at, row->workstation);
	v->workstation_length = (uint32_t)strlen(row->workstation);
	return v;
}

static char *verdict_printed(void (*print)(FILE *f, const struct credssp_verdict *v),
			     const struct verdict_vector *row)
{
	struct credssp_verdict *v = verdict_of(row);
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	print(f, v);
	fclose(f);
	free(v);
	return text;
}

static void test_verdict_lines(void)
{
	static const char prefix[] = "credssp: ";
	char *text, *end;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdict_vectors); i++) {
		text = verdict_printed(verdict_text, &verdict_vectors[i]);
		end = text + strlen(text) - 1;
		CHECK(!strncmp(text, prefix, strlen(prefix)) && strchr(text, '\n') == end);
		*end = '\0';
		CHECK(!strcmp(text + strlen(prefix), verdict_vectors[i].line));
		if (strcmp(text + strlen(prefix), verdict_vectors[i].line))
			printf("%s\n", text);
		free(text);
	}
}

static void check_json(const struct verdict_vector *row, const char *want)
{
	char *text = verdict_printed(verdict_json, row);

	CHECK(!strcmp(text, want));
	if (strcmp(text, want))
		printf("%s", text);
	free(text);
}

static void test_verdict_json(void)
{
	static const struct verdict_vector hostile = {
		{ VERDICT_IP4, VERDICT_REFUSED, .scope = 3 }, "a\"\n\\\342\200\256", "", "\377", ""
	};

	check_json(&verdict_vectors[0], VERDICT_JSON_REFUSED);
	check_json(&verdict_vectors[3], VERDICT_JSON_UNKNOWN);
	check_json(&hostile, VERDICT_JSON_HOSTILE);
}

void test_verdict(void)
{
	test_verdict_lines();
	test_verdict_json();
}

/* For fail2ban.sh */
void test_verdict_print(FILE *f)
{
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdict_vectors); i++) {
		text = verdict_printed(verdict_text, &verdict_vectors[i]);
		fputs(text, f);
		free(text);
	}
}
