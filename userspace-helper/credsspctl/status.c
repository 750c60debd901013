// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl status: the state of module and helper. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <credssp.h>

#include "base/json.h"
#include "base/outcome.h"
#include "commands.h"
#include "logon/kdcs.h"
#include "text.h"

#define MS_PER_S	1000.0

/* The current number and its limit. */
static void human_count(const char *label, uint64_t now, uint64_t limit)
{
	text_label(stdout, label);
	printf("%" PRIu64 " of yours now, ", now);
	if (limit == CREDSSP_UNLIMITED)
		puts("no limit for you");
	else
		printf("at most %" PRIu64 "\n", limit);
}

static void human_all(const struct credssp_ioc_info *info)
{
	text_label(stdout, "All users");
	printf("%" PRIu32 " contexts, %" PRIu32 " credentials, %llu bytes of buffers now\n",
	       info->contexts, info->credentials, (unsigned long long)info->buffer_bytes);
	text_label(stdout, "So far");
	printf("%llu established, %llu failed, %llu times over a user's limit\n",
	       (unsigned long long)info->established, (unsigned long long)info->failed,
	       (unsigned long long)info->refused);
}

static void human(const struct credssp_ioc_info *info, const char *version,
		  const struct kdcs *kdcs)
{
	text_label(stdout, "Module");
	fputs("credssp ", stdout);
	text_print(stdout, version);
	printf(", ABI %" PRIu32 "\n", info->abi);
	text_label(stdout, "Helper");
	puts(info->helper_present ? "credsspd is running" :
				    "credsspd is not running (systemctl start credsspd)");
	if (info->helper_present)
		kdcs_print(stdout, kdcs, time(NULL));
	human_count("Contexts", info->own_contexts, info->max_contexts);
	human_count("Credentials", info->own_credentials, info->max_credentials);
	human_count("Buffer bytes", info->own_buffer_bytes, info->max_buffer_bytes);
	if (info->flags & CREDSSP_INFO_ALL)
		human_all(info);
	text_label(stdout, "Limits");
	printf("%" PRIu32 " handles an open file, %.3g s an exchange, %.3g s a helper's reply\n",
	       info->max_handles, info->handshake_timeout_ms / MS_PER_S,
	       info->helper_timeout_ms / MS_PER_S);
}

/* null if the value is not known */
static void json_known(struct json *j, const char *name, bool known, uint64_t value)
{
	if (known)
		json_number(j, name, value);
	else
		json_null(j, name);
}

static void json_limit(struct json *j, const char *name, uint64_t limit)
{
	json_known(j, name, limit != CREDSSP_UNLIMITED, limit);
}

static void json_counts(struct json *j, const struct credssp_ioc_info *info)
{
	bool all = info->flags & CREDSSP_INFO_ALL;

	json_number(j, "own_contexts", info->own_contexts);
	json_number(j, "own_credentials", info->own_credentials);
	json_number(j, "own_buffer_bytes", info->own_buffer_bytes);
	json_known(j, "contexts", all, info->contexts);
	json_known(j, "credentials", all, info->credentials);
	json_known(j, "buffer_bytes", all, info->buffer_bytes);
	json_known(j, "established", all, info->established);
	json_known(j, "failed", all, info->failed);
	json_known(j, "refused", all, info->refused);
	json_limit(j, "max_contexts", info->max_contexts);
	json_limit(j, "max_credentials", info->max_credentials);
	json_limit(j, "max_buffer_bytes", info->max_buffer_bytes);
}

static void json(const struct credssp_ioc_info *info, const char *version,
		 const struct kdcs *kdcs)
{
	struct json j = { .f = stdout };

	json_open(&j, NULL, '{');
	json_bool(&j, "module_loaded", true);
	json_string(&j, "module_version", version);
	json_number(&j, "abi", info->abi);
	json_bool(&j, "helper_present", info->helper_present);
	json_counts(&j, info);
	json_number(&j, "max_handles", info->max_handles);
	json_number(&j, "helper_timeout_ms", info->helper_timeout_ms);
	json_number(&j, "handshake_timeout_ms", info->handshake_timeout_ms);
	kdcs_json(&j, kdcs);
	json_close(&j, '}');
}

/* These errors mean that the module is not loaded; other errors do not tell. */
static bool is_absent(int err)
{
	return err == ENOENT || err == ENODEV || err == ENXIO;
}

static void json_without(int err)
{
	struct json j = { .f = stdout };

	json_open(&j, NULL, '{');
	if (is_absent(err))
		json_bool(&j, "module_loaded", false);
	else
		json_null(&j, "module_loaded");
	json_close(&j, '}');
}

static int no_module(bool as_json, int err)
{
	if (as_json)
		json_without(err);
	if (is_absent(err))
		fputs("credsspctl: the kernel module credssp is not loaded (modprobe credssp)\n",
		      stderr);
	else
		fprintf(stderr, "credsspctl: %s: %s\n", CREDSSP_DEVICE, strerror(err));
	return EXIT_CODE_NO_SERVICE;
}

int command_status(int argc, char **argv)
{
	bool as_json = argc == 2 && !strcmp(argv[1], "--json");
	char version[sizeof(((struct credssp_ioc_info *)0)->version) + 1];
	static struct kdcs kdcs = { .err = ENOENT };
	struct credssp_ioc_info info;
	struct credssp *lib;
	int ret, err;

	if (argc != 1 && !as_json) {
		fputs("credsspctl status: only --json may follow\n", stderr);
		return EXIT_CODE_USAGE;
	}
	lib = credssp_open();
	if (!lib)
		return no_module(as_json, errno);
	ret = credssp_info(lib, &info);
	err = errno;
	credssp_close(lib);
	if (ret)
		return no_module(as_json, err);
	snprintf(version, sizeof(version), "%.*s", (int)sizeof(info.version),
		 (const char *)info.version);
	/* The file may be that of a helper that has ended. */
	if (info.helper_present)
		kdcs_read(&kdcs, KDCS_FILE);
	if (as_json)
		json(&info, version, &kdcs);
	else
		human(&info, version, &kdcs);
	return info.helper_present ? EXIT_CODE_AUTHENTICATED : EXIT_CODE_NO_SERVICE;
}
