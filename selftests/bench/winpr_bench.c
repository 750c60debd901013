// SPDX-License-Identifier: GPL-2.0-only
/*
 * The baseline of ntlm_bench: WinPR's NTLM, the same calls with the same acceptor.
 *
 *	winpr_bench COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <winpr/sspi.h>

#include "acceptor.h"
#include "count.h"

#define WARM_UP	8
#define ROOM	4096
#define FLAGS	(ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | \
		 ISC_REQ_SEQUENCE_DETECT)

struct bench {
	SecurityFunctionTableA *sspi;
	CredHandle cred;
	CtxtHandle context;
	struct count count;
	unsigned char token[ROOM];
	ULONG length;
};

static void expect(SECURITY_STATUS status, SECURITY_STATUS wanted, const char *what)
{
	if (status == wanted)
		return;
	fprintf(stderr, "%s: status %#x, not %#x\n", what, status, wanted);
	exit(1);
}

static void acquire(struct bench *b)
{
	SEC_WINNT_AUTH_IDENTITY_A identity = {
		.User = (BYTE *)USER,
		.UserLength = sizeof(USER) - 1,
		.Password = (BYTE *)PASSWORD,
		.PasswordLength = sizeof(PASSWORD) - 1,
		.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
	};
	TimeStamp expiry;

	b->sspi = InitSecurityInterfaceExA(0);
	if (!b->sspi)
		exit(1);
	expect(b->sspi->AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL,
						  &identity, NULL, NULL, &b->cred, &expiry),
	       SEC_E_OK, "AcquireCredentialsHandle");
}

static void leg(struct bench *b, struct span in, SECURITY_STATUS wanted)
{
	SecBuffer input = { in.len, SECBUFFER_TOKEN, (void *)in.p };
	SecBuffer output = { sizeof(b->token), SECBUFFER_TOKEN, b->token };
	SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &input };
	SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &output };
	SECURITY_STATUS status;
	TimeStamp expiry;
	ULONG attr;

	count_start(&b->count);
	status = b->sspi->InitializeSecurityContextA(&b->cred, in.p ? &b->context : NULL,
						     (char *)TARGET, FLAGS, 0, SECURITY_NATIVE_DREP,
						     in.p ? &in_desc : NULL, 0, &b->context,
						     &out_desc, &attr, &expiry);
	count_stop(&b->count);
	expect(status, wanted, "InitializeSecurityContext");
	b->length = output.cbBuffer;
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct ntlm_server server;
	unsigned int times, i;

	times = argc == 2 ? atoi(argv[1]) : 0;
	if (!times)
		return 1;
	acquire(&b);
	for (i = 0; i < WARM_UP + times; i++) {
		if (i == WARM_UP)
			count_reset(&b.count);
		leg(&b, span(NULL, 0), SEC_I_CONTINUE_NEEDED);
		leg(&b, acceptor_challenge(&server, b.token, b.length), SEC_E_OK);
		acceptor_finish(&server, b.token, b.length);
		count_start(&b.count);
		b.sspi->DeleteSecurityContext(&b.context);
		count_stop(&b.count);
	}
	count_print("client", b.count.total, times);
	return 0;
}
