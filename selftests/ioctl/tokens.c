// SPDX-License-Identifier: GPL-2.0-only
/* The token transport: calls with tokens, complete, in parts, and wrong ones. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define TLS_HEADER	5
#define POISON		0xa5

/**
 * struct walk - an exchange that a test takes leg by leg
 * @record: bytes of the peer, whole records
 */
struct walk {
	int fd;
	int sock;
	uint64_t cred;
	uint64_t context;
	struct leg leg;
	uint8_t record[2 * CREDSSP_MAX_TOKEN];
	size_t len;
};

static struct walk walk;

static struct walk *begin_with(uint32_t mech, uint32_t req)
{
	struct walk *w = &walk;

	w->fd = device_open();
	device_need_helper(w->fd);
	w->sock = sock_peer();
	w->cred = device_cred(w->fd, mech, PASSWORD);
	w->context = 0;
	w->leg.req = req;
	w->leg.room = sizeof(w->leg.out);
	REQUIRE_EQ(device_leg(w->fd, w->cred, &w->context, &w->leg), SEC_I_CONTINUE_NEEDED);
	return w;
}

static struct walk *begin(uint32_t mech)
{
	return begin_with(mech, REQ);
}

static void send_out(struct walk *w)
{
	if (w->leg.out_len)
		sock_send(w->sock, w->leg.out, w->leg.out_len);
}

static int32_t feed(struct walk *w, const void *p, size_t len)
{
	w->leg.in = p;
	w->leg.in_len = len;
	w->leg.room = sizeof(w->leg.out);
	return device_leg(w->fd, w->cred, &w->context, &w->leg);
}

static void receive(struct walk *w)
{
	w->len = sock_record(w->sock, w->record, sizeof(w->record));
}

static void end(struct walk *w)
{
	CHECK_EQ(device_delete(w->fd, w->context), SEC_E_OK);
	CHECK_EQ(device_free_cred(w->fd, w->cred), SEC_E_OK);
	device_expect_counts(w->fd, 0, 0);
}

/* The context is dead: only its report can be read, and it can be deleted. */
static void expect_dead(struct walk *w)
{
	struct credssp_report report;

	CHECK_EQ(feed(w, "\x16\x03\x03\x00\x01\x00", 6), SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_report(w->fd, w->context, &report), SEC_E_OK);
	CHECK(report.reason != CREDSSP_REASON_NONE);
	CHECK_EQ(report.__reserved[0], 0);
	end(w);
}

static void finish(struct walk *w, int32_t status)
{
	while (status == SEC_I_CONTINUE_NEEDED) {
		send_out(w);
		receive(w);
		status = feed(w, w->record, w->len);
	}
	CHECK_EQ(status, SEC_E_OK);
	send_out(w);
}

TEST(whole, "an exchange by tokens, raw NTLM, and its report")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	struct credssp_report report;

	finish(w, SEC_I_CONTINUE_NEEDED);
	CHECK(w->leg.attr & ISC_RET_MANUAL_CRED_VALIDATION);
	CHECK(w->leg.attr & ISC_RET_DELEGATE);
	memset(&report, POISON, sizeof(report));
	CHECK_EQ(device_report(w->fd, w->context, &report), SEC_E_OK);
	CHECK_EQ(report.leg, CREDSSP_LEG_ESTABLISHED);
	CHECK_EQ(report.reason, CREDSSP_REASON_NONE);
	CHECK_EQ(report.credssp_version, 6);
	CHECK_EQ(report.mech, CREDSSP_MECH_NTLM);
	CHECK(report.facts & CREDSSP_FACT_DELEGATED);
	CHECK(report.facts & CREDSSP_FACT_TLS);
	CHECK_EQ(report.__reserved[0], 0);
	CHECK_EQ(report.ntstatus, 0);
	end(w);
}

TEST(spnego, "an exchange by tokens, SPNEGO")
{
	struct walk *w = begin(CREDSSP_MECH_NEGOTIATE);
	struct credssp_report report;

	finish(w, SEC_I_CONTINUE_NEEDED);
	CHECK_EQ(device_report(w->fd, w->context, &report), SEC_E_OK);
	CHECK_EQ(report.mech, CREDSSP_MECH_NEGOTIATE);
	end(w);
}

/* Each part of the record is incomplete, and MISSING has the number of missing bytes. */
static void feed_parts(struct walk *w, size_t step)
{
	size_t n;

	for (n = 1; n < w->len; n += n < 2 * TLS_HEADER ? 1 : step) {
		size_t whole = n < TLS_HEADER ? TLS_HEADER : w->len;

		if (!CHECK_EQ(feed(w, w->record, n), SEC_E_INCOMPLETE_MESSAGE))
			return;
		CHECK_EQ(w->leg.missing, whole - n);
		CHECK_EQ(w->leg.out_len, 0);
	}
}

TEST_LIMIT(bytewise, 90, "part of a token is INCOMPLETE_MESSAGE with the MISSING bytes")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	int32_t status = SEC_I_CONTINUE_NEEDED;
	bool first = true;

	while (status == SEC_I_CONTINUE_NEEDED) {
		send_out(w);
		receive(w);
		feed_parts(w, first ? 1 : 37);
		first = false;
		status = feed(w, w->record, w->len);
	}
	CHECK_EQ(status, SEC_E_OK);
	end(w);
}

TEST(extra, "what follows the last whole record comes back as EXTRA")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	int32_t status = SEC_I_CONTINUE_NEEDED;

	while (status == SEC_I_CONTINUE_NEEDED) {
		send_out(w);
		receive(w);
		/* the beginning of another record */
		memcpy(w->record + w->len, "\x17\x03\x03\x01\x00...", 8);
		status = feed(w, w->record, w->len + 8);
		CHECK_EQ(w->leg.extra, 8);
	}
	CHECK_EQ(status, SEC_E_OK);
	end(w);
}

TEST(small_first, "a first call with too little room makes no context and tells the size")
{
	int fd = device_open();
	static struct leg leg;
	uint64_t cred, context = 0;
	uint32_t needed;

	device_need_helper(fd);
	cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	leg.req = REQ;
	leg.room = 10;
	CHECK_EQ(device_leg(fd, cred, &context, &leg), SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(leg.reason, CREDSSP_REASON_NONE);
	needed = leg.out_len;
	CHECK(needed > 10 && needed <= CREDSSP_MAX_TOKEN);
	CHECK_EQ(context, 0);
	device_expect_counts(fd, 0, 1);
	leg.room = needed + 64;		/* key shares may differ a little */
	CHECK_EQ(device_leg(fd, cred, &context, &leg), SEC_I_CONTINUE_NEEDED);
	CHECK(context);
}

TEST(small_later, "a later call with too little room keeps the token for a retry without input")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	int32_t status = SEC_I_CONTINUE_NEEDED;
	int retries = 0;

	while (status == SEC_I_CONTINUE_NEEDED) {
		send_out(w);
		receive(w);
		w->leg.in = w->record;
		w->leg.in_len = w->len;
		w->leg.room = 1;
		status = device_leg(w->fd, w->cred, &w->context, &w->leg);
		if (status != SEC_E_BUFFER_TOO_SMALL)
			continue;
		retries++;
		w->leg.in_len = 0;
		w->leg.room = w->leg.out_len;
		status = device_leg(w->fd, w->cred, &w->context, &w->leg);
		CHECK_EQ(w->leg.out_len, w->leg.room);
	}
	CHECK_EQ(status, SEC_E_OK);
	/*
	 * at least for TLS's Finished or the first TSRequest, for
	 * AUTHENTICATE and for authInfo
	 */
	CHECK(retries >= 3);
	send_out(w);
	end(w);
}

TEST(order, "Encrypt, Decrypt, sizes and export before the context is established")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	uint8_t room[256] = { 23, 3, 3, 0, 4 };
	struct credssp_ioc_message m = {
		.size = sizeof(m), .context = w->context, .in = (uintptr_t)room, .in_length = 9,
		.out = (uintptr_t)room, .out_length = sizeof(room),
	};
	struct credssp_ioc_query q = {
		.size = sizeof(q), .context = w->context, .attribute = SECPKG_ATTR_STREAM_SIZES,
		.buffer = (uintptr_t)room, .length = sizeof(room),
	};
	struct credssp_ioc_socket s = { .size = sizeof(s), .context = w->context, .fd = w->sock };
	struct credssp_ioc_handle h = { .size = sizeof(h), .handle = w->context };

	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_ENCRYPT, &m), 0);
	CHECK_EQ(m.status, SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_DECRYPT, &m), 0);
	CHECK_EQ(m.status, SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_QUERY, &q), 0);
	CHECK(q.status != SEC_E_OK);
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_EXPORT_KTLS, &s), 0);
	CHECK(s.status != SEC_E_OK);
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_COMPLETE, &h), 0);
	CHECK_EQ(h.status, SEC_E_UNSUPPORTED_FUNCTION);
	/* the refused calls left the context intact */
	finish(w, SEC_I_CONTINUE_NEEDED);
	end(w);
}

TEST(garbage, "garbage for a token ends the context, and the report says why")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);

	CHECK(feed(w, "HTTP/1.1 400 Bad Request", 24) < 0);
	expect_dead(w);
}

TEST(altered, "a sealed record with one bit flipped ends the context")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	int32_t status = SEC_I_CONTINUE_NEEDED;

	while (status == SEC_I_CONTINUE_NEEDED) {
		send_out(w);
		receive(w);
		if (w->record[0] == 23)
			w->record[w->len - 1] ^= 1;
		status = feed(w, w->record, w->len);
	}
	CHECK(status < 0 && status != SEC_E_INCOMPLETE_MESSAGE);
	expect_dead(w);
}

/* Pass a token of zeros, which is no TLS record. Return the reason. */
static uint32_t reason_of_token(size_t length)
{
	static uint8_t much[CREDSSP_MAX_TOKEN + 1];
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	struct credssp_report report;

	CHECK_EQ(feed(w, much, length), SEC_E_INVALID_TOKEN);
	REQUIRE_EQ(device_report(w->fd, w->context, &report), SEC_E_OK);
	expect_dead(w);
	return report.reason;
}

TEST(too_long, "a token over the limit is refused")
{
	CHECK_EQ(reason_of_token(CREDSSP_MAX_TOKEN), CREDSSP_REASON_TLS_RECORD);
	CHECK_EQ(reason_of_token(CREDSSP_MAX_TOKEN + 1), CREDSSP_REASON_LIMIT);
}

/* A later call with these two input buffers. */
static int32_t init_buffers(struct walk *w, struct credssp_sec_buffer *in, uint32_t count)
{
	struct credssp_sec_buffer out = {
		.type = SECBUFFER_TOKEN, .length = sizeof(w->leg.out),
		.addr = (uintptr_t)w->leg.out,
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.cred = w->cred, .context = w->context, .input = (uintptr_t)in,
		.input_count = count, .output = (uintptr_t)&out, .output_count = 1,
	};

	REQUIRE_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), 0);
	return a.status;
}

static void expect_refused(uint32_t first, uint32_t second, uint32_t second_length,
			   uint32_t count)
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	struct credssp_sec_buffer in[] = {
		{ .type = first, .length = 5, .addr = (uintptr_t)"\x16\x03\x03\x00\x01" },
		{ .type = second, .length = second_length },
		{ .type = SECBUFFER_EMPTY },
	};

	CHECK_EQ(init_buffers(w, in, count), SEC_E_INVALID_PARAMETER);
	expect_dead(w);
	close(w->sock);
	close(w->fd);
}

TEST(descriptors, "the input of a later call is a TOKEN and an EMPTY, nothing else")
{
	expect_refused(SECBUFFER_TOKEN, SECBUFFER_EMPTY, 0, 0);
	expect_refused(SECBUFFER_TOKEN, SECBUFFER_EMPTY, 0, 1);
	expect_refused(SECBUFFER_TOKEN, SECBUFFER_EMPTY, 0, 3);
	expect_refused(SECBUFFER_DATA, SECBUFFER_EMPTY, 0, 2);
	expect_refused(SECBUFFER_TOKEN, SECBUFFER_DATA, 0, 2);
	expect_refused(SECBUFFER_TOKEN, SECBUFFER_EMPTY, 7, 2);
}

TEST(token_pointer, "an input token that leads off the mapping is EFAULT")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	struct credssp_sec_buffer in[] = {
		{ .type = SECBUFFER_TOKEN, .length = 4096, .addr = 4096 },
		{ .type = SECBUFFER_EMPTY },
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.cred = w->cred, .context = w->context, .input = (uintptr_t)in,
		.input_count = 2,
	};

	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), -EFAULT);
	a.input = 4096;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), -EFAULT);
	a.input_count = 0;
	a.output = 4096;
	a.output_count = 1;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), -EFAULT);
	a.output_count = 0;
	a.target = 4096;
	a.target_length = 10;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), -EFAULT);
	/* the refused calls left the context intact */
	finish(w, SEC_I_CONTINUE_NEEDED);
	end(w);
}

TEST(not_copied, "too many buffers or too long a target end the exchange")
{
	static const struct {
		uint32_t input_count, output_count, target_length;
	} rows[] = {
		{ CREDSSP_MAX_BUFFERS + 1, 0, 0 }, { 0, CREDSSP_MAX_BUFFERS + 1, 0 },
		{ 0, 0, CREDSSP_MAX_TARGET + 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct walk *w = begin(CREDSSP_MECH_NTLM);
		struct credssp_ioc_init a = {
			.size = sizeof(a), .context_req = REQ,
			.data_rep = SECURITY_NATIVE_DREP, .context = w->context,
			.input_count = rows[i].input_count,
			.output_count = rows[i].output_count,
			.target_length = rows[i].target_length,
		};

		CHECK_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), 0);
		CHECK_EQ(a.status, SEC_E_INVALID_PARAMETER);
		expect_dead(w);
		close(w->sock);
		close(w->fd);
	}
}

TEST(read_only_output, "an alert is not written to a READONLY buffer")
{
	struct walk *w = begin_with(CREDSSP_MECH_NTLM, REQ | ISC_REQ_EXTENDED_ERROR);
	struct credssp_sec_buffer in[] = {
		{ .type = SECBUFFER_TOKEN }, { .type = SECBUFFER_EMPTY },
	}, out = {
		.type = SECBUFFER_TOKEN | SECBUFFER_READONLY, .length = sizeof(w->leg.out),
		.addr = (uintptr_t)w->leg.out,
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.context = w->context, .input = (uintptr_t)in, .input_count = 2,
		.output = (uintptr_t)&out, .output_count = 1,
	};
	struct credssp_report report = { 0 };
	int32_t status = SEC_I_CONTINUE_NEEDED;

	/* up to the point where there are keys to seal an alert */
	while (report.leg < CREDSSP_LEG_NEGO) {
		REQUIRE_EQ(status, SEC_I_CONTINUE_NEEDED);
		send_out(w);
		receive(w);
		status = feed(w, w->record, w->len);
		REQUIRE_EQ(device_report(w->fd, w->context, &report), SEC_E_OK);
	}
	memset(w->leg.out, POISON, sizeof(w->leg.out));
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), 0);
	CHECK_EQ(a.status, SEC_E_INVALID_PARAMETER);
	CHECK_EQ(out.length, 0);
	CHECK_EQ(w->leg.out[0], POISON);
	expect_dead(w);
}

TEST(poisoned, "nothing is written past a token, nor past an attribute")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	uint8_t room[64];
	struct credssp_ioc_query q = {
		.size = sizeof(q), .attribute = SECPKG_ATTR_STREAM_SIZES,
		.buffer = (uintptr_t)room, .length = sizeof(room),
	};
	int32_t status = SEC_I_CONTINUE_NEEDED;
	size_t i;

	while (status == SEC_I_CONTINUE_NEEDED) {
		send_out(w);
		receive(w);
		memset(w->leg.out, POISON, sizeof(w->leg.out));
		status = feed(w, w->record, w->len);
		for (i = w->leg.out_len; i < sizeof(w->leg.out); i++)
			REQUIRE_EQ(w->leg.out[i], POISON);
	}
	CHECK_EQ(status, SEC_E_OK);
	memset(room, POISON, sizeof(room));
	q.context = w->context;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_QUERY, &q), 0);
	CHECK_EQ(q.status, SEC_E_OK);
	CHECK_EQ(q.length, sizeof(struct credssp_stream_sizes));
	for (i = q.length; i < sizeof(room); i++)
		CHECK_EQ(room[i], POISON);
	q.length = 1;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_QUERY, &q), 0);
	CHECK_EQ(q.status, SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(q.length, sizeof(struct credssp_stream_sizes));
	end(w);
}

/* Expect the peer's echo, and skip tickets. */
static void expect_echo(struct walk *w, const char *text, uint32_t len)
{
	struct credssp_ioc_message m = {
		.size = sizeof(m), .context = w->context, .in = (uintptr_t)w->record,
		.out = (uintptr_t)w->leg.out,
	};

	do {
		receive(w);
		m.in_length = w->len;
		m.out_length = sizeof(w->leg.out);
		REQUIRE_EQ(device_call(w->fd, CREDSSP_IOC_DECRYPT, &m), 0);
		REQUIRE_EQ(m.status, SEC_E_OK);
	} while (!m.out_length);
	CHECK(m.out_length == len && !memcmp(w->leg.out, text, len));
}

TEST(sealed_room, "ENCRYPT without room for its record writes and spends nothing")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	struct credssp_ioc_message m = {
		.size = sizeof(m), .in = (uintptr_t)"hello", .in_length = 5,
		.out = (uintptr_t)w->leg.out,
	};
	uint32_t room, needed;

	finish(w, SEC_I_CONTINUE_NEEDED);
	m.context = w->context;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_ENCRYPT, &m), 0);
	CHECK_EQ(m.status, SEC_E_BUFFER_TOO_SMALL);
	needed = m.out_length;
	REQUIRE(needed > 5 && needed < 64);
	memset(w->leg.out, POISON, sizeof(w->leg.out));
	for (room = 0; room < needed; room++) {
		m.out_length = room;
		CHECK_EQ(device_call(w->fd, CREDSSP_IOC_ENCRYPT, &m), 0);
		CHECK_EQ(m.status, SEC_E_BUFFER_TOO_SMALL);
		CHECK_EQ(m.out_length, needed);
		CHECK_EQ(w->leg.out[0], POISON);
	}
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_ENCRYPT, &m), 0);
	REQUIRE_EQ(m.status, SEC_E_OK);
	CHECK_EQ(m.out_length, needed);
	CHECK_EQ(w->leg.out[needed], POISON);
	sock_send(w->sock, w->leg.out, needed);
	expect_echo(w, "hello", 5);
	end(w);
}

/* A page, and one behind it that is not mapped. */
static uint8_t *page_before_hole(long page)
{
	uint8_t *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(p != MAP_FAILED);
	REQUIRE(!munmap(p + page, page));
	return p;
}

/* EFAULT, which leaves the context as it was, for each of the pointers in turn. */
static void expect_faults(struct walk *w, unsigned int nr, const struct credssp_ioc_message *good,
			  const size_t *pointers, size_t count)
{
	struct credssp_ioc_message m;
	size_t i;

	for (i = 0; i < count; i++) {
		m = *good;
		*(uint64_t *)((char *)&m + pointers[i]) = 8;
		CHECK_EQ(device_call(w->fd, nr, &m), -EFAULT);
	}
}

TEST(split, "ENCRYPT to three buffers, DECRYPT inside of the record; bad pointers cost nothing")
{
	static const size_t sealing[] = {
		offsetof(struct credssp_ioc_message, in),
		offsetof(struct credssp_ioc_message, out),
		offsetof(struct credssp_ioc_message, header),
		offsetof(struct credssp_ioc_message, trailer),
	};
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	long page = sysconf(_SC_PAGESIZE);
	uint8_t header[64], trailer[64], *data = page_before_hole(page) + page - 5;
	struct credssp_ioc_message good = {
		.size = sizeof(good), .flags = CREDSSP_MESSAGE_SPLIT,
		.in = (uintptr_t)data, .in_length = 5, .out = (uintptr_t)data, .out_length = 5,
		.header = (uintptr_t)header, .header_length = sizeof(header),
		.trailer = (uintptr_t)trailer, .trailer_length = sizeof(trailer),
	}, m;

	memcpy(data, "hello", 5);
	finish(w, SEC_I_CONTINUE_NEEDED);
	good.context = w->context;
	expect_faults(w, CREDSSP_IOC_ENCRYPT, &good, sealing, 4);
	m = good;
	m.in_length = 6;	/* one byte behind the page */
	m.out_length = 6;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_ENCRYPT, &m), -EFAULT);
	m = good;
	m.header_length = 4;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_ENCRYPT, &m), 0);
	CHECK_EQ(m.status, SEC_E_BUFFER_TOO_SMALL);
	CHECK(m.header_length >= 5 && m.header_length <= 13);
	CHECK(m.trailer_length >= 16 && m.trailer_length <= 17);
	CHECK(!memcmp(data, "hello", 5));
	m = good;
	CHECK_EQ(device_call(w->fd, CREDSSP_IOC_ENCRYPT, &m), 0);
	REQUIRE_EQ(m.status, SEC_E_OK);
	CHECK_EQ(m.out_length, 5);
	sock_send(w->sock, header, m.header_length);
	sock_send(w->sock, data, 5);
	sock_send(w->sock, trailer, m.trailer_length);

	do {
		receive(w);
		m = (struct credssp_ioc_message){
			.size = sizeof(m), .flags = CREDSSP_MESSAGE_INSIDE, .context = w->context,
			.in = (uintptr_t)w->record, .in_length = w->len,
		};
		good = m;
		expect_faults(w, CREDSSP_IOC_DECRYPT, &good, sealing, 1);
		good.flags = 0;
		good.out_length = sizeof(w->leg.out);
		expect_faults(w, CREDSSP_IOC_DECRYPT, &good, sealing + 1, 1);
		CHECK_EQ(device_call(w->fd, CREDSSP_IOC_DECRYPT, &m), 0);
		REQUIRE_EQ(m.status, SEC_E_OK);
	} while (!m.out_length);
	CHECK_EQ(m.out_length, 5);
	CHECK_EQ(m.out, (uintptr_t)w->record + m.header_length);
	CHECK(!memcmp(w->record + m.header_length, "hello", 5));
	CHECK_EQ(m.header_length + m.out_length + m.trailer_length, w->len);
	end(w);
}

TEST_LIMIT(again, 40, "a call after success is a fresh exchange on the same handle")
{
	struct walk *w = begin(CREDSSP_MECH_NTLM);
	uint64_t context = w->context;
	int32_t status;

	finish(w, SEC_I_CONTINUE_NEEDED);
	w->sock = sock_peer();
	status = feed(w, NULL, 0);
	CHECK_EQ(status, SEC_I_CONTINUE_NEEDED);
	CHECK_EQ(w->context, context);
	finish(w, status);
	end(w);
}
