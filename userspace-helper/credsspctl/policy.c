// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl policy: show, check, load and reset the delegation policy. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/outcome.h"
#include "commands.h"
#include "saved/policy_conf.h"
#include "spn.h"
#include "text.h"

static const char *const kinds[POLICY_KINDS] = { "fresh", "saved", "default" };
static const char *const origins[] = { "builtin", "set", "inherited" };

static int usage(const char *why)
{
	fprintf(stderr, "credsspctl policy: %s; see credsspctl policy --help\n", why);
	return EXIT_CODE_USAGE;
}

static struct credssp *open_module(void)
{
	struct credssp *lib = credssp_open();

	if (!lib)
		fprintf(stderr, "credsspctl: %s: %s\n", CREDSSP_DEVICE, strerror(errno));
	return lib;
}

/* Print the error of a call: its status or its errno. Return the exit status. */
static int failed(int32_t status, int err)
{
	const char *text = credssp_status_text(status);

	if (err == ENOTTY)
		text = "the loaded module is too old for this";
	else if (err == EPERM)
		text = "this needs CAP_SYS_ADMIN, or CAP_NET_ADMIN in another network namespace";
	fprintf(stderr, "credsspctl policy: %s\n", text);
	return EXIT_CODE_OTHER;
}

static void show_json(const struct policy_conf *conf, const char *origin)
{
	char pattern[CREDSSP_MAX_TARGET + 1];
	struct json j = { .f = stdout };
	unsigned int kind, list;

	json_open(&j, NULL, '{');
	json_string(&j, "origin", origin);
	json_string(&j, "oracle", policy_conf_oracle(conf->oracle));
	json_bool(&j, "ntlm", !(conf->rules & CREDSSP_POLICY_NO_NTLM));
	for (kind = 0; kind < POLICY_KINDS; kind++) {
		for (list = 0; list < POLICY_LISTS; list++) {
			uint32_t at = 0;

			json_open(&j, policy_conf_key(kind, list), '[');
			while (policy_conf_next(conf, kind, list, &at, pattern))
				json_string(&j, NULL, pattern);
			json_close(&j, ']');
		}
	}
	json_close(&j, '}');
}

static int show_with(struct credssp *lib, uint32_t flags, bool json)
{
	static struct policy_conf conf;
	struct credssp_ioc_policy policy = {
		.flags = flags,
		.length = sizeof(conf.patterns),
		.patterns = (uintptr_t)conf.patterns,
	};
	const char *origin;
	int32_t status;

	errno = 0;
	status = credssp_policy_get(lib, &policy);
	if (status != SEC_E_OK)
		return failed(status, errno);
	conf.oracle = policy.oracle;
	conf.rules = policy.rules;
	conf.count = policy.count;
	conf.length = policy.length;
	origin = policy.origin < ARRAY_SIZE(origins) ? origins[policy.origin] : "unknown";
	if (json) {
		show_json(&conf, origin);
		return 0;
	}
	printf("# %s\n", origin);
	policy_conf_print(stdout, &conf);
	return 0;
}

static int verb_show(int argc, char **argv)
{
	struct credssp *lib;
	uint32_t flags = 0;
	bool json = false;
	int i, ret;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			json = true;
		else if (!strcmp(argv[i], "--initial"))
			flags = CREDSSP_POLICY_INITIAL;
		else
			return usage("only --initial and --json may follow show");
	}
	lib = open_module();
	if (!lib)
		return EXIT_CODE_NO_SERVICE;
	ret = show_with(lib, flags, json);
	credssp_close(lib);
	return ret;
}

/**
 * struct answers - the policy's answers for one target
 * @status: by kind; with the server proven, and without
 * @min_version: lowest CredSSP version
 */
struct answers {
	int32_t status[POLICY_KINDS][2];
	uint32_t min_version;
};

static int ask(struct credssp *lib, const char *target, struct answers *a)
{
	uint32_t kind, proven;

	for (kind = 0; kind < POLICY_KINDS; kind++) {
		for (proven = 0; proven < 2; proven++) {
			struct credssp_ioc_policy_check check = {
				.kind = kind,
				.flags = proven ? CREDSSP_CHECK_PROVEN : 0,
				.target = (uintptr_t)target,
				.target_length = (uint32_t)strlen(target),
			};
			int32_t status;

			errno = 0;
			status = credssp_policy_check(lib, &check);
			if (status != SEC_E_OK && status != SEC_E_DELEGATION_POLICY &&
			    status != SEC_E_POLICY_NLTM_ONLY)
				return failed(status, errno);
			a->status[kind][proven] = status;
			a->min_version = check.min_version;
		}
	}
	return 0;
}

static void print_answers(const char *target, const struct answers *a)
{
	unsigned int kind;

	text_label(stdout, "Target");
	text_print(stdout, target);
	puts("");
	for (kind = 0; kind < POLICY_KINDS; kind++) {
		const char *word = "never";

		if (a->status[kind][0] == SEC_E_OK)
			word = a->status[kind][1] == SEC_E_OK ? "yes" :
			       "only where NTLM alone authenticates the server";
		else if (a->status[kind][1] == SEC_E_OK)
			word = "only to a server that is proven by more than NTLM";
		text_label(stdout, kinds[kind]);
		puts(word);
	}
	text_label(stdout, "Version");
	printf("%u or above\n", a->min_version);
}

static void print_answers_json(const char *target, const struct answers *a)
{
	struct json j = { .f = stdout };
	unsigned int kind;

	json_open(&j, NULL, '{');
	json_string(&j, "target", target);
	json_number(&j, "min_version", a->min_version);
	for (kind = 0; kind < POLICY_KINDS; kind++) {
		json_open(&j, kinds[kind], '{');
		json_string(&j, "proven", credssp_status_name(a->status[kind][1]));
		json_string(&j, "ntlm_only", credssp_status_name(a->status[kind][0]));
		json_close(&j, '}');
	}
	json_close(&j, '}');
}

static bool anything_allowed(const struct answers *a)
{
	unsigned int kind;

	for (kind = 0; kind < POLICY_KINDS; kind++)
		if (a->status[kind][0] == SEC_E_OK || a->status[kind][1] == SEC_E_OK)
			return true;
	return false;
}

static int verb_check(int argc, char **argv)
{
	bool json = argc > 1 && !strcmp(argv[1], "--json");
	char target[SPN_ROOM];
	struct credssp *lib;
	struct answers a;
	const char *err;
	int ret;

	if (argc != 2 + json || argv[1 + json][0] == '-')
		return usage("check takes one SPN or host");
	err = spn_take_target(argv[1 + json], target);
	if (err)
		return usage(err);
	lib = open_module();
	if (!lib)
		return EXIT_CODE_NO_SERVICE;
	ret = ask(lib, target, &a);
	credssp_close(lib);
	if (ret)
		return ret;
	if (json)
		print_answers_json(target, &a);
	else
		print_answers(target, &a);
	return anything_allowed(&a) ? 0 : EXIT_CODE_POLICY;
}

/* The file sets the policy for all users: only root or the caller may be able to write it. */
static const char *check_owner(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_uid && st.st_uid != geteuid())
		return "it belongs to another user";
	if (st.st_mode & 0022)
		return "other users can write it";
	return NULL;
}

/* Return NULL, or what is wrong; errno tells ENOENT from other errors. */
static const char *read_file(struct policy_conf *conf, const char *path, unsigned int *line)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *err;
	FILE *f;

	*line = 0;
	if (fd < 0)
		return strerror(errno);
	err = check_owner(fd);
	f = err ? NULL : fdopen(fd, "r");
	if (!f) {
		close(fd);
		errno = 0;
		return err ? err : "it cannot be read";
	}
	err = policy_conf_parse(conf, f, line);
	fclose(f);
	errno = 0;
	return err;
}

static int set(const struct credssp_ioc_policy *policy)
{
	struct credssp *lib = open_module();
	int32_t status;
	int err;

	if (!lib)
		return EXIT_CODE_NO_SERVICE;
	errno = 0;
	status = credssp_policy_set(lib, policy);
	err = errno;
	credssp_close(lib);
	return status == SEC_E_OK ? 0 : failed(status, err);
}

static int load_file(const char *path, bool if_present)
{
	static struct policy_conf conf;
	struct credssp_ioc_policy policy = { .patterns = (uintptr_t)conf.patterns };
	unsigned int line;
	const char *err = read_file(&conf, path, &line);

	if (err && if_present && errno == ENOENT)
		return 0;
	if (err) {
		fputs("credsspctl: ", stderr);
		text_print(stderr, path);
		if (line)
			fprintf(stderr, ":%u", line);
		fprintf(stderr, ": %s\n", err);
		return EXIT_CODE_USAGE;
	}
	policy.oracle = conf.oracle;
	policy.rules = conf.rules;
	policy.count = conf.count;
	policy.length = conf.length;
	return set(&policy);
}

static int verb_load(int argc, char **argv)
{
	bool if_present = argc > 1 && !strcmp(argv[1], "--if-present");
	int rest = argc - 1 - if_present;

	if (rest > 1 || (rest && argv[argc - 1][0] == '-'))
		return usage("load takes one FILE");
	return load_file(rest ? argv[argc - 1] : POLICY_FILE, if_present);
}

static int verb_reset(int argc, char **argv)
{
	static const struct credssp_ioc_policy policy = { .flags = CREDSSP_POLICY_RESET };

	(void)argv;
	return argc == 1 ? set(&policy) : usage("nothing may follow reset");
}

int command_policy(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} verbs[] = {
		{ "show", verb_show }, { "check", verb_check },
		{ "load", verb_load }, { "reset", verb_reset },
	};
	size_t i;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	return usage("show, check, load or reset");
}
