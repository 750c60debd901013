// SPDX-License-Identifier: GPL-2.0-only
/* nohelper_test: calls without a helper. */
#include <string.h>
#include <sys/socket.h>

#include "device.h"
#include "tap.h"

/* The call must fail without a wait. */
#define AT_ONCE_MS	1000

TEST(tokens, "a first call is NO_AUTHENTICATING_AUTHORITY at once, and makes no context")
{
	int fd = device_open();
	uint64_t cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD), context = 0;
	static struct leg leg;
	long before = tap_now();

	REQUIRE(!device_info(fd).helper_present);
	leg.req = REQ;
	leg.room = sizeof(leg.out);
	CHECK_EQ(device_leg(fd, cred, &context, &leg), SEC_E_NO_AUTHENTICATING_AUTHORITY);
	CHECK_EQ(leg.reason, CREDSSP_REASON_NO_HELPER);
	CHECK_EQ(context, 0);
	CHECK(tap_now() - before < tap_limit(AT_ONCE_MS));
	device_expect_counts(fd, 0, 1);
}

TEST(sockets, "AUTHENTICATE is NO_AUTHENTICATING_AUTHORITY at once, with its reason")
{
	int fd = device_open(), sock = sock_silent();
	uint64_t cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	struct credssp_report report;
	long before = tap_now();

	CHECK_EQ(device_authenticate(fd, sock, cred, 0, &report),
		 SEC_E_NO_AUTHENTICATING_AUTHORITY);
	CHECK_EQ(report.reason, CREDSSP_REASON_NO_HELPER);
	CHECK(tap_now() - before < tap_limit(AT_ONCE_MS));
	device_expect_counts(fd, 0, 1);
}

int main(void)
{
	return tap_main(NULL);
}
