// SPDX-License-Identifier: GPL-2.0-only
/* What is asked of winbind, and what becomes of its answers: this takes libwbclient's place. */
#include <dlfcn.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wbclient.h>
#include "tests/test.h"
#include "tests/test_logon.h"
#include "winbind.h"

/* What the library answers */
static wbcErr result;
static struct wbcAuthUserInfo info;
static struct wbcAuthErrorInfo error;
static bool absent;
static struct wbcInterfaceDetails details;
/* What it was asked */
static char account[256], domain[256], workstation[256];
static uint8_t challenge[8];
static uint32_t response_length;
static unsigned int freed;

static wbcErr authenticate(const struct wbcAuthUserParams *p, struct wbcAuthUserInfo **i,
			   struct wbcAuthErrorInfo **e)
{
	ENSURE(p->level == WBC_AUTH_USER_LEVEL_RESPONSE && !p->flags && !p->parameter_control);
	ENSURE(!p->password.response.lm_length && !p->password.response.lm_data);
	snprintf(account, sizeof(account), "%s", p->account_name);
	snprintf(domain, sizeof(domain), "%s", p->domain_name);
	snprintf(workstation, sizeof(workstation), "%s", p->workstation_name);
	memcpy(challenge, p->password.response.challenge, sizeof(challenge));
	response_length = p->password.response.nt_length;
	if (result == WBC_ERR_SUCCESS)
		*i = &info;
	else if (result == WBC_ERR_AUTH_ERROR)
		*e = &error;
	return result;
}

static void forget(void *p)
{
	ENSURE(p == &info || p == &error || p == &details);
	freed++;
}

static wbcErr tell_details(struct wbcInterfaceDetails **d)
{
	*d = &details;
	return details.netbios_name ? WBC_ERR_SUCCESS : WBC_ERR_WINBIND_NOT_AVAILABLE;
}

void *dlopen(const char *name, int flags)
{
	ENSURE(!strcmp(name, "libwbclient.so.0") && flags & RTLD_NOW);
	return absent ? NULL : &result;
}

void *dlsym(void *handle, const char *name)
{
	union {
		wbcErr (*authenticate)(const struct wbcAuthUserParams *p,
				       struct wbcAuthUserInfo **i, struct wbcAuthErrorInfo **e);
		wbcErr (*tell_details)(struct wbcInterfaceDetails **d);
		void (*forget)(void *p);
		void *any;
	} f;

	ENSURE(handle == &result);
	if (!strcmp(name, "wbcFreeMemory")) {
		f.forget = forget;
	} else if (!strcmp(name, "wbcInterfaceDetails")) {
		f.tell_details = tell_details;
	} else {
		ENSURE(!strcmp(name, "wbcAuthenticateUserEx"));
		f.authenticate = authenticate;
	}
	return f.any;
}

static struct logon_verdict verdict;
static char name[LOGON_ACCOUNT_MAX + 1];

/* Send a question of @length bytes; false if there is no valid answer. */
static bool ask_bytes(const uint8_t *packet, size_t length)
{
	uint8_t out[LOGON_VERDICT_MAX + 1];
	int fds[2], status;
	ssize_t got;

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds));
	ENSURE(write(fds[0], packet, length) == (ssize_t)length);
	status = winbind_work(fds[1]);
	close(fds[1]);
	got = read(fds[0], out, sizeof(out));
	close(fds[0]);
	ENSURE((got > 0) == (status == EXIT_SUCCESS));
	if (got <= 0 || !logon_verdict_read(&verdict, out, got))
		return false;
	ENSURE(verdict.id == 77 && !verdict.elsewhere);
	memset(name, 0, sizeof(name));
	memcpy(name, out + sizeof(verdict), verdict.reply.name_length);
	return true;
}

static bool ask(const struct test_logon *t)
{
	static alignas(8) uint8_t packet[LOGON_QUESTION_MAX];
	const struct logon_question q = { .id = 77 };

	memcpy(packet, &q, sizeof(q));
	return ask_bytes(packet, sizeof(q) + test_logon_make(packet + sizeof(q), t));
}

static const struct test_logon alice = {
	.user = "alice", .domain = "EXAMPLE", .workstation = "PC", .password = "x",
};

static void succeed_with(const char *own_domain, const char *own_name)
{
	result = WBC_ERR_SUCCESS;
	info = (struct wbcAuthUserInfo){
		.account_name = (char *)own_name, .domain_name = (char *)own_domain,
		.user_session_key = "0123456789abcde",
	};
}

static bool is_refused(uint32_t failure, uint32_t ntstatus)
{
	return verdict.reply.state == CREDSSP_HLP_NTLM_FAILED &&
	       verdict.reply.failure == failure && verdict.reply.ntstatus == ntstatus;
}

static void test_success(void)
{
	succeed_with("EXAMPLE", "Alice");
	ENSURE(ask(&alice) && verdict.reply.state == CREDSSP_HLP_NTLM_DONE);
	ENSURE(!strcmp(name, "EXAMPLE\\Alice") && freed == 1);
	ENSURE(!memcmp(verdict.reply.session_base_key, "0123456789abcde", 16));
	ENSURE(!strcmp(account, "alice") && !strcmp(domain, "EXAMPLE") &&
	       !strcmp(workstation, "PC") && !memcmp(challenge, "challeng", 8));
	ENSURE(response_length == 48);
}

static void test_names(void)
{
	const struct test_logon upn = { .user = "jürgen@example.com", .password = "x" };
	const struct test_logon plain = { .user = "alice", .password = "x" };

	succeed_with("EXAMPLE", "jürgen");
	ENSURE(ask(&upn) && !strcmp(account, "jürgen@example.com") &&
	       !strcmp(domain, "example.com") && !strcmp(name, "EXAMPLE\\jürgen"));
	/* It belongs to this machine. */
	ENSURE(ask(&plain) && is_refused(CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE));
}

/* An answer that proves nothing, or cannot be told */
static void test_strange_successes(void)
{
	static char longest[LOGON_ACCOUNT_MAX + 1];

	memset(longest, 'a', LOGON_ACCOUNT_MAX);
	succeed_with("EXAMPLE", "guest");
	info.user_flags = WBC_AUTH_USER_INFO_GUEST;
	ENSURE(ask(&alice) && is_refused(CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE));
	succeed_with("EXAMPLE", "alice");
	memset(info.user_session_key, 0, sizeof(info.user_session_key));
	ENSURE(ask(&alice) && is_refused(CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE));
	succeed_with("EXAMPLE", NULL);
	ENSURE(ask(&alice) && verdict.reply.state == CREDSSP_HLP_NTLM_FAILED);
	succeed_with(NULL, "alice");
	ENSURE(ask(&alice) && verdict.reply.state == CREDSSP_HLP_NTLM_FAILED);
	succeed_with("", "alice");
	ENSURE(ask(&alice) && verdict.reply.state == CREDSSP_HLP_NTLM_FAILED);
	succeed_with("EXAMPLE", "al\nice");
	ENSURE(ask(&alice) && verdict.reply.state == CREDSSP_HLP_NTLM_FAILED);
	succeed_with("EXAMPLE", longest);
	ENSURE(ask(&alice) && is_refused(CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR));
}

static void test_failures(void)
{
	static const struct {
		uint32_t said;
		uint32_t failure;
		uint32_t told;
	} rows[] = {
		/* Which account exists, and whether it is locked, is not told. */
		{ STATUS_NO_SUCH_USER, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE },
		{ STATUS_WRONG_PASSWORD, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE },
		{ STATUS_LOGON_FAILURE, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE },
		{ STATUS_ACCOUNT_LOCKED_OUT, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE },
		/* The password was right. */
		{ STATUS_ACCOUNT_DISABLED, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_ACCOUNT_DISABLED },
		{ STATUS_PASSWORD_EXPIRED, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_PASSWORD_EXPIRED },
		{ STATUS_PASSWORD_MUST_CHANGE, CREDSSP_HLP_NTLM_FAIL_LOGON,
		  STATUS_PASSWORD_MUST_CHANGE },
		{ STATUS_ACCOUNT_EXPIRED, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_ACCOUNT_EXPIRED },
		{ STATUS_INVALID_WORKSTATION, CREDSSP_HLP_NTLM_FAIL_LOGON,
		  STATUS_INVALID_WORKSTATION },
		/* It is not the initiator's fault. */
		{ 0xc000005e, CREDSSP_HLP_NTLM_FAIL_OTHER, 0xc000005e },
		{ 0xc000018d, CREDSSP_HLP_NTLM_FAIL_OTHER, 0xc000018d },
		{ 0xc0000022, CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR },
		/* Nobody knows; and nothing, and a success that is none */
		{ 0xc0000001, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE },
		{ 0xffffffff, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE },
		{ 0, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE },
	};

	result = WBC_ERR_AUTH_ERROR;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		error.nt_status = rows[i].said;
		ENSURE(ask(&alice) && is_refused(rows[i].failure, rows[i].told));
	}
}

/* Proof, the fixed part, NetBIOS names of computer and domain, a flags pair behind them, the end */
#define HEADER	"00000000000000000000000000000000" \
		"01010000000000000000000000000000000000000000000000000000"
#define MEMBER	"01000C004D0065006D00620065007200"
#define DOMAIN	"0200040041004400"
#define OTHER	"0200040041004500"
#define FLAGS	"0600040002000000"
#define END	"00000000"

static void test_other_names(void)
{
	static const struct {
		const char *response;
		bool fit;
	} rows[] = {
		{ HEADER MEMBER DOMAIN FLAGS END, true },
		{ HEADER FLAGS DOMAIN MEMBER END, true },
		{ HEADER MEMBER OTHER FLAGS END, false },
		{ HEADER DOMAIN "0100020041000000" END, false },
		{ HEADER DOMAIN "01000000" END, false },
		{ HEADER DOMAIN "010001004D" END, false },
		/* There are no names: in other responses, behind the end, and behind a cut */
		{ HEADER FLAGS END, true },
		{ HEADER END OTHER, true },
		{ HEADER "0200040041", true },
		{ HEADER "0200", true },
		{ "00000000000000000000000000000000", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct test_logon t = {
			.user = "alice", .domain = "AD", .response = rows[i].response,
		};

		details.netbios_name = (char *)"MEMBER";
		details.netbios_domain = (char *)"AD";
		result = WBC_ERR_AUTH_ERROR;
		error.nt_status = STATUS_LOGON_FAILURE;
		ENSURE(ask(&t) && verdict.trouble == (rows[i].fit ? 0 : LOGON_OTHER_NAMES));
		ENSURE(is_refused(CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE));
		/* What names do not explain, and a winbind that tells none */
		error.nt_status = STATUS_WRONG_PASSWORD;
		ENSURE(ask(&t) && !verdict.trouble);
		error.nt_status = STATUS_LOGON_FAILURE;
		details.netbios_name = NULL;
		ENSURE(ask(&t) && !verdict.trouble);
	}
}

static void test_no_winbind(void)
{
	static const wbcErr errors[] = {
		WBC_ERR_WINBIND_NOT_AVAILABLE, WBC_ERR_NO_MEMORY, WBC_ERR_DOMAIN_NOT_FOUND,
		WBC_ERR_UNKNOWN_FAILURE,
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		result = errors[i];
		ENSURE(ask(&alice));
		ENSURE(is_refused(CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR));
		ENSURE(verdict.trouble == errors[i]);
	}
	absent = true;
	succeed_with("EXAMPLE", "alice");
	ENSURE(ask(&alice) && is_refused(CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR));
	ENSURE(verdict.trouble == LOGON_NO_LIBRARY);
	absent = false;
}

/* Names that C strings would cut, or that are not UTF-16; and each shorter question */
static void test_malformed(void)
{
	static uint8_t packet[LOGON_QUESTION_MAX + 1];
	const struct logon_question q = { .id = 77 };
	uint8_t *payload = packet + sizeof(q);
	size_t length;

	succeed_with("EXAMPLE", "alice");
	memcpy(packet, &q, sizeof(q));
	length = sizeof(q) + test_logon_make(payload, &alice);
	for (size_t cut = 1; cut < length; cut++)
		ENSURE(!ask_bytes(packet, cut));
	ENSURE(!ask_bytes(packet, length + 1));
	payload[sizeof(struct credssp_hlp_ntlm_logon)] = 0;
	ENSURE(ask_bytes(packet, length) && verdict.reply.state == CREDSSP_HLP_NTLM_FAILED);
	payload[sizeof(struct credssp_hlp_ntlm_logon) + 1] = 0xd8;
	ENSURE(ask_bytes(packet, length) && verdict.reply.state == CREDSSP_HLP_NTLM_FAILED);
}

int main(void)
{
	test_success();
	test_names();
	puts("ok winbind: what it is asked, and a success");
	test_strange_successes();
	puts("ok winbind: guests, empty keys and strange names");
	test_failures();
	test_other_names();
	test_no_winbind();
	puts("ok winbind: its NTSTATUS, and errors without one");
	test_malformed();
	puts("ok winbind: malformed questions");
	return 0;
}
