// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>

#include "policy_conf.h"
#include "spn.h"
#include "text.h"

#define KEY_ROOM	64	/* a key, "=" and the line's end */
/*
 * Room for a list with all patterns of a policy: a blank and two quotes around each
 * pattern are not longer than its struct credssp_policy_pattern.
 */
#define LINE_ROOM	(CREDSSP_MAX_POLICY + KEY_ROOM)
#define BLANKS		" \t"
#define BYTE_ORDER_MARK	"\xef\xbb\xbf"

static const char *const keys[POLICY_KINDS][POLICY_LISTS] = {
	{ "allow-fresh", "allow-fresh-ntlm-only", "deny-fresh" },
	{ "allow-saved", "allow-saved-ntlm-only", "deny-saved" },
	{ "allow-default", "allow-default-ntlm-only", "deny-default" },
};

static const char *const oracles[] = { "force", "mitigated", "vulnerable" };

/**
 * struct parser - a file being read
 * @conf: the policy
 * @seen: lists that the file sets
 * @seen_oracle, @seen_ntlm: the file sets these
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

static const char *add_pattern(struct policy_conf *conf, unsigned int kind,
			       unsigned int list, const char *word)
{
	char pattern[SPN_ROOM];
	const char *err = spn_take_pattern(word, pattern);
	struct credssp_policy_pattern head = {
		.kind = (uint8_t)kind,
		.list = (uint8_t)list,
	};
	size_t n;

	if (err)
		return err;
	n = strlen(pattern);
	head.length = (uint16_t)n;
	if (conf->count == CREDSSP_MAX_PATTERNS ||
	    sizeof(head) + n > sizeof(conf->patterns) - conf->length)
		return "there are too many patterns";
	memcpy(conf->patterns + conf->length, &head, sizeof(head));
	memcpy(conf->patterns + conf->length + sizeof(head), pattern, n);
	conf->length += (uint32_t)(sizeof(head) + n);
	conf->count++;
	return NULL;
}

/* True for characters that people, editors and other programs use in place of '"'. */
static bool has_other_quote(const char *s)
{
	static const char *const quotes[] = {
		"'", "`", "\xc2\xab", "\xc2\xbb", "\xe2\x80\x98", "\xe2\x80\x99",
		"\xe2\x80\x9a", "\xe2\x80\x9b", "\xe2\x80\x9c", "\xe2\x80\x9d",
		"\xe2\x80\x9e", "\xe2\x80\x9f", "\xe2\x80\xb9", "\xe2\x80\xba",
		"\xef\xbc\x82",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(quotes); i++)
		if (strstr(s, quotes[i]))
			return true;
	return false;
}

static const char *take_quoted(char **rest, char **word)
{
	char *end = strchr(*rest + 1, '"');

	if (!end)
		return "a closing quote is missing";
	if (end[1] && !strchr(BLANKS, end[1]))
		return "there is text directly behind a closing quote";
	*word = *rest + 1;
	*rest = end + (end[1] ? 2 : 1);
	*end = '\0';
	return **word ? NULL : "a pattern is empty";
}

/* The next word; words are separated by blanks. A word in quotes may have blanks. */
static const char *take_word(char **rest, char **word)
{
	size_t n;

	*rest += strspn(*rest, BLANKS);
	*word = NULL;
	if (**rest == '"')
		return take_quoted(rest, word);
	if (**rest == '#')
		return "a comment has a line of its own";
	n = strcspn(*rest, BLANKS "\"");
	if ((*rest)[n] == '"')
		return "there is a quote inside a pattern";
	if (!n)
		return NULL;
	*word = *rest;
	*rest += n;
	if (**rest)
		*(*rest)++ = '\0';
	return NULL;
}

static const char *set_list(struct parser *p, unsigned int kind, unsigned int list,
			    char *value)
{
	const char *err;
	char *word;

	/* of two lists with one name, either could be the intended one */
	if (p->seen[kind][list])
		return "this list is set twice";
	p->seen[kind][list] = true;
	if (has_other_quote(value))
		return "a pattern with blanks needs quotes as in \"A B/host\", no other ones";
	for (;;) {
		err = take_word(&value, &word);
		if (err || !word)
			return err;
		err = add_pattern(p->conf, kind, list, word);
		if (err)
			return err;
	}
}

static const char *set_oracle(struct parser *p, const char *value)
{
	uint32_t i;

	if (p->seen_oracle)
		return "oracle is set twice";
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
		return "ntlm is set twice";
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

static const char *parse_line(struct parser *p, char *line)
{
	char *key, *value;

	/*
	 * elsewhere a CR ends a line: the text behind it could seem
	 * to be a line, but be a comment
	 */
	if (strchr(line, '\r'))
		return "there is a carriage return inside the line";
	key = trim(line);
	if (!*key || *key == '#')
		return NULL;
	value = strchr(key, '=');
	if (!value)
		return "not of the form KEY = VALUE";
	*value++ = '\0';
	return set(p, trim(key), trim(value));
}

/* Windows' defaults, for the lists that the file does not set. */
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

const char *policy_conf_parse(struct policy_conf *conf, FILE *f, unsigned int *number)
{
	struct parser p = { .conf = conf };
	static char line[LINE_ROOM];
	const char *err = NULL;
	int more;

	memset(conf, 0, sizeof(*conf));
	conf->oracle = CREDSSP_ORACLE_MITIGATED;
	for (*number = 1; (more = text_line(f, line, sizeof(line), &err)) > 0; (*number)++) {
		if (*number == 1 && !strncmp(line, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
			return "there is a byte order mark: save the file without one";
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

/* Patterns never contain a quote: the kernel refuses them. */
static void print_pattern(FILE *f, const char *pattern)
{
	const char *quote = strchr(pattern, ' ') ? "\"" : "";

	fprintf(f, " %s", quote);
	text_print(f, pattern);
	fputs(quote, f);
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
			while (policy_conf_next(conf, kind, list, &at, pattern))
				print_pattern(f, pattern);
			fputc('\n', f);
		}
	}
}
