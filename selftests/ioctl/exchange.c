// SPDX-License-Identifier: GPL-2.0-only
/* A whole exchange by tokens. */
#include "device.h"
#include "tap.h"

/* The most calls of an exchange: TLS, NTLM, binding, tickets in between. */
#define MAX_LEGS	40

static bool goes_on(int32_t status)
{
	return status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK;
}

uint64_t exchange_run(int fd, uint64_t cred, int sock)
{
	static struct leg leg;
	static uint8_t record[CREDSSP_MAX_TOKEN];
	uint64_t context = 0;
	int32_t status;
	int i;

	for (i = 0; i < MAX_LEGS; i++) {
		leg.req = REQ;
		leg.room = sizeof(leg.out);
		status = device_leg(fd, cred, &context, &leg);
		REQUIRE(goes_on(status));
		if (leg.out_len)
			sock_send(sock, leg.out, leg.out_len);
		if (status == SEC_E_OK)
			return context;
		leg.in = record;
		leg.in_len = sock_record(sock, record, sizeof(record));
	}
	REQUIRE(i < MAX_LEGS);
	return 0;
}
