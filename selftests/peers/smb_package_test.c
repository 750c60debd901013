// SPDX-License-Identifier: GPL-2.0-only
/*
 * smb_package_test PORT TARGET MECH [CCACHE]: Negotiate of the module, by ioctl, as an SMB
 * redirector uses it, with smbd on PORT: the NegTokenInit2 of its NEGOTIATE, the logon in its
 * SESSION_SETUP, and the session key, which signs. MECH is what the logon must come to,
 * "kerberos" or "ntlm". The user is alice, by the password or with the tickets of CCACHE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ioctl/device.h"
#include "../ioctl/tap.h"
#include "smb2.h"

static struct {
	int port;
	const char *target;
	uint32_t package;
	const char *ccache;
} setup;

static struct {
	int fd;
	uint64_t cred, context;
	uint8_t out[CREDSSP_MAX_TOKEN];
	uint32_t out_len;
} client;

static void acquire(const char *password)
{
	struct credssp_ioc_acquire a = device_acquire_args();

	client.fd = device_open();
	a.package = CREDSSP_PACKAGE_NEGOTIATE;
	a.password = (uintptr_t)password;
	a.password_length = strlen(password);
	if (setup.ccache) {
		a.user_length = 0;
		a.password_length = 0;
		a.user = 0;
		a.password = 0;
		a.ticket_source = CREDSSP_TICKETS_CCACHE;
		a.tickets = (uintptr_t)setup.ccache;
		a.tickets_length = strlen(setup.ccache);
	}
	REQUIRE_EQ(device_acquire(client.fd, &a), SEC_E_OK);
	client.cred = a.cred;
}

static int32_t leg(struct span token)
{
	struct credssp_sec_buffer in = {
		.type = SECBUFFER_TOKEN, .length = token.len, .addr = (uintptr_t)token.p,
	}, out = {
		.type = SECBUFFER_TOKEN, .length = sizeof(client.out),
		.addr = (uintptr_t)client.out,
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context_req = ISC_REQ_INTEGRITY,
		.data_rep = SECURITY_NATIVE_DREP, .cred = client.cred, .context = client.context,
		.target = (uintptr_t)setup.target, .target_length = strlen(setup.target),
		.input = (uintptr_t)&in, .input_count = 1, .output = (uintptr_t)&out,
		.output_count = 1,
	};

	REQUIRE_EQ(device_call(client.fd, CREDSSP_IOC_INIT, &a), 0);
	client.context = a.new_context;
	client.out_len = out.length;
	return a.status;
}

/* NEGOTIATE, then SESSION_SETUP to the end. Returns the server's last status. */
static uint32_t log_on(struct smb2 *s, int32_t *status)
{
	uint32_t answer;

	smb2_connect(s, setup.port);
	REQUIRE_EQ(smb2_negotiate(s), SMB2_OK);
	REQUIRE(s->token.len);
	*status = leg(s->token);
	REQUIRE_EQ(*status, SEC_I_CONTINUE_NEEDED);
	do {
		answer = smb2_session_setup(s, span(client.out, client.out_len));
		if (answer != SMB2_OK && answer != SMB2_MORE)
			return answer;
		*status = leg(s->token);
		REQUIRE(*status >= 0);
	} while (answer == SMB2_MORE);
	return answer;
}

/* MS-SMB2 3.2.5.3: the first 16 bytes of the mechanism's key */
static void take_key(struct smb2 *s)
{
	struct {
		struct credssp_session_key head;
		uint8_t key[64];
	} room;
	struct credssp_ioc_query a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = client.context,
		.attribute = SECPKG_ATTR_SESSION_KEY, .buffer = (uintptr_t)&room,
		.length = sizeof(room),
	};

	REQUIRE_EQ(device_call(client.fd, CREDSSP_IOC_QUERY, &a), 0);
	REQUIRE_EQ(a.status, SEC_E_OK);
	REQUIRE(room.head.key_length >= sizeof(s->key));
	memcpy(s->key, (uint8_t *)&room + room.head.key_offset, sizeof(s->key));
}

static void close_client(struct smb2 *s)
{
	smb2_close(s);
	if (client.context)
		CHECK_EQ(device_delete(client.fd, client.context), SEC_E_OK);
	CHECK_EQ(device_free_cred(client.fd, client.cred), SEC_E_OK);
	device_expect_counts(client.fd, 0, 0);
}

TEST(session, "a session by the server's list, whose messages both sides sign")
{
	struct credssp_report report;
	int32_t status;
	struct smb2 s;

	acquire(PASSWORD);
	REQUIRE_EQ(log_on(&s, &status), SMB2_OK);
	REQUIRE_EQ(status, SEC_E_OK);
	CHECK_EQ(client.out_len, 0);
	take_key(&s);
	CHECK(smb2_is_signed(&s));
	s.signs = true;
	CHECK_EQ(smb2_tree_connect(&s, "\\\\peer\\IPC$"), SMB2_OK);
	CHECK(smb2_is_signed(&s));
	CHECK_EQ(device_report(client.fd, client.context, &report), SEC_E_OK);
	CHECK_EQ(report.mech_package, setup.package);
	close_client(&s);
}

TEST(wrong_key, "the server refuses a signature with another key")
{
	int32_t status;
	struct smb2 s;

	acquire(PASSWORD);
	REQUIRE_EQ(log_on(&s, &status), SMB2_OK);
	take_key(&s);
	s.key[15] ^= 1;
	CHECK(!smb2_is_signed(&s));
	s.signs = true;
	CHECK(smb2_tree_connect(&s, "\\\\peer\\IPC$") != SMB2_OK);
	close_client(&s);
}

static void wrong_password(void)
{
	int32_t status;
	struct smb2 s;

	acquire("not this one");
	CHECK(log_on(&s, &status) != SMB2_OK);
	close_client(&s);
}

/* With Kerberos the KDC refuses it, before the server is asked. */
static struct tap_test ntlm_test = {
	"the server refuses a wrong password", wrong_password, 20, NULL
};

int main(int argc, char **argv)
{
	if (argc < 4 || argc > 5 || (strcmp(argv[3], "kerberos") && strcmp(argv[3], "ntlm"))) {
		fputs("usage: smb_package_test PORT TARGET MECH [CCACHE]\n", stderr);
		return 64;
	}
	setup.port = atoi(argv[1]);
	setup.target = argv[2];
	setup.package = strcmp(argv[3], "ntlm") ? CREDSSP_PACKAGE_KERBEROS : CREDSSP_PACKAGE_NTLM;
	setup.ccache = argc > 4 ? argv[4] : NULL;
	if (setup.package == CREDSSP_PACKAGE_NTLM)
		tap_register(&ntlm_test);
	return tap_main(NULL);
}
