// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inner packages on their own, against an acceptor of our own: no TLS, no
 * helper, no socket.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../peers/ntlm.h"
#include "../peers/spnego.h"
#include "device.h"
#include "tap.h"

#define SIGNATURE	16
#define INNER_REQ	(ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | \
			 ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)

/**
 * struct duo - an initiator in the module and an acceptor here
 * @package: CREDSSP_PACKAGE_*
 * @ntlm: the acceptor
 * @list: MechTypeList as received
 * @why: the fault that the acceptor found, or NULL
 */
struct duo {
	int fd;
	uint32_t package;
	uint64_t cred;
	uint64_t context;
	struct leg leg;
	struct ntlm_server ntlm;
	struct bytes list;
	const char *why;
};

static const struct account account = {
	.user = USER, .password = PASSWORD, .host = "peer",
};

static struct duo duo;

static uint64_t acquire(int fd, uint32_t package, const char *password)
{
	struct credssp_ioc_acquire a = device_acquire_args();

	a.package = package;
	a.password = (uintptr_t)password;
	a.password_length = strlen(password);
	REQUIRE_EQ(device_acquire(fd, &a), SEC_E_OK);
	return a.cred;
}

static struct duo *begin(uint32_t package, const char *password)
{
	struct duo *d = &duo;

	d->fd = device_open();
	d->package = package;
	d->cred = acquire(d->fd, package, password);
	d->ntlm.account = &account;
	d->leg.req = INNER_REQ;
	d->leg.room = sizeof(d->leg.out);
	REQUIRE_EQ(device_leg(d->fd, d->cred, &d->context, &d->leg), SEC_I_CONTINUE_NEEDED);
	REQUIRE(d->context);
	return d;
}

static struct span token(const struct duo *d)
{
	return span(d->leg.out, d->leg.out_len);
}

/* The acceptor's answer to the first token. */
static struct bytes challenge(struct duo *d)
{
	struct spnego_resp resp = { .state = SPNEGO_INCOMPLETE, .mech = spnego_ntlm_oid };
	struct spnego_init init;
	struct bytes out = { 0 };

	if (d->package == CREDSSP_PACKAGE_NTLM) {
		d->why = ntlm_challenge(&d->ntlm, token(d));
		bytes_span(&out, span_of(&d->ntlm.challenge));
		return out;
	}
	REQUIRE(spnego_read_init(token(d), &init) && init.ntlm_first);
	bytes_span(&d->list, init.list);
	d->why = ntlm_challenge(&d->ntlm, init.token);
	resp.token = span_of(&d->ntlm.challenge);
	spnego_write_resp(&resp, &out);
	return out;
}

/* The acceptor judges the last token; SPNEGO's final token in @out. */
static void judge(struct duo *d, struct bytes *out)
{
	uint8_t mic[SIGNATURE];
	struct spnego_resp resp, final = {
		.state = SPNEGO_COMPLETED, .mic = { mic, sizeof(mic) },
	};

	if (d->package == CREDSSP_PACKAGE_NTLM) {
		d->why = ntlm_authenticate(&d->ntlm, token(d));
		return;
	}
	REQUIRE(spnego_read_resp(token(d), &resp));
	d->why = ntlm_authenticate(&d->ntlm, resp.token);
	if (d->why)
		return;
	CHECK(ntlm_verify(&d->ntlm.in, span_of(&d->list), resp.mic));
	ntlm_rewind(&d->ntlm.in);
	ntlm_sign(&d->ntlm.out, span_of(&d->list), mic);
	ntlm_rewind(&d->ntlm.out);
	spnego_write_resp(&final, out);
}

static int32_t feed(struct duo *d, struct span in)
{
	d->leg.in = in.p;
	d->leg.in_len = in.len;
	d->leg.room = sizeof(d->leg.out);
	return device_leg(d->fd, d->cred, &d->context, &d->leg);
}

/* A whole exchange. */
static struct duo *established(uint32_t package)
{
	struct duo *d = begin(package, PASSWORD);
	struct bytes answer = challenge(d), final = { 0 };
	bool spnego = package == CREDSSP_PACKAGE_NEGOTIATE;

	REQUIRE(!d->why);
	REQUIRE_EQ(feed(d, span_of(&answer)), spnego ? SEC_I_CONTINUE_NEEDED : SEC_E_OK);
	judge(d, &final);
	REQUIRE(!d->why);
	if (spnego) {
		REQUIRE_EQ(feed(d, span_of(&final)), SEC_E_OK);
		CHECK_EQ(d->leg.out_len, 0);
	}
	bytes_free(&answer);
	bytes_free(&final);
	return d;
}

static void end(struct duo *d)
{
	CHECK_EQ(device_delete(d->fd, d->context), SEC_E_OK);
	CHECK_EQ(device_free_cred(d->fd, d->cred), SEC_E_OK);
	device_expect_counts(d->fd, 0, 0);
	ntlm_free(&d->ntlm);
	bytes_free(&d->list);
}

static int32_t message(struct duo *d, unsigned long verb, struct span in, void *out,
		       uint32_t *length)
{
	struct credssp_ioc_message a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = d->context,
		.in = (uintptr_t)in.p, .in_length = in.len, .out = (uintptr_t)out,
		.out_length = *length,
	};

	REQUIRE_EQ(device_call(d->fd, verb, &a), 0);
	*length = a.out_length;
	return a.status;
}

/* Messages both ways, sealed and signed in turn: they share one sequence of numbers. */
static void talk(struct duo *d)
{
	static const char text[] = "SMB is not the only protocol that needs this";
	struct span plain = span(text, sizeof(text));
	uint8_t room[256], signature[SIGNATURE];
	struct bytes made = { 0 };
	uint32_t length;
	int i;

	for (i = 0; i < 3; i++) {
		length = sizeof(room);
		CHECK_EQ(message(d, CREDSSP_IOC_ENCRYPT, plain, room, &length), SEC_E_OK);
		REQUIRE_EQ(length, sizeof(text) + SIGNATURE);
		bytes_free(&made);
		CHECK(ntlm_unseal(&d->ntlm.in, span(room, length), &made));
		CHECK(span_equal(span_of(&made), plain));
		length = sizeof(room);
		CHECK_EQ(message(d, CREDSSP_IOC_SIGN, plain, room, &length), SEC_E_OK);
		REQUIRE_EQ(length, SIGNATURE);
		CHECK(ntlm_verify(&d->ntlm.in, plain, span(room, length)));
		bytes_free(&made);
		ntlm_seal(&d->ntlm.out, plain, &made);
		length = sizeof(room);
		CHECK_EQ(message(d, CREDSSP_IOC_DECRYPT, span_of(&made), room, &length),
			 SEC_E_OK);
		CHECK(span_equal(span(room, length), plain));
		ntlm_sign(&d->ntlm.out, plain, signature);
		length = sizeof(signature);
		CHECK_EQ(message(d, CREDSSP_IOC_VERIFY, plain, signature, &length), SEC_E_OK);
	}
	bytes_free(&made);
}

TEST(inner_ntlm, "NTLM on its own: tokens, sealed and signed messages")
{
	struct duo *d = established(CREDSSP_PACKAGE_NTLM);

	CHECK_EQ(d->leg.attr, ISC_RET_CONNECTION | INNER_REQ);
	CHECK(d->ntlm.mic);
	talk(d);
	end(d);
}

TEST(inner_nego, "Negotiate on its own: tokens, sealed and signed messages")
{
	struct duo *d = established(CREDSSP_PACKAGE_NEGOTIATE);

	CHECK_EQ(d->leg.attr, ISC_RET_CONNECTION | INNER_REQ);
	talk(d);
	end(d);
}

static int32_t query(struct duo *d, uint32_t attribute, void *buffer, uint32_t size)
{
	struct credssp_ioc_query a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = d->context,
		.attribute = attribute, .buffer = (uintptr_t)buffer, .length = size,
	};

	REQUIRE_EQ(device_call(d->fd, CREDSSP_IOC_QUERY, &a), 0);
	return a.status;
}

TEST(inner_query, "an inner package's context has sizes, names and flags, but no TLS session")
{
	static const uint32_t none[] = {
		SECPKG_ATTR_STREAM_SIZES, SECPKG_ATTR_REMOTE_CERT_CONTEXT,
		SECPKG_ATTR_CONNECTION_INFO, SECPKG_ATTR_CIPHER_INFO,
		SECPKG_ATTR_CERT_TRUST_STATUS, SECPKG_ATTR_SERVER_AUTH_FLAGS,
	};
	struct duo *d = established(CREDSSP_PACKAGE_NEGOTIATE);
	struct credssp_negotiation_info *info;
	struct credssp_package_info *package;
	struct credssp_sizes sizes;
	uint8_t room[512];
	size_t i;

	CHECK_EQ(query(d, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes)), SEC_E_OK);
	CHECK_EQ(sizes.max_signature, SIGNATURE);
	CHECK_EQ(sizes.security_trailer, SIGNATURE);
	CHECK_EQ(query(d, SECPKG_ATTR_PACKAGE_INFO, room, sizeof(room)), SEC_E_OK);
	package = (void *)room;
	CHECK_EQ(package->rpc_id, SECPKG_ID_NEGOTIATE);
	CHECK(!strcmp((char *)room + package->name_offset, "Negotiate"));
	CHECK_EQ(query(d, SECPKG_ATTR_NEGOTIATION_INFO, room, sizeof(room)), SEC_E_OK);
	info = (void *)room;
	CHECK_EQ(info->state, SECPKG_NEGOTIATION_COMPLETE);
	CHECK(!strcmp((char *)room + info->package.name_offset, "NTLM"));
	CHECK_EQ(query(d, SECPKG_ATTR_SESSION_KEY, room, sizeof(room)),
		 geteuid() ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK);
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK_EQ(query(d, none[i], room, sizeof(room)), SEC_E_UNSUPPORTED_FUNCTION);
	end(d);
}

/* The context is dead: only its report can be read, and it can be deleted. */
static void expect_dead(struct duo *d, uint32_t reason)
{
	struct credssp_report report;
	uint8_t room[64];
	uint32_t length = sizeof(room);

	CHECK_EQ(message(d, CREDSSP_IOC_ENCRYPT, span("x", 1), room, &length),
		 SEC_E_INVALID_HANDLE);
	CHECK_EQ(feed(d, span("x", 1)), SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_report(d->fd, d->context, &report), SEC_E_OK);
	CHECK_EQ(report.reason, reason);
	end(d);
}

TEST(inner_forged, "a forged message or signature is MESSAGE_ALTERED and ends the context")
{
	static const unsigned long verbs[] = { CREDSSP_IOC_DECRYPT, CREDSSP_IOC_VERIFY };
	struct bytes sealed = { 0 };
	uint8_t room[64];
	uint32_t length, i;

	for (i = 0; i < 2; i++) {
		struct duo *d = established(CREDSSP_PACKAGE_NTLM);

		bytes_free(&sealed);
		ntlm_seal(&d->ntlm.out, span("four", 4), &sealed);
		sealed.p[4] ^= 1;
		memcpy(room, sealed.p, SIGNATURE);
		length = verbs[i] == CREDSSP_IOC_VERIFY ? SIGNATURE : sizeof(room);
		CHECK_EQ(message(d, verbs[i], verbs[i] == CREDSSP_IOC_VERIFY ?
				 span("four", 4) : span_of(&sealed), room, &length),
			 SEC_E_MESSAGE_ALTERED);
		expect_dead(d, CREDSSP_REASON_MECH_MIC);
		memset(d, 0, sizeof(*d));
	}
	bytes_free(&sealed);
}

TEST(inner_replay, "a message that comes twice is MESSAGE_ALTERED")
{
	struct duo *d = established(CREDSSP_PACKAGE_NTLM);
	struct bytes sealed = { 0 };
	uint8_t room[64];
	uint32_t length = sizeof(room);

	ntlm_seal(&d->ntlm.out, span("four", 4), &sealed);
	CHECK_EQ(message(d, CREDSSP_IOC_DECRYPT, span_of(&sealed), room, &length), SEC_E_OK);
	length = sizeof(room);
	CHECK_EQ(message(d, CREDSSP_IOC_DECRYPT, span_of(&sealed), room, &length),
		 SEC_E_MESSAGE_ALTERED);
	expect_dead(d, CREDSSP_REASON_MECH_MIC);
	bytes_free(&sealed);
}

TEST(inner_denied, "a wrong password is the acceptor's to find; SPNEGO's reject is LOGON_DENIED")
{
	struct duo *d = begin(CREDSSP_PACKAGE_NEGOTIATE, "wrong");
	struct spnego_resp reject = { .state = SPNEGO_REJECT };
	struct bytes answer = challenge(d), final = { 0 };

	CHECK_EQ(feed(d, span_of(&answer)), SEC_I_CONTINUE_NEEDED);
	judge(d, &final);
	CHECK(d->why);
	spnego_write_resp(&reject, &final);
	CHECK_EQ(feed(d, span_of(&final)), SEC_E_LOGON_DENIED);
	expect_dead(d, CREDSSP_REASON_SPNEGO);
	bytes_free(&answer);
	bytes_free(&final);
}

TEST(inner_garbage, "a token that is none, an empty one and one too many end the exchange")
{
	struct duo *d = begin(CREDSSP_PACKAGE_NTLM, PASSWORD);

	CHECK_EQ(feed(d, span("nonsense", 8)), SEC_E_INVALID_TOKEN);
	expect_dead(d, CREDSSP_REASON_MECH_TOKEN);
	memset(d, 0, sizeof(*d));
	d = begin(CREDSSP_PACKAGE_NTLM, PASSWORD);
	CHECK_EQ(feed(d, span(NULL, 0)), SEC_E_INVALID_TOKEN);
	expect_dead(d, CREDSSP_REASON_MECH_TOKEN);
}

TEST(inner_room, "too little room for a token or a message loses nothing")
{
	struct duo *d = begin(CREDSSP_PACKAGE_NTLM, PASSWORD);
	struct bytes answer = challenge(d), made = { 0 };
	uint8_t room[64];
	uint32_t length;

	d->leg.in = answer.p;
	d->leg.in_len = answer.len;
	d->leg.room = 8;
	CHECK_EQ(device_leg(d->fd, d->cred, &d->context, &d->leg), SEC_E_BUFFER_TOO_SMALL);
	/* no message before the token is taken */
	length = sizeof(room);
	CHECK_EQ(message(d, CREDSSP_IOC_ENCRYPT, span("four", 4), room, &length),
		 SEC_E_OUT_OF_SEQUENCE);
	REQUIRE_EQ(feed(d, span(NULL, 0)), SEC_E_OK);
	judge(d, &made);
	REQUIRE(!d->why);
	length = 19;
	CHECK_EQ(message(d, CREDSSP_IOC_ENCRYPT, span("four", 4), room, &length),
		 SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(length, 20);
	length = 15;
	CHECK_EQ(message(d, CREDSSP_IOC_SIGN, span("four", 4), room, &length),
		 SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(length, SIGNATURE);
	ntlm_seal(&d->ntlm.out, span("four", 4), &made);
	length = 3;
	CHECK_EQ(message(d, CREDSSP_IOC_DECRYPT, span_of(&made), room, &length),
		 SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(message(d, CREDSSP_IOC_DECRYPT, span_of(&made), room, &length), SEC_E_OK);
	talk(d);
	end(d);
	bytes_free(&answer);
	bytes_free(&made);
}

TEST(inner_limits, "messages of up to 65536 bytes, and none that is longer")
{
	static uint8_t plain[CREDSSP_MAX_SIGNED + 1], sealed[CREDSSP_MAX_SIGNED + 64];
	struct duo *d = established(CREDSSP_PACKAGE_NTLM);
	struct bytes made = { 0 };
	uint32_t length = sizeof(sealed);

	CHECK_EQ(message(d, CREDSSP_IOC_ENCRYPT, span(plain, CREDSSP_MAX_SIGNED), sealed,
			 &length), SEC_E_OK);
	CHECK(ntlm_unseal(&d->ntlm.in, span(sealed, length), &made));
	CHECK_EQ(made.len, CREDSSP_MAX_SIGNED);
	bytes_free(&made);
	ntlm_seal(&d->ntlm.out, span(plain, CREDSSP_MAX_SIGNED), &made);
	length = sizeof(sealed);
	CHECK_EQ(message(d, CREDSSP_IOC_DECRYPT, span_of(&made), sealed, &length), SEC_E_OK);
	CHECK_EQ(length, CREDSSP_MAX_SIGNED);
	length = sizeof(sealed);
	CHECK_EQ(message(d, CREDSSP_IOC_ENCRYPT, span(plain, sizeof(plain)), sealed, &length),
		 SEC_E_INVALID_PARAMETER);
	CHECK_EQ(message(d, CREDSSP_IOC_SIGN, span(plain, sizeof(plain)), sealed, &length),
		 SEC_E_INVALID_PARAMETER);
	/* the refused calls left the context intact */
	talk(d);
	end(d);
	bytes_free(&made);
}

TEST(inner_empty, "an empty message is sealed to a signature alone")
{
	struct duo *d = established(CREDSSP_PACKAGE_NTLM);
	struct bytes made = { 0 };
	uint8_t room[64];
	uint32_t length = sizeof(room);

	REQUIRE_EQ(message(d, CREDSSP_IOC_ENCRYPT, span(NULL, 0), room, &length), SEC_E_OK);
	CHECK_EQ(length, SIGNATURE);
	CHECK(ntlm_unseal(&d->ntlm.in, span(room, length), &made));
	CHECK_EQ(made.len, 0);
	ntlm_seal(&d->ntlm.out, span(NULL, 0), &made);
	length = 0;
	CHECK_EQ(message(d, CREDSSP_IOC_DECRYPT, span_of(&made), NULL, &length), SEC_E_OK);
	CHECK_EQ(length, 0);
	talk(d);
	end(d);
	bytes_free(&made);
}

TEST(inner_again, "calling again on an established context begins a new exchange")
{
	struct duo *d = established(CREDSSP_PACKAGE_NTLM);
	struct bytes answer, none = { 0 };

	talk(d);
	ntlm_free(&d->ntlm);
	d->ntlm = (struct ntlm_server){ .account = &account };
	REQUIRE_EQ(feed(d, span(NULL, 0)), SEC_I_CONTINUE_NEEDED);
	answer = challenge(d);
	REQUIRE(!d->why);
	REQUIRE_EQ(feed(d, span_of(&answer)), SEC_E_OK);
	judge(d, &none);
	REQUIRE(!d->why);
	talk(d);
	end(d);
	bytes_free(&answer);
}

TEST(inner_flags, "flags of the inner packages: as SSPI's, no STREAM, no unknown ones")
{
	static const struct {
		uint32_t req;
		int32_t status;
	} rows[] = {
		{ 0, SEC_I_CONTINUE_NEEDED },
		{ ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH, SEC_I_CONTINUE_NEEDED },
		{ ISC_REQ_CONNECTION | ISC_REQ_EXTENDED_ERROR, SEC_I_CONTINUE_NEEDED },
		{ ISC_REQ_STREAM, SEC_E_UNSUPPORTED_FUNCTION },
		{ ISC_REQ_MANUAL_CRED_VALIDATION, SEC_E_UNSUPPORTED_FUNCTION },
		{ 0x400, SEC_E_UNSUPPORTED_FUNCTION },
	};
	int fd = device_open();
	uint64_t cred = acquire(fd, CREDSSP_PACKAGE_NTLM, PASSWORD), context;
	static struct leg leg;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		context = 0;
		leg.req = rows[i].req;
		leg.room = sizeof(leg.out);
		CHECK_EQ(device_leg(fd, cred, &context, &leg), rows[i].status);
		if (context) {
			CHECK_EQ(leg.attr, ISC_RET_CONNECTION);
			CHECK_EQ(device_delete(fd, context), SEC_E_OK);
		}
	}
	device_expect_counts(fd, 0, 1);
}

TEST(inner_acquire, "an inner package takes no version, no mechanism of its own, and no socket")
{
	struct credssp_ioc_acquire a = device_acquire_args();
	int fd = device_open(), sock = sock_peer();
	struct credssp_ioc_socket attach = { .size = sizeof(attach), .fd = sock };

	a.package = CREDSSP_PACKAGE_NTLM;
	a.mechs = CREDSSP_MECH_NTLM;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_INVALID_PARAMETER);
	a.mechs = 0;
	a.min_version = 5;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_INVALID_PARAMETER);
	a.min_version = 0;
	a.max_version = 6;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_INVALID_PARAMETER);
	a.max_version = 0;
	a.package = CREDSSP_PACKAGE_KERBEROS + 1;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_INVALID_PARAMETER);
	a.package = CREDSSP_PACKAGE_NTLM;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_OK);
	attach.cred = a.cred;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ATTACH, &attach), 0);
	CHECK_EQ(attach.status, SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(device_authenticate(fd, sock, a.cred, 0, NULL), SEC_E_UNSUPPORTED_FUNCTION);
}

TEST(inner_only, "SIGN and VERIFY are for inner packages, EXPORT_KTLS is not")
{
	struct duo *d = established(CREDSSP_PACKAGE_NTLM);
	struct credssp_ioc_socket export = {
		.size = sizeof(export), .context = d->context, .fd = sock_peer(),
	};
	uint8_t room[64];
	uint32_t length = sizeof(room);

	CHECK_EQ(device_call(d->fd, CREDSSP_IOC_EXPORT_KTLS, &export), 0);
	CHECK_EQ(export.status, SEC_E_UNSUPPORTED_FUNCTION);
	talk(d);
	end(d);
	memset(d, 0, sizeof(*d));
	d->fd = device_open();
	device_need_helper(d->fd);
	d->context = exchange_run(d->fd, device_cred(d->fd, CREDSSP_MECH_NTLM, PASSWORD),
				  sock_peer());
	CHECK_EQ(message(d, CREDSSP_IOC_SIGN, span("x", 1), room, &length),
		 SEC_E_UNSUPPORTED_FUNCTION);
	length = SIGNATURE;
	CHECK_EQ(message(d, CREDSSP_IOC_VERIFY, span("x", 1), room, &length),
		 SEC_E_UNSUPPORTED_FUNCTION);
}

/* A first call of NTLM with this CHANNEL_BINDINGS buffer. Returns the ioctl's result. */
static int bind_to(struct duo *d, uint64_t addr, uint32_t length, int32_t *status)
{
	struct credssp_sec_buffer in = {
		.type = SECBUFFER_CHANNEL_BINDINGS, .length = length, .addr = addr,
	}, out = {
		.type = SECBUFFER_TOKEN, .length = sizeof(d->leg.out),
		.addr = (uintptr_t)d->leg.out,
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = INNER_REQ, .data_rep = SECURITY_NATIVE_DREP,
		.cred = d->cred, .input = (uintptr_t)&in, .input_count = 1,
		.output = (uintptr_t)&out, .output_count = 1,
	};
	int ret = device_call(d->fd, CREDSSP_IOC_INIT, &a);

	*status = a.status;
	d->context = a.new_context;
	return ret;
}

TEST(inner_bindings, "channel bindings are read to their end, and wrong ones are refused")
{
	struct credssp_channel_bindings head = {
		.application_length = 4, .application_offset = sizeof(head),
	};
	const uint32_t length = sizeof(head) + 4;
	uint8_t *at = device_page_end() - length;
	struct duo *d = &duo;
	int32_t status;

	d->fd = device_open();
	d->cred = acquire(d->fd, CREDSSP_PACKAGE_NTLM, PASSWORD);
	memcpy(at, &head, sizeof(head));
	memcpy(at + sizeof(head), "data", 4);
	CHECK_EQ(bind_to(d, (uintptr_t)at, length + 1, &status), -EFAULT);
	CHECK_EQ(bind_to(d, (uintptr_t)at + length, length, &status), -EFAULT);
	CHECK_EQ(bind_to(d, 0, length, &status), 0);
	CHECK_EQ(status, SEC_E_INVALID_PARAMETER);
	CHECK_EQ(bind_to(d, (uintptr_t)at, CREDSSP_MAX_BINDINGS + 1, &status), 0);
	CHECK_EQ(status, SEC_E_INVALID_PARAMETER);
	CHECK_EQ(bind_to(d, (uintptr_t)at, length - 1, &status), 0);
	CHECK_EQ(status, SEC_E_INVALID_PARAMETER);
	CHECK_EQ(d->context, 0);
	CHECK_EQ(bind_to(d, (uintptr_t)at, length, &status), 0);
	CHECK_EQ(status, SEC_I_CONTINUE_NEEDED);
	end(d);
}
