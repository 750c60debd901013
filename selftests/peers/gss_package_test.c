// SPDX-License-Identifier: GPL-2.0-only
/*
 * gss_package_test PACKAGE MECH TARGET KEYTAB [CCACHE]: the package "negotiate", "kerberos"
 * or "ntlm" of the module on its own, by ioctl, with an acceptor that this tree has nothing
 * to do with: python3-gssapi (gss_acceptor.py). MECH is the acceptor's, "kerberos" or
 * "ntlm"; with "negotiate" it is inside SPNEGO. The user is alice, by the password or with the
 * tickets of CCACHE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ioctl/device.h"
#include "../ioctl/tap.h"
#include "gss_peer.h"

#define SHORT		300	/* messages of every length up to this one */
#define LIMIT		60	/* seconds for them */
#define REQ_FLAGS	(ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | \
			 ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)

static struct {
	uint32_t package;
	bool ntlm;
	const char *target, *ccache;
	char mech[32];
	const char *keytab;
} setup;

/**
 * struct client - the module's side
 * @fd: /dev/credssp
 * @cred, @context: handles
 * @out: the last token
 * @attr: ISC_RET_* of the last call
 */
static struct client {
	int fd;
	uint64_t cred;
	uint64_t context;
	uint8_t out[CREDSSP_MAX_TOKEN];
	uint32_t out_len;
	uint32_t attr;
} client;

static struct gss_peer peer;

static const struct span none;

static void open_client(void)
{
	struct credssp_ioc_acquire a = device_acquire_args();

	client.fd = device_open();
	if (!setup.ntlm)
		device_need_helper(client.fd);
	a.package = setup.package;
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
	peer.mech = setup.mech;
	peer.keytab = setup.keytab;
}

static void close_client(void)
{
	if (client.context)
		CHECK_EQ(device_delete(client.fd, client.context), SEC_E_OK);
	CHECK_EQ(device_free_cred(client.fd, client.cred), SEC_E_OK);
	device_expect_counts(client.fd, 0, 0);
}

/* One call with the acceptor's @token, if there is one, and a CHANNEL_BINDINGS buffer. */
static int32_t leg(struct span token, struct span bindings)
{
	struct credssp_sec_buffer in[2], out = {
		.type = SECBUFFER_TOKEN, .length = sizeof(client.out),
		.addr = (uintptr_t)client.out,
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context_req = REQ_FLAGS,
		.data_rep = SECURITY_NATIVE_DREP, .cred = client.cred, .context = client.context,
		.target = (uintptr_t)setup.target, .target_length = strlen(setup.target),
		.input = (uintptr_t)in, .output = (uintptr_t)&out, .output_count = 1,
	};

	if (token.len)
		in[a.input_count++] = (struct credssp_sec_buffer){
			.type = SECBUFFER_TOKEN, .length = token.len, .addr = (uintptr_t)token.p,
		};
	if (bindings.len)
		in[a.input_count++] = (struct credssp_sec_buffer){
			.type = SECBUFFER_CHANNEL_BINDINGS, .length = bindings.len,
			.addr = (uintptr_t)bindings.p,
		};
	REQUIRE_EQ(device_call(client.fd, CREDSSP_IOC_INIT, &a), 0);
	client.out_len = out.length;
	client.attr = a.context_attr;
	client.context = a.new_context;
	return a.status;
}

static struct span made(void)
{
	return span(client.out, client.out_len);
}

/* CHANNEL_BINDINGS with this data of an application; valid until the next call */
static struct span bindings_of(const char *data)
{
	static struct bytes buffer;
	struct credssp_channel_bindings head = {
		.application_length = strlen(data), .application_offset = sizeof(head),
	};

	if (!*data)
		return none;
	bytes_free(&buffer);
	bytes_add(&buffer, &head, sizeof(head));
	bytes_add(&buffer, data, strlen(data));
	return span_of(&buffer);
}

/*
 * All legs after the first call, which gave @status. True if both sides are established;
 * false if the acceptor refuses the client.
 */
static bool go_on(int32_t status)
{
	while (client.out_len) {
		REQUIRE(status >= 0);
		if (!gss_peer_accept(&peer, made()))
			return false;
		if (!peer.token.len)
			break;
		status = leg(span_of(&peer.token), none);
	}
	REQUIRE_EQ(status, SEC_E_OK);
	return peer.done;
}

/* A whole exchange with these bindings of the client and of the acceptor. */
static bool exchange(const char *ours, const char *theirs)
{
	open_client();
	gss_peer_new(&peer, span(theirs, strlen(theirs)));
	return go_on(leg(none, bindings_of(ours)));
}

static void establish(void)
{
	bool good = exchange("", "");

	if (!good)
		printf("# acceptor: %s\n", peer.error);
	REQUIRE(good);
}

/* A principal, or a user without the domain, which gss-ntlmssp puts before it */
static bool is_alice(void)
{
	const char *user = strrchr(peer.user, '\\');

	return setup.ntlm ? !strcmp(user ? user + 1 : peer.user, "alice") :
			    !strcmp(peer.user, "alice@CREDSSP.TEST");
}

TEST(logon, "the acceptor knows the user, and both agree on what is proven")
{
	establish();
	CHECK(is_alice());
	CHECK_EQ(!!(client.attr & ISC_RET_MUTUAL_AUTH), !setup.ntlm);
	CHECK(setup.ntlm || peer.mutual);
	CHECK(!peer.bound);
	close_client();
}

TEST(bound, "the acceptor finds its channel bindings in the logon")
{
	bool good = exchange("tls-server-end-point:of one", "tls-server-end-point:of one");

	if (!good)
		printf("# acceptor: %s\n", peer.error);
	REQUIRE(good);
	CHECK(peer.bound);
	close_client();
}

TEST(bound_to_another, "an acceptor with other channel bindings refuses the logon")
{
	CHECK(!exchange("tls-server-end-point:of one", "tls-server-end-point:of two"));
	CHECK(peer.error[0] && !peer.done);
	close_client();
}

TEST(one_side, "bindings that one side alone has bind nothing")
{
	REQUIRE(exchange("", "tls-server-end-point:of one"));
	CHECK(!peer.bound);
	close_client();
	client = (struct client){ 0 };
	REQUIRE(exchange("tls-server-end-point:of one", ""));
	CHECK(!peer.bound);
	close_client();
}

/* CREDSSP_IOC_ENCRYPT and so on; the result is in @out. */
static int32_t message(unsigned long verb, struct span in, struct span in2, struct bytes *out)
{
	static uint8_t room[SHORT + CREDSSP_MAX_SIGNATURE];
	struct credssp_ioc_message a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = client.context,
		.in = (uintptr_t)in.p, .in_length = in.len, .out = (uintptr_t)room,
		.out_length = sizeof(room),
	};

	if (in2.len) {
		memcpy(room, in2.p, in2.len);
		a.out_length = in2.len;
	}
	REQUIRE_EQ(device_call(client.fd, verb, &a), 0);
	if (!a.status)
		bytes_set(out, span(room, a.out_length));
	return a.status;
}

/* The messages are different, and so are their parts. */
static struct span words(unsigned int n)
{
	static uint8_t text[SHORT];
	unsigned int i;

	for (i = 0; i < n; i++)
		text[i] = 7 * i + n;
	return span(text, n);
}

/* gss-ntlmssp takes no empty messages. */
static unsigned int shortest(void)
{
	return setup.ntlm ? 1 : 0;
}

static void expect_words(const struct bytes *got, unsigned int n)
{
	REQUIRE_EQ(got->len, n);
	REQUIRE(!n || span_equal(span_of(got), words(n)));
}

TEST_LIMIT(sealed, LIMIT, "sealed messages of every length to 300 bytes both ways")
{
	struct bytes sealed = { 0 }, opened = { 0 };
	unsigned int n;

	establish();
	for (n = shortest(); n <= SHORT; n++) {
		REQUIRE_EQ(message(CREDSSP_IOC_ENCRYPT, words(n), none, &sealed), SEC_E_OK);
		REQUIRE(gss_peer_message(&peer, "unwrap", span_of(&sealed), &opened));
		expect_words(&opened, n);
		REQUIRE(gss_peer_message(&peer, "wrap", words(n), &sealed));
		REQUIRE_EQ(message(CREDSSP_IOC_DECRYPT, span_of(&sealed), none, &opened), SEC_E_OK);
		expect_words(&opened, n);
	}
	close_client();
}

TEST_LIMIT(signed_only, LIMIT, "signatures of messages of every length to 300 bytes both ways")
{
	struct bytes mic = { 0 };
	unsigned int n;

	establish();
	for (n = shortest(); n <= SHORT; n++) {
		REQUIRE_EQ(message(CREDSSP_IOC_SIGN, words(n), none, &mic), SEC_E_OK);
		REQUIRE(gss_peer_verify(&peer, words(n), span_of(&mic)));
		REQUIRE(gss_peer_message(&peer, "sign", words(n), &mic));
		REQUIRE_EQ(message(CREDSSP_IOC_VERIFY, words(n), span_of(&mic), &mic), SEC_E_OK);
	}
	close_client();
}

TEST(altered, "each side refuses an altered message of the other")
{
	struct bytes sealed = { 0 }, opened = { 0 };

	establish();
	REQUIRE_EQ(message(CREDSSP_IOC_ENCRYPT, words(9), none, &sealed), SEC_E_OK);
	sealed.p[sealed.len - 1] ^= 1;
	CHECK(!gss_peer_message(&peer, "unwrap", span_of(&sealed), &opened));
	REQUIRE(gss_peer_message(&peer, "wrap", words(9), &sealed));
	sealed.p[sealed.len - 1] ^= 1;
	CHECK_EQ(message(CREDSSP_IOC_DECRYPT, span_of(&sealed), none, &opened),
		 SEC_E_MESSAGE_ALTERED);
	close_client();
}

/* The acceptor begins, as a server of SMB2 does. */
static void server_begins(void)
{
	const char *bindings = "tls-server-end-point:of one";

	open_client();
	gss_peer_new(&peer, span(bindings, strlen(bindings)));
	REQUIRE(gss_peer_accept(&peer, none));
	REQUIRE(peer.token.len && !peer.done);
	REQUIRE(go_on(leg(span_of(&peer.token), bindings_of(bindings))));
	CHECK(peer.bound);
	close_client();
}

/* Where the tag of the only OID is, in a NegTokenInit of fewer than 128 bytes */
#define ONLY_OID	18

/* The acceptor's list of one mechanism, changed to one that nobody has */
static void server_lists_nothing_known(void)
{
	struct bytes hint = { 0 };

	open_client();
	gss_peer_new(&peer, none);
	REQUIRE(gss_peer_accept(&peer, none));
	bytes_set(&hint, span_of(&peer.token));
	REQUIRE(hint.len > ONLY_OID + 1 && hint.p[ONLY_OID] == 0x06);
	REQUIRE(hint.len > ONLY_OID + 1u + hint.p[ONLY_OID + 1]);
	/* its last byte */
	hint.p[ONLY_OID + 1 + hint.p[ONLY_OID + 1]] ^= 0x40;
	CHECK_EQ(leg(span_of(&hint), none), SEC_E_ALGORITHM_MISMATCH);
	CHECK_EQ(client.context, 0);
	close_client();
}

static struct tap_test negotiate_tests[] = {
	{ "the acceptor begins with the list of its mechanisms", server_begins, 20, NULL },
	{ "a list without a mechanism in common is refused", server_lists_nothing_known, 20,
	  NULL },
};

static void no_md5(void)
{
	open_client();
	CHECK_EQ(leg(none, bindings_of("tls-server-end-point:of one")), SEC_E_ALGORITHM_MISMATCH);
	CHECK_EQ(client.context, 0);
	gss_peer_new(&peer, none);
	CHECK(go_on(leg(none, none)));
	close_client();
}

/* The only one with fips=1 */
static struct tap_test fips_test = {
	"without MD5 a call with channel bindings is refused, and one without them is not",
	no_md5, 20, NULL
};

static bool without_md5(void)
{
	FILE *f = fopen("/proc/sys/crypto/fips_enabled", "r");
	int c = f ? fgetc(f) : '0';

	if (f)
		fclose(f);
	return c == '1';
}

static bool read_setup(int argc, char **argv)
{
	if (argc < 5 || argc > 6)
		return false;
	setup.ntlm = !strcmp(argv[2], "ntlm");
	if (!setup.ntlm && strcmp(argv[2], "kerberos"))
		return false;
	if (!strcmp(argv[1], "negotiate"))
		setup.package = CREDSSP_PACKAGE_NEGOTIATE;
	else if (!strcmp(argv[1], argv[2]))
		setup.package = setup.ntlm ? CREDSSP_PACKAGE_NTLM : CREDSSP_PACKAGE_KERBEROS;
	else
		return false;
	snprintf(setup.mech, sizeof(setup.mech), "%s%s",
		 setup.package == CREDSSP_PACKAGE_NEGOTIATE ? "spnego-" : "", argv[2]);
	setup.target = argv[3];
	setup.keytab = argv[4];
	setup.ccache = argc > 5 ? argv[5] : NULL;
	return true;
}

int main(int argc, char **argv)
{
	size_t i;

	if (!read_setup(argc, argv)) {
		fputs("usage: gss_package_test PACKAGE MECH TARGET KEYTAB [CCACHE]\n", stderr);
		return 64;
	}
	if (without_md5()) {
		tap_register(&fips_test);
		return tap_main(fips_test.name);
	}
	for (i = 0; i < sizeof(negotiate_tests) / sizeof(negotiate_tests[0]); i++)
		if (setup.package == CREDSSP_PACKAGE_NEGOTIATE)
			tap_register(&negotiate_tests[i]);
	return tap_main(NULL);
}
