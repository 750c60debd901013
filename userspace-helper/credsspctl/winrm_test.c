// SPDX-License-Identifier: GPL-2.0-only
/* Challenges of WWW-Authenticate; whole logons are for the guests. */
#include <string.h>

#include "ctl_test.h"
#include "test.h"
#include "text.h"
#include "winrm.h"

static void test_challenges(void)
{
	static const struct {
		const char *value;
		unsigned int count;
		const char *token;
	} rows[] = {
		{ "CredSSP", 1, NULL },
		{ "CredSSP  ", 1, NULL },
		{ "CredSSP YQ==", 1, "YQ==" },
		{ "credssp \t YQ==", 1, "YQ==" },
		{ "Negotiate, CredSSP YQ==,Basic realm=\"WSMAN\"", 1, "YQ==" },
		{ "Basic realm=\"CredSSP, CredSSP x\", CredSSP", 1, NULL },
		{ "CredSSP YQ==, CredSSP Yg==", 2, "Yg==" },
		{ "CredSSPx YQ==", 0, NULL },
		{ "Negotiate", 0, NULL },
		{ "XCredSSP YQ==", 0, NULL },
		{ "Basic realm=\"CredSSP", 0, NULL },
		{ ",,, ,", 0, NULL },
		{ "", 0, NULL },
	};
	const char *token;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(winrm_challenge(rows[i].value, &token, &n) == rows[i].count);
		CHECK(rows[i].count > 1 || !token == !rows[i].token);
		if (rows[i].count == 1 && token && rows[i].token)
			CHECK(n >= strlen(rows[i].token) &&
			      !strncmp(token, rows[i].token, strlen(rows[i].token)));
	}
}

void test_winrm(void)
{
	test_challenges();
}
