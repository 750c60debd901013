// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "policy_conf.h"
#include "text.h"

/* A list of a few hundred patterns on one line is longer than anybody writes. */
#define LINE_ROOM	16384
#define BLANKS		" \t\r"

static const char *const keys[POLICY_KINDS][POLICY_LISTS] = {
	{ "allow-fresh", "allow-fresh-ntlm-only", "deny-fresh" },
	{ "allow-saved", "allow-saved-ntlm-only", "deny-saved" },
	{ "allow-default", "allow-default-ntlm-only", "deny-default" },
};

static const char *const oracles[] = { "force", "mitigated", "vulnerable" };

/**
 * struct parser - a file under way
 * @conf: what comes of it
 * @seen: lists that were mentioned
 * @seen_oracle, @seen_ntlm: so were these
 */
struct parser {
	struct policy_conf *conf;
	bool seen[POLICY_KINDS][POLICY_LISTS];
	bool seen_oracle;
	bool seen_ntlm;
};

const char *policy_conf_key(unsigned int kind, unsigned int list)
{
	return kind < POLICY_KINDS && list < POLICY_LISTS ? keys[kind][list] : "unknown";
}

const char *policy_conf_oracle(uint32_t oracle)
{
	return oracle < ARRAY_SIZE(oracles) ? oracles[oracle] : "unknown";
}

/* As the kernel will judge it, but with words. */
static const char *check_pattern(const char *pattern, size_t n)
{
	const char *star = strchr(pattern, '*');
	const char *slash = strchr(pattern, '/');
	const char *host = slash ? slash + 1 : pattern;
	const char *colon = strchr(host, ':');

	if (n > CREDSSP_MAX_TARGET)
		return "a pattern is too long";
	if (!text_is_clean(pattern))
		return "a pattern is not valid UTF-8, or has control characters";
	if (star && strchr(star + 1, '*'))
		return "a pattern has more than one *";
	if (!*host || strchr(host, '/') || *host == '[' ||
	    (colon && !strchr(colon + 1, ':')) || (n > 1 && pattern[n - 1] == '.'))
		return "a pattern is CLASS/HOST, without port, realm, brackets or a dot at its end";
	return NULL;
}

static const char *add_pattern(struct policy_conf *conf, unsigned int kind,
			       unsigned int list, const char *pattern)
{
	size_t n = strlen(pattern);
	const char *err = check_pattern(pattern, n);
	struct credssp_policy_pattern head = {
		.kind = (uint8_t)kind,
		.list = (uint8_t)list,
		.length = (uint16_t)n,
	};

	if (err)
		return err;
	if (conf->count == CREDSSP_MAX_PATTERNS ||
	    sizeof(head) + n > sizeof(conf->patterns) - conf->length)
		return "there are too many patterns";
	memcpy(conf->patterns + conf->length, &head, sizeof(head));
	memcpy(conf->patterns + conf->length + sizeof(head), pattern, n);
	conf->length += (uint32_t)(sizeof(head) + n);
	conf->count++;
	return NULL;
}

static const char *set_list(struct parser *p, unsigned int kind, unsigned int list,
			    char *value)
{
	const char *err = NULL;
	char *word, *rest;

	p->seen[kind][list] = true;
	for (word = strtok_r(value, BLANKS, &rest); word && !err;
	     word = strtok_r(NULL, BLANKS, &rest))
		err = add_pattern(p->conf, kind, list, word);
	return err;
}

static const char *set_oracle(struct parser *p, const char *value)
{
	uint32_t i;

	if (p->seen_oracle)
		return "oracle is there twice";
	p->seen_oracle = true;
	for (i = 0; i < ARRAY_SIZE(oracles); i++) {
		if (!strcmp(value, oracles[i])) {
			p->conf->oracle = i;
			return NULL;
		}
	}
	return "oracle is force, mitigated or vulnerable";
}

static const char *set_ntlm(struct parser *p, const char *value)
{
	if (p->seen_ntlm)
		return "ntlm is there twice";
	p->seen_ntlm = true;
	if (!strcmp(value, "no"))
		p->conf->rules |= CREDSSP_POLICY_NO_NTLM;
	else if (strcmp(value, "yes"))
		return "ntlm is yes or no";
	return NULL;
}

static const char *set(struct parser *p, const char *key, char *value)
{
	unsigned int kind, list;

	if (!strcmp(key, "oracle"))
		return set_oracle(p, value);
	if (!strcmp(key, "ntlm"))
		return set_ntlm(p, value);
	for (kind = 0; kind < POLICY_KINDS; kind++)
		for (list = 0; list < POLICY_LISTS; list++)
			if (!strcmp(key, keys[kind][list]))
				return set_list(p, kind, list, value);
	return "there is no such setting";
}

/* What is left without the blanks around it. */
static char *trim(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	n = strlen(s);
	while (n && strchr(BLANKS, s[n - 1]))
		s[--n] = '\0';
	return s;
}

static const char *parse_line(struct parser *p, char *line)
{
	char *key = trim(line), *value;

	if (!*key || *key == '#')
		return NULL;
	value = strchr(key, '=');
	if (!value)
		return "not of the form KEY = VALUE";
	*value++ = '\0';
	return set(p, trim(key), trim(value));
}

/* Windows' defaults, for the lists that were not mentioned. */
static const char *add_defaults(struct parser *p)
{
	static const struct {
		unsigned int kind, list;
	} rows[] = {
		{ CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW },
		{ CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW_NTLM_ONLY },
		{ CREDSSP_KIND_SAVED, CREDSSP_LIST_ALLOW },
		{ CREDSSP_KIND_SAVED, CREDSSP_LIST_ALLOW_NTLM_ONLY },
	};
	const char *err = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows) && !err; i++)
		if (!p->seen[rows[i].kind][rows[i].list])
			err = add_pattern(p->conf, rows[i].kind, rows[i].list, "TERMSRV/*");
	return err;
}

/* 1, 0 at the end, or -1 with @err. A NUL must not hide the rest of a line. */
static int next_line(FILE *f, char *line, const char **err)
{
	size_t n = 0;
	int c;

	while ((c = getc(f)) != EOF && c != '\n') {
		if (!c || n == LINE_ROOM - 1) {
			*err = c ? "the line is too long" : "there is a NUL byte";
			return -1;
		}
		line[n++] = (char)c;
	}
	line[n] = '\0';
	if (ferror(f)) {
		*err = "it cannot be read";
		return -1;
	}
	return c != EOF || n;
}

const char *policy_conf_parse(struct policy_conf *conf, FILE *f, unsigned int *number)
{
	struct parser p = { .conf = conf };
	const char *err = NULL;
	char line[LINE_ROOM];
	int more;

	memset(conf, 0, sizeof(*conf));
	conf->oracle = CREDSSP_ORACLE_MITIGATED;
	for (*number = 1; (more = next_line(f, line, &err)) > 0; (*number)++) {
		err = parse_line(&p, line);
		if (err)
			return err;
	}
	if (more < 0)
		return err;
	*number = 0;
	return add_defaults(&p);
}

int policy_conf_next(const struct policy_conf *conf, unsigned int kind, unsigned int list,
		     uint32_t *at, char *pattern)
{
	struct credssp_policy_pattern head;

	while (conf->length - *at >= sizeof(head)) {
		const uint8_t *p = conf->patterns + *at;

		memcpy(&head, p, sizeof(head));
		if (head.length > conf->length - *at - sizeof(head) ||
		    head.length > CREDSSP_MAX_TARGET)
			return 0;
		*at += (uint32_t)sizeof(head) + head.length;
		if (head.kind != kind || head.list != list)
			continue;
		memcpy(pattern, p + sizeof(head), head.length);
		pattern[head.length] = '\0';
		return 1;
	}
	return 0;
}

void policy_conf_print(FILE *f, const struct policy_conf *conf)
{
	char pattern[CREDSSP_MAX_TARGET + 1];
	unsigned int kind, list;

	fprintf(f, "oracle = %s\n", policy_conf_oracle(conf->oracle));
	fprintf(f, "ntlm = %s\n", conf->rules & CREDSSP_POLICY_NO_NTLM ? "no" : "yes");
	for (kind = 0; kind < POLICY_KINDS; kind++) {
		for (list = 0; list < POLICY_LISTS; list++) {
			uint32_t at = 0;

			fprintf(f, "%s =", keys[kind][list]);
			while (policy_conf_next(conf, kind, list, &at, pattern)) {
				fputc(' ', f);
				text_print(f, pattern);
			}
			fputc('\n', f);
		}
	}
}
