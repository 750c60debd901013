// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "text.h"

#define BLANKS		" \t"
#define LINE_ROOM	(SCOPE_ROOM + 64)	/* a target, the setting's name, blanks */
#define CONFIG_ARGUMENT	"config="

void conf_init(struct conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->minimum_uid = CONF_MINIMUM_UID;
	conf->timeout = CONF_TIMEOUT_S;
}

static const char *add_target(struct conf *conf, const char *value)
{
	char *description = conf->targets[conf->count];
	unsigned int i;
	const char *err;

	if (conf->count == CONF_TARGETS_MAX)
		return "there are too many targets and domains";
	err = scope_description(value, description);
	if (err)
		return err;
	for (i = 0; i < conf->count; i++)
		if (!strcmp(conf->targets[i], description))
			return NULL;
	conf->count++;
	return NULL;
}

static const char *set_target(struct conf *conf, const char *value)
{
	return strchr(value, '/') ? add_target(conf, value) :
				    "a target is an SPN: CLASS/HOST";
}

static const char *set_domain(struct conf *conf, const char *value)
{
	return strchr(value, '/') ? "a domain has no slash" : add_target(conf, value);
}

static const char *set_user_domain(struct conf *conf, const char *value)
{
	char description[SCOPE_ROOM];
	const char *err = strchr(value, '/') ? "a domain has no slash" :
					       scope_description(value, description);

	if (!err)
		strcpy(conf->domain, value);
	return err;
}

static const char *take_number(const char *value, unsigned long max, unsigned long *n)
{
	char *end;

	if (*value < '0' || *value > '9')
		return "not a number";
	errno = 0;
	*n = strtoul(value, &end, 10);
	if (*end)
		return "not a number";
	return errno || *n > max ? "the number is too large" : NULL;
}

static const char *set_minimum_uid(struct conf *conf, const char *value)
{
	unsigned long n = 0;
	/* (uid_t)-1 is no uid. */
	const char *err = take_number(value, (uid_t)-2, &n);

	if (!err)
		conf->minimum_uid = (uid_t)n;
	return err;
}

static const char *set_timeout(struct conf *conf, const char *value)
{
	unsigned long n = 0;
	const char *err = take_number(value, CONF_TIMEOUT_MAX_S, &n);

	if (!err)
		conf->timeout = (unsigned int)n;
	return err;
}

static const char *set_tickets(struct conf *conf, const char *value)
{
	conf->despite_tickets = !strcmp(value, "ignore");
	return conf->despite_tickets || !strcmp(value, "prefer") ? NULL :
								   "tickets is prefer or ignore";
}

static const char *set_debug(struct conf *conf, const char *value)
{
	conf->debug = !strcmp(value, "yes");
	return conf->debug || !strcmp(value, "no") ? NULL : "debug is yes or no";
}

static const char *set_handover(struct conf *conf, const char *value)
{
	static const char *const values[] = {
		[CONF_HANDOVER_SSHD] = "sshd",
		[CONF_HANDOVER_YES] = "yes",
		[CONF_HANDOVER_NO] = "no",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		if (!strcmp(value, values[i])) {
			conf->handover = i;
			return NULL;
		}
	}
	return "handover is sshd, yes or no";
}

static const struct setting {
	const char *name;
	const char *(*set)(struct conf *conf, const char *value);
} settings[] = {
	{ "target", set_target },
	{ "domain", set_domain },
	{ "user-domain", set_user_domain },
	{ "minimum-uid", set_minimum_uid },
	{ "timeout", set_timeout },
	{ "tickets", set_tickets },
	{ "handover", set_handover },
	{ "debug", set_debug },
};

static const char *set(struct conf *conf, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strcmp(name, settings[i].name))
			return settings[i].set(conf, value);
	return "there is no such setting";
}

const char *conf_path(const char *argument)
{
	size_t n = strlen(CONFIG_ARGUMENT);

	return strncmp(argument, CONFIG_ARGUMENT, n) ? NULL : argument + n;
}

/* Remove the blanks at both ends. */
static char *trim(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	n = strlen(s);
	while (n && strchr(BLANKS, s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* "NAME = VALUE"; a value may have blanks inside. */
static const char *parse_setting(struct conf *conf, char *text)
{
	char *value = strchr(text, '=');

	if (!value)
		return "not of the form NAME = VALUE";
	*value++ = '\0';
	return set(conf, trim(text), trim(value));
}

const char *conf_argument(struct conf *conf, const char *argument)
{
	char text[LINE_ROOM];

	if (conf_path(argument))
		return NULL;
	if (!strcmp(argument, "debug"))
		return set_debug(conf, "yes");
	if (!strcmp(argument, "handover"))
		return set_handover(conf, "yes");
	if (strlen(argument) >= sizeof(text))
		return "too long";
	return parse_setting(conf, strcpy(text, argument));
}

static const char *parse_line(struct conf *conf, char *line)
{
	char *text = trim(line);

	return !*text || *text == '#' ? NULL : parse_setting(conf, text);
}

const char *conf_parse(struct conf *conf, FILE *f, unsigned int *number)
{
	char line[LINE_ROOM];
	const char *err = NULL;
	int more;

	for (*number = 1; (more = text_line(f, line, sizeof(line), &err)) > 0; (*number)++) {
		err = parse_line(conf, line);
		if (err)
			return err;
	}
	return more < 0 ? err : NULL;
}
