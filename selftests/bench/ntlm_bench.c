// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's NTLM on its own, by ioctl: two calls of INIT, which make and answer the
 * three messages, and DELETE.
 *
 *	ntlm_bench COUNT
 */
#include <stdlib.h>

#include "acceptor.h"
#include "initiator.h"

#define WARM_UP	8

int main(int argc, char **argv)
{
	static struct initiator i;
	struct ntlm_server server;
	unsigned int times, n;

	times = argc == 2 ? atoi(argv[1]) : 0;
	if (!times)
		return 1;
	initiator_open(&i, CREDSSP_PACKAGE_NTLM);
	for (n = 0; n < WARM_UP + times; n++) {
		if (n == WARM_UP)
			count_reset(&i.count);
		initiator_leg(&i, span(NULL, 0), SEC_I_CONTINUE_NEEDED);
		initiator_leg(&i, acceptor_challenge(&server, i.token, i.length), SEC_E_OK);
		acceptor_finish(&server, i.token, i.length);
		initiator_end(&i);
	}
	count_print("caller", i.count.total, times);
	return 0;
}
