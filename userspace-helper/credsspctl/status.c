// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl status: is there anybody to authenticate with? */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <credssp.h>

#include "commands.h"
#include "json.h"
#include "outcome.h"
#include "report.h"
#include "text.h"

#define MS_PER_S	1000.0

static void human(const struct credssp_ioc_info *info, const char *version)
{
	report_label(stdout, "Module");
	fputs("credssp ", stdout);
	text_print(stdout, version);
	printf(", ABI %" PRIu32 "\n", info->abi);
	report_label(stdout, "Helper");
	puts(info->helper_present ? "credsspd is running" :
				    "credsspd is not running (systemctl start credsspd)");
	report_label(stdout, "Contexts");
	printf("%" PRIu32 " now; %llu established and %llu failed so far\n", info->contexts,
	       (unsigned long long)info->established, (unsigned long long)info->failed);
	report_label(stdout, "Credentials");
	printf("%" PRIu32 " now\n", info->credentials);
	report_label(stdout, "Limits");
	printf("%" PRIu32 " handles an open file, %.3g s an exchange, %.3g s a helper's reply\n",
	       info->max_handles, info->handshake_timeout_ms / MS_PER_S,
	       info->helper_timeout_ms / MS_PER_S);
}

static void json(const struct credssp_ioc_info *info, const char *version)
{
	struct json j = { .f = stdout };

	json_open(&j, NULL, '{');
	json_bool(&j, "module_loaded", true);
	json_string(&j, "module_version", version);
	json_number(&j, "abi", info->abi);
	json_bool(&j, "helper_present", info->helper_present);
	json_number(&j, "contexts", info->contexts);
	json_number(&j, "credentials", info->credentials);
	json_number(&j, "established", info->established);
	json_number(&j, "failed", info->failed);
	json_number(&j, "max_handles", info->max_handles);
	json_number(&j, "helper_timeout_ms", info->helper_timeout_ms);
	json_number(&j, "handshake_timeout_ms", info->handshake_timeout_ms);
	json_close(&j, '}');
}

/* With any other error than these nothing is known of the module. */
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
	if (as_json)
		json(&info, version);
	else
		human(&info, version);
	return info.helper_present ? EXIT_CODE_AUTHENTICATED : EXIT_CODE_NO_SERVICE;
}
