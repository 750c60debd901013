// SPDX-License-Identifier: GPL-2.0-only
/*
 * Challenges of WWW-Authenticate, and logons that fail; the
 * guests test logons that succeed.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net.h"
#include "private.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "winrm.h"

static void test_challenges(void)
{
	static const struct {
		const char *value;
		unsigned int count;
		unsigned int tokens;
		const char *token;
	} rows[] = {
		{ "CredSSP", 1, 0, NULL },
		{ "CredSSP  ", 1, 0, NULL },
		{ "CredSSP YQ==", 1, 1, "YQ==" },
		{ "credssp \t YQ== ", 1, 1, "YQ==" },
		{ "Negotiate, CREDSSP YQ==,Basic realm=\"WSMAN\"", 1, 1, "YQ==" },
		{ "Basic realm=\"CredSSP, CredSSP x\", CredSSP", 1, 0, NULL },
		{ "Basic realm=\"a\\\", CredSSP x\", CredSSP YQ==", 1, 1, "YQ==" },
		/* the scheme is offered anew beside its token */
		{ "CredSSP, CredSSP YQ==", 2, 1, "YQ==" },
		{ "CredSSP YQ== , CredSSP", 2, 1, "YQ==" },
		{ "CredSSP,,Negotiate\t,credSSP YQ==,CredSSP", 3, 1, "YQ==" },
		{ "CredSSP YQ==, CredSSP Yg==", 2, 2, "Yg==" },
		/* other schemes, and parameters of theirs */
		{ "CredSSPx YQ==", 0, 0, NULL },
		{ "CredSSP-2 YQ==", 0, 0, NULL },
		{ "CredSSP. YQ==", 0, 0, NULL },
		{ "CredSS", 0, 0, NULL },
		{ "Digest a=1, CredSSP=YQ==", 0, 0, NULL },
		{ "Digest a=1, CredSSP = YQ==", 0, 0, NULL },
		{ "Digest a=1,CredSSP =\"x, CredSSP\", b=2, CredSSP YQ==", 1, 1, "YQ==" },
		{ "Negotiate", 0, 0, NULL },
		{ "XCredSSP YQ==", 0, 0, NULL },
		{ "Basic realm=\"CredSSP", 0, 0, NULL },
		{ "Basic realm=\"\\", 0, 0, NULL },
		{ ",,, ,", 0, 0, NULL },
		{ "", 0, 0, NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct winrm_challenges c = { 0 };

		winrm_challenges_add(&c, rows[i].value);
		CHECK(c.count == rows[i].count && c.tokens == rows[i].tokens);
		CHECK(!c.token == !rows[i].token);
		if (c.token && rows[i].token)
			CHECK(c.length == strlen(rows[i].token) &&
			      !strncmp(c.token, rows[i].token, c.length));
	}
}

/* A fake device: the first token is "hello", the next call denies the logon with an alert. */
static int device_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	struct credssp_ioc_query *query = arg;
	struct credssp_ioc_init *init = arg;
	struct credssp_sec_buffer *out;
	bool first;

	(void)lib;
	if (cmd == CREDSSP_IOC_QUERY) {
		const struct credssp_report report = {
			.leg = CREDSSP_LEG_PUBKEY, .reason = CREDSSP_REASON_ERROR_CODE,
		};

		query->status = SEC_E_UNSUPPORTED_FUNCTION;
		if (query->attribute != SECPKG_ATTR_CREDSSP_REPORT)
			return 0;
		memcpy((void *)(uintptr_t)query->buffer, &report, sizeof(report));
		query->status = SEC_E_OK;
		return 0;
	}
	if (cmd != CREDSSP_IOC_INIT) {
		errno = ENOTTY;
		return -1;
	}
	first = !init->context;
	out = (void *)(uintptr_t)init->output;
	out->length = 5;
	memcpy((void *)(uintptr_t)out->addr, first ? "hello" : "alert", 5);
	init->new_context = 9;
	init->status = first ? SEC_I_CONTINUE_NEEDED : SEC_E_LOGON_DENIED;
	return 0;
}

static struct outcome logon(const char *server, char *said, size_t room)
{
	static struct credssp fake = { .fd = -1, .ioctl = device_ioctl };
	struct outcome o = { .status = SEC_E_INTERNAL_ERROR };
	struct winrm_job job = {
		.token = { .lib = &fake, .cred = 5, .target = "HTTP/h" },
		.host = "h", .path = "/", .deadline = net_now() + 5000,
	};
	int pair[2];
	ssize_t got;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(write(pair[1], server, strlen(server)) == (ssize_t)strlen(server));
	CHECK(!shutdown(pair[1], SHUT_WR));
	job.fd = pair[0];
	winrm_authenticate(&job, &o);
	got = recv(pair[1], said, room - 1, MSG_DONTWAIT);
	said[got > 0 ? got : 0] = '\0';
	close(pair[0]);
	close(pair[1]);
	return o;
}

#define EMPTY	"Content-Length: 0\r\n\r\n"
#define TOKEN	"HTTP/1.1 401 No\r\nWWW-Authenticate: CredSSP YWJjZA==\r\n"

/* The module's status is the result, whether the alert can be sent or not. */
static void test_denied(void)
{
	char said[1024];
	struct outcome o;

	o = logon(TOKEN EMPTY, said, sizeof(said));
	CHECK(o.asked && o.status == SEC_E_LOGON_DENIED);
	CHECK(o.reason == CREDSSP_REASON_ERROR_CODE);
	CHECK(strstr(said, "Authorization: CredSSP aGVsbG8=\r\n"));
	CHECK(strstr(said, "Authorization: CredSSP YWxlcnQ=\r\n"));
	o = logon(TOKEN "Connection: close\r\n" EMPTY, said, sizeof(said));
	CHECK(o.asked && o.status == SEC_E_LOGON_DENIED);
	CHECK(o.reason == CREDSSP_REASON_ERROR_CODE);
	CHECK(!strstr(said, "YWxlcnQ="));
}

static void test_ends(void)
{
	static const struct {
		const char *server;
		uint32_t reason;
	} rows[] = {
		/*
		 * the device's leg is after AUTHENTICATE, so that an
		 * answer without a token is a denial
		 */
		{ "HTTP/1.1 401 No\r\n" EMPTY, CTL_REASON_HTTP_NOT_OFFERED },
		{ "HTTP/1.1 401 No\r\nWWW-Authenticate: CredSSP\r\n" EMPTY,
		  CTL_REASON_HTTP_DENIED },
		{ "HTTP/1.1 403 No\r\n" EMPTY, CTL_REASON_HTTP_DENIED },
		{ "HTTP/1.1 200 OK\r\n" EMPTY, CTL_REASON_HTTP_PREMATURE },
		{ "HTTP/1.1 503 Busy\r\n" EMPTY, CTL_REASON_HTTP_STATUS },
		{ "HTTP/1.1 401 No\r\nWWW-Authenticate: CredSSP *\r\n" EMPTY,
		  CTL_REASON_HTTP_MALFORMED },
		{ TOKEN "WWW-Authenticate: CredSSP YWJjZA==\r\n" EMPTY,
		  CTL_REASON_HTTP_MALFORMED },
		{ TOKEN "WWW-Authenticate: Negotiate, CredSSP\r\n" EMPTY,
		  CREDSSP_REASON_ERROR_CODE },
		{ "HTTP/1.1 401 No\r\nWWW-Authenticate: CredSSP\r\n"
		  "WWW-Authenticate: Basic realm=\"a, b\", credssp YWJjZA== \r\n" EMPTY,
		  CREDSSP_REASON_ERROR_CODE },
		{ "SSH-2.0\r\n", CTL_REASON_HTTP_MALFORMED },
		{ "", CREDSSP_REASON_CLOSED_AFTER_AUTH },
	};
	char said[1024];
	struct outcome o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		o = logon(rows[i].server, said, sizeof(said));
		CHECK(o.reason == rows[i].reason);
		CHECK(outcome_exit_code(&o) != EXIT_CODE_AUTHENTICATED);
	}
}

void test_winrm(void)
{
	test_challenges();
	test_denied();
	test_ends();
}
