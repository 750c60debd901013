// SPDX-License-Identifier: GPL-2.0-only
/*
 * credsspctl cred: saved credentials as logon keys.  No program can read the payload of
 * such a key; only the module can use it.
 */
#include <errno.h>
#include <getopt.h>
#include <keyutils.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/options.h"
#include "base/outcome.h"
#include "base/password.h"
#include "commands.h"
#include "saved/bridge.h"
#include "scope.h"
#include "text.h"

#define KEY_TYPE	"logon"
#define MAX_EXPIRY_S	(10UL * 365 * 24 * 3600)
#define MAX_LISTED	1024	/* keys; the quota of a user is 200 by default */

/**
 * struct saving - arguments of `cred add` and `cred bridge`
 * @names: user and domain
 * @bridge: for cifs.ko
 * @by_domain: its argument is a domain, not a host
 * @also: SPN or domain to save the password for as well, or NULL
 * @keys: for cifs.ko
 * @password_fd: -1 for none
 * @password_file: or NULL
 * @ring: keyring
 * @timeout: seconds, 0 for never
 * @description: of the key
 */
struct saving {
	struct options names;
	bool bridge;
	bool by_domain;
	const char *also;
	struct bridge keys;
	int password_fd;
	const char *password_file;
	key_serial_t ring;
	unsigned int timeout;
	char description[SCOPE_ROOM];
};

static int fail(int code, const char *what, const char *why)
{
	fputs("credsspctl cred: ", stderr);
	text_print(stderr, what);
	fprintf(stderr, ": %s\n", why);
	return code;
}

enum { OPT_USER = 256, OPT_FD, OPT_FILE, OPT_RING, OPT_TIMEOUT, OPT_DOMAIN, OPT_ALSO };

static const struct option long_options[] = {
	{ .name = "user", .has_arg = required_argument, .val = OPT_USER },
	{ .name = "password-fd", .has_arg = required_argument, .val = OPT_FD },
	{ .name = "password-file", .has_arg = required_argument, .val = OPT_FILE },
	{ .name = "keyring", .has_arg = required_argument, .val = OPT_RING },
	{ .name = "timeout", .has_arg = required_argument, .val = OPT_TIMEOUT },
	/* of `cred bridge` only */
	{ .name = "domain", .val = OPT_DOMAIN },
	{ .name = "also", .has_arg = required_argument, .val = OPT_ALSO },
	{ .name = NULL },
};

static const char *set_ring(struct saving *s, const char *arg)
{
	if (!strcmp(arg, "user"))
		s->ring = KEY_SPEC_USER_KEYRING;
	else if (!strcmp(arg, "session"))
		s->ring = KEY_SPEC_SESSION_KEYRING;
	else
		return "neither user nor session";
	return NULL;
}

static const char *set_option(struct saving *s, int option, const char *arg)
{
	unsigned long n = 0;
	const char *err = NULL;

	switch (option) {
	case OPT_USER:
		return options_user(&s->names, arg);
	case OPT_FD:
		err = options_number(arg, 0, 65535, &n);
		s->password_fd = (int)n;
		return err;
	case OPT_FILE:
		s->password_file = arg;
		return NULL;
	case OPT_RING:
		return set_ring(s, arg);
	case OPT_DOMAIN:
		s->by_domain = true;
		return s->bridge ? NULL : "only cred bridge has it";
	case OPT_ALSO:
		s->also = arg;
		return s->bridge ? NULL : "only cred bridge has it";
	default:
		err = options_number(arg, 1, MAX_EXPIRY_S, &n);
		s->timeout = (unsigned int)n;
		return err;
	}
}

static const char *default_user(struct saving *s)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw ? options_user(&s->names, pw->pw_name) : "your own name is not known";
}

/*
 * cifs.ko takes the domain of an address' key from the mount, and the domain of a domain's key
 * from its description.
 */
static const char *settle_bridge(struct saving *s, const char *arg)
{
	const char *err = s->by_domain ? bridge_of_domain(&s->keys, arg) :
					 bridge_of_host(&s->keys, arg);

	if (err || !*s->names.domain || s->also)
		return err;
	if (!s->by_domain || strcasecmp(s->names.domain, arg))
		return "cifs.ko takes the domain from the mount's options";
	return NULL;
}

/* The user of a domain's key must be of that domain. */
static const char *settle_domain(struct saving *s)
{
	const char *scope = scope_of(s->description);

	if (scope_is_spn(scope))
		return NULL;
	if (!*s->names.domain)
		snprintf(s->names.domain, sizeof(s->names.domain), "%s", scope);
	return strcasecmp(s->names.domain, scope) ? "its domain is not the key's" : NULL;
}

/* Which keys, and whose? */
static int settle(struct saving *s, const char *arg)
{
	const char *scope = s->bridge ? s->also : arg, *err = NULL;

	if (s->bridge) {
		err = settle_bridge(s, arg);
		if (err)
			return fail(EXIT_CODE_USAGE, arg, err);
	}
	err = scope ? scope_description(scope, s->description) : NULL;
	if (err)
		return fail(EXIT_CODE_USAGE, scope, err);
	err = *s->names.user ? NULL : default_user(s);
	if (!err && scope)
		err = settle_domain(s);
	return err ? fail(EXIT_CODE_USAGE, "--user", err) : 0;
}

static int parse_add(struct saving *s, int argc, char **argv)
{
	const char *err;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0) {
		if (option == '?')
			return EXIT_CODE_USAGE;
		err = set_option(s, option, optarg);
		if (err)
			return fail(EXIT_CODE_USAGE, optarg ? optarg : "--domain", err);
	}
	if (argc - optind != 1)
		return fail(EXIT_CODE_USAGE, argv[0], s->bridge ? "one host or domain at a time" :
						      "one SPN or domain at a time");
	if (s->password_fd >= 0 && s->password_file)
		return fail(EXIT_CODE_USAGE, "--password-file", "there is --password-fd already");
	return settle(s, argv[optind]);
}

/* Warn if the kernel, which searches the session's keyrings, would not find the key. */
static void warn_if_hidden(const char *description, key_serial_t key)
{
	if (request_key(KEY_TYPE, description, NULL, 0) != key)
		fputs("credsspctl: saved, but not in this session's keyrings: keyctl link @u @s\n",
		      stderr);
}

/* @payload has the password; it is wiped by the caller. */
static int save(const struct saving *s, const char *description, const struct secret *payload)
{
	key_serial_t key = add_key(KEY_TYPE, description, payload->data, payload->length,
				   s->ring);

	if (key < 0)
		return fail(EXIT_CODE_OTHER, description, strerror(errno));
	if (s->timeout && keyctl_set_timeout(key, s->timeout)) {
		int err = errno;

		/* a key without the timeout must not stay */
		keyctl_revoke(key);
		return fail(EXIT_CODE_OTHER, "--timeout", strerror(err));
	}
	warn_if_hidden(description, key);
	return 0;
}

static int save_bridge(const struct saving *s, const struct secret *password)
{
	struct secret payload;
	const char *err;
	unsigned int i;
	int ret = 0;

	if (secret_alloc_size(&payload, BRIDGE_PAYLOAD_MAX))
		return fail(EXIT_CODE_USAGE, "the password cannot be locked in memory",
			    strerror(errno));
	err = bridge_payload(s->names.user, password, &payload);
	if (err)
		ret = fail(EXIT_CODE_USAGE, s->names.user, err);
	for (i = 0; !ret && i < s->keys.count; i++)
		ret = save(s, s->keys.text[i], &payload);
	secret_free(&payload);
	return ret;
}

static int save_password(const struct saving *s, const struct secret *password)
{
	struct secret payload;
	int ret;

	if (secret_alloc_size(&payload, SCOPE_PAYLOAD_MAX))
		return fail(EXIT_CODE_USAGE, "the password cannot be locked in memory",
			    strerror(errno));
	payload.length = scope_head(payload.data, s->names.user, s->names.domain);
	memcpy(payload.data + payload.length, password->data, password->length);
	payload.length += password->length;
	ret = save(s, s->description, &payload);
	secret_free(&payload);
	return ret;
}

static int save_all(const struct saving *s, const struct secret *password)
{
	int ret = s->bridge ? save_bridge(s, password) : 0;

	return ret || !*s->description ? ret : save_password(s, password);
}

/* The password is typed once for all keys: a logon key cannot be read. */
static int ask_and_save(struct saving *s)
{
	char prompt[CREDSSP_MAX_NAME + SCOPE_ROOM + 32];
	struct secret password;
	const char *err;
	int ret;

	if (secret_alloc(&password))
		return fail(EXIT_CODE_USAGE, "the password cannot be locked in memory",
			    strerror(errno));
	snprintf(prompt, sizeof(prompt), "Password for %s at %s: ", s->names.user,
		 s->bridge ? s->keys.text[0] : scope_of(s->description));
	err = password_from(&password, s->password_fd, s->password_file, prompt);
	ret = err ? fail(EXIT_CODE_USAGE, "password", err) : save_all(s, &password);
	secret_free(&password);
	return ret;
}

static int add(int argc, char **argv)
{
	static struct saving s = { .password_fd = -1, .ring = KEY_SPEC_USER_KEYRING };
	int ret = parse_add(&s, argc, argv);

	return ret ? ret : ask_and_save(&s);
}

/* cifs.ko keeps the password as long as a session lives: a bridge is not for ever. */
static int bridge(int argc, char **argv)
{
	static struct saving s = {
		.bridge = true,
		.password_fd = -1,
		.ring = KEY_SPEC_USER_KEYRING,
		.timeout = BRIDGE_TIMEOUT_S,
	};
	int ret = parse_add(&s, argc, argv);

	return ret ? ret : ask_and_save(&s);
}

/**
 * struct walk - a search through the keyrings
 * @visit: called once for each key of ours
 * @wanted: description, or NULL for all
 * @seen: keys that were visited
 * @count: number of @seen
 * @json: for listing
 * @as_json: list as JSON
 * @failed: a key could not be removed
 */
struct walk {
	void (*visit)(struct walk *w, key_serial_t parent, key_serial_t key,
		      const char *scope);
	const char *wanted;
	key_serial_t seen[MAX_LISTED];
	unsigned int count;
	struct json json;
	bool as_json;
	bool failed;
};

static bool seen_before(const struct walk *w, key_serial_t key)
{
	unsigned int i;

	for (i = 0; i < w->count; i++)
		if (w->seen[i] == key)
			return true;
	return false;
}

/* The description in keyctl_describe(3)'s "type;uid;gid;permissions;description". */
static const char *logon_description(const char *raw)
{
	static const char type[] = KEY_TYPE ";";
	int field;

	if (strncmp(raw, type, strlen(type)))
		return NULL;
	for (field = 0; raw && field < 4; field++) {
		raw = strchr(raw, ';');
		raw = raw ? raw + 1 : NULL;
	}
	return raw;
}

/*
 * When cifs.ko finds no key, one without a payload can stay for a while, in the place of the
 * key that is missing (request-key.conf(5): negate).  Other logon keys give EOPNOTSUPP.
 */
static bool is_negative(key_serial_t key)
{
	return keyctl_read(key, NULL, 0) < 0 && errno == ENOKEY;
}

static int walk_key(key_serial_t parent, key_serial_t key, char *raw, int length, void *data)
{
	const char *description = length < 0 || !raw ? NULL : logon_description(raw);
	const char *scope = description ? scope_of(description) : NULL;
	struct walk *w = data;

	if (description && bridge_is(description))
		scope = description;

	if (!scope || (w->wanted && strcmp(w->wanted, description)))
		return 0;
	if (seen_before(w, key) || w->count == MAX_LISTED || is_negative(key))
		return 0;
	w->seen[w->count++] = key;
	w->visit(w, parent, key, scope);
	return 1;
}

static void walk_all(struct walk *w)
{
	recursive_key_scan(KEY_SPEC_SESSION_KEYRING, walk_key, w);
	recursive_key_scan(KEY_SPEC_USER_KEYRING, walk_key, w);
}

static void show_key(struct walk *w, key_serial_t parent, key_serial_t key,
		     const char *scope)
{
	(void)parent;
	if (w->as_json) {
		json_open(&w->json, NULL, '{');
		json_number(&w->json, "key", (uint64_t)key);
		json_string(&w->json, "target", scope);
		json_close(&w->json, '}');
		return;
	}
	printf("%10d  ", key);
	text_print(stdout, scope);
	puts("");
}

static int list(int argc, char **argv)
{
	static struct walk w = { .visit = show_key };

	w.as_json = argc == 2 && !strcmp(argv[1], "--json");
	if (argc != 1 && !w.as_json)
		return fail(EXIT_CODE_USAGE, "list", "only --json may follow");
	w.json.f = stdout;
	if (w.as_json)
		json_open(&w.json, NULL, '[');
	walk_all(&w);
	if (w.as_json)
		json_close(&w.json, ']');
	return 0;
}

/* Revoke the key, so that credential handles that refer to it cannot use it either. */
static void remove_key(struct walk *w, key_serial_t parent, key_serial_t key,
		       const char *scope)
{
	if (!keyctl_revoke(key)) {
		keyctl_unlink(key, parent);
		return;
	}
	w->failed = true;
	fail(EXIT_CODE_OTHER, scope, strerror(errno));
}

static int forget_bridge(struct walk *w, const char *description)
{
	w->wanted = description;
	walk_all(w);
	if (!w->count)
		return fail(EXIT_CODE_OTHER, description, "no credentials are saved for it");
	return w->failed ? EXIT_CODE_OTHER : 0;
}

static int forget(int argc, char **argv)
{
	static struct walk w = { .visit = remove_key };
	char description[SCOPE_ROOM];
	const char *err;
	int n;

	if (argc != 2)
		return fail(EXIT_CODE_USAGE, "remove", "one SPN or domain at a time");
	if (bridge_is(argv[1]))
		return forget_bridge(&w, argv[1]);
	err = scope_description(argv[1], description);
	w.wanted = description;
	if (!err)
		walk_all(&w);
	/* a key of another program or version may have this description unconverted */
	n = snprintf(description, sizeof(description), SCOPE_PREFIX "%s", argv[1]);
	if (!w.count && n >= 0 && (size_t)n < sizeof(description))
		walk_all(&w);
	if (!w.count && err)
		return fail(EXIT_CODE_USAGE, argv[1], err);
	if (!w.count)
		return fail(EXIT_CODE_OTHER, argv[1], "no credentials are saved for it");
	return w.failed ? EXIT_CODE_OTHER : 0;
}

int command_cred(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} verbs[] = {
		{ "add", add }, { "bridge", bridge }, { "list", list }, { "remove", forget },
	};
	size_t i;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return fail(EXIT_CODE_USAGE, "which of", "add, bridge, list, remove");
}
