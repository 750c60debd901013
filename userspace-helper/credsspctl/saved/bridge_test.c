// SPDX-License-Identifier: GPL-2.0-only
/* The keys that cifs.ko looks for. */
#include <string.h>

#include "bridge.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

static void test_hosts(void)
{
	static const struct {
		const char *host, *description;
	} rows[] = {
		{ "192.0.2.1", "cifs:a:192.0.2.1" },
		{ "2001:DB8:0:0:0:0:0:1", "cifs:a:2001:db8::1" },
		{ "::1", "cifs:a:::1" },
		{ "::", "cifs:a:::" },
		{ "fe80::1%lo", "cifs:a:fe80::1" },
		{ "2001:db8:0:1:0:0:0:1", "cifs:a:2001:db8:0:1::1" },
		{ "2001:db8:0:1:1:1:1:1", "cifs:a:2001:db8:0:1:1:1:1:1" },
		/* addresses with an IPv4 address in them, or not */
		{ "::ffff:192.0.2.1", "cifs:a:::ffff:192.0.2.1" },
		{ "::192.0.2.1", "cifs:a:::c000:201" },
		{ "::1:0", "cifs:a:::1:0" },
		{ "fe80::5efe:c000:201", "cifs:a:fe80::5efe:192.0.2.1" },
		{ "fe80::200:5efe:c000:201", "cifs:a:fe80::200:5efe:192.0.2.1" },
		{ "2001:db8:1:2:0:5efe:a00:0", "cifs:a:2001:db8:1:2:0:5efe:10.0.0.0" },
		{ "2001:db8:1:2:3:5efe:a00:1", "cifs:a:2001:db8:1:2:3:5efe:a00:1" },
	};
	struct bridge b;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(!bridge_of_host(&b, rows[i].host));
		CHECK(b.count == 1 && !strcmp(b.text[0], rows[i].description));
		CHECK(bridge_is(b.text[0]));
	}
	CHECK(bridge_of_host(&b, "") && !b.count);
}

static void test_domains(void)
{
	static const char *const wrong[] = {
		"", "A B", "A/B", "A\\b", "a@b", "a:b", "a;b", "a\nb",
	};
	char longest[BRIDGE_DOMAIN_MAX + 1];
	struct bridge b;
	size_t i;

	CHECK(!bridge_of_domain(&b, "EXAMPLE"));
	CHECK(b.count == 1 && !strcmp(b.text[0], "cifs:d:EXAMPLE") && bridge_is(b.text[0]));
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		CHECK(bridge_of_domain(&b, wrong[i]) && !b.count);
	memset(longest, 'a', sizeof(longest));
	longest[BRIDGE_DOMAIN_MAX] = '\0';
	CHECK(bridge_of_domain(&b, longest));
	longest[BRIDGE_DOMAIN_MAX - 1] = '\0';
	CHECK(!bridge_of_domain(&b, longest));
	CHECK(!bridge_is("credssp:EXAMPLE") && !bridge_is("cifs:") && !bridge_is("cifs:x:y"));
}

static void test_payloads(void)
{
	char place[BRIDGE_PAYLOAD_MAX], text[BRIDGE_PASSWORD_MAX + 1], user[BRIDGE_USER_MAX + 2];
	struct secret password = { .data = text }, payload = { .data = place };

	memcpy(text, "pa:ss", 5);
	password.length = 5;
	CHECK(!bridge_payload("alice", &password, &payload));
	CHECK(payload.length == 11 && !memcmp(place, "alice:pa:ss", 11));
	CHECK(bridge_payload("", &password, &payload));
	CHECK(bridge_payload("al:ice", &password, &payload));
	memset(user, 'u', sizeof(user));
	user[sizeof(user) - 1] = '\0';
	CHECK(bridge_payload(user, &password, &payload));
	user[BRIDGE_USER_MAX] = '\0';
	memset(text, 'p', sizeof(text));
	password.length = sizeof(text);
	CHECK(bridge_payload(user, &password, &payload));
	password.length = BRIDGE_PASSWORD_MAX;
	CHECK(!bridge_payload(user, &password, &payload));
	CHECK(payload.length == sizeof(place));
	text[3] = '\0';
	CHECK(bridge_payload(user, &password, &payload));
	password.length = 0;
	CHECK(bridge_payload(user, &password, &payload));
}

void test_bridge(void)
{
	test_hosts();
	test_domains();
	test_payloads();
}
