// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the inner packages: a TOKEN and a DATA, which are one buffer for the device. */
#include <errno.h>
#include <string.h>

#include "fake_device.h"
#include "test.h"
#include "words_test.h"

#define SIGNATURE	16
#define ROOM		20
#define TEXT		"seal me"
#define SEALED		"rd`m!ld"	/* each byte ^ 1 */
#define LENGTH		7

/**
 * struct letter - one message
 * @token, @data: the memory of its buffers
 * @b: DATA, EMPTY, TOKEN, and one more that is not used
 * @desc: of the first three
 */
struct letter {
	char token[CREDSSP_MAX_SIGNATURE + 1];
	char data[LENGTH + 1];
	struct credssp_buffer b[4];
	struct credssp_buffer_desc desc;
};

/* The buffers that the tests check */
#define DATA(l)		((l)->b[0])
#define TOKEN(l)	((l)->b[2])

static void write_letter(struct letter *l, const char *text, char token, uint32_t length)
{
	reset();
	device.signature = SIGNATURE;
	memset(l, 0, sizeof(*l));
	memset(l->token, token, sizeof(l->token));
	memcpy(l->data, text, LENGTH);
	DATA(l) = (struct credssp_buffer){ SECBUFFER_DATA, LENGTH, l->data };
	TOKEN(l) = (struct credssp_buffer){ SECBUFFER_TOKEN, length, l->token };
	l->desc = (struct credssp_buffer_desc){ SECBUFFER_VERSION, 3, l->b };
}

static int is_all(const char *p, char c, size_t n)
{
	while (n && *p == c) {
		p++;
		n--;
	}
	return !n;
}

/* True if neither the data nor the token was written to. */
static int is_untouched(const struct letter *l, const char *text, char token)
{
	return DATA(l).length == LENGTH && !memcmp(l->data, text, LENGTH + 1) &&
	       is_all(l->token, token, sizeof(l->token));
}

/* The four calls; arguments that a test does not set are right */
static int32_t do_encrypt(struct credssp *lib, uint64_t context,
			  struct credssp_buffer_desc *d, uint32_t sequence)
{
	return credssp_encrypt_message(lib, context, 0, d, sequence);
}

static int32_t do_decrypt(struct credssp *lib, uint64_t context,
			  struct credssp_buffer_desc *d, uint32_t sequence)
{
	uint32_t qop = 1;
	int32_t status = credssp_decrypt_message(lib, context, d, sequence, &qop);

	CHECK(!qop);
	return status;
}

static int32_t do_sign(struct credssp *lib, uint64_t context,
		       struct credssp_buffer_desc *d, uint32_t sequence)
{
	return credssp_make_signature(lib, context, 0, d, sequence);
}

static int32_t do_verify(struct credssp *lib, uint64_t context,
			 struct credssp_buffer_desc *d, uint32_t sequence)
{
	uint32_t qop = 1;
	int32_t status = credssp_verify_signature(lib, context, d, sequence, &qop);

	CHECK(!qop);
	return status;
}

static const struct verb {
	int32_t (*call)(struct credssp *lib, uint64_t context,
			struct credssp_buffer_desc *d, uint32_t sequence);
	const char *text;
	char token;
	uint32_t length;	/* of the token */
	int writes_token;
	int writes_data;
} verbs[] = {
	{ do_encrypt, TEXT, 'x', ROOM, 1, 1 },
	{ do_decrypt, SEALED, 'S', SIGNATURE, 0, 1 },
	{ do_sign, TEXT, 'x', ROOM, 1, 0 },
	{ do_verify, TEXT, 'S', SIGNATURE, 0, 0 },
};

static void start(struct letter *l, const struct verb *v)
{
	write_letter(l, v->text, v->token, v->length);
}

/* Expect that the call fails with @want and writes nothing. */
#define REFUSED(l, v, lib, context, sequence, want)				\
	do {									\
		CHECK((v)->call(lib, context, &(l)->desc, sequence) == (want));	\
		CHECK(is_untouched(l, (v)->text, (v)->token));			\
		CHECK(TOKEN(l).length == (v)->length);				\
	} while (0)

static void test_good(void)
{
	struct letter l;

	start(&l, &verbs[0]);
	CHECK(do_encrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(TOKEN(&l).length == SIGNATURE && is_all(l.token, 'S', SIGNATURE));
	CHECK(l.token[SIGNATURE] == 'x');
	CHECK(DATA(&l).length == LENGTH && !strcmp(l.data, SEALED));
	CHECK(do_decrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(TOKEN(&l).length == SIGNATURE && is_all(l.token, 'S', SIGNATURE));
	CHECK(DATA(&l).length == LENGTH && !strcmp(l.data, TEXT));

	start(&l, &verbs[2]);
	CHECK(do_sign(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(TOKEN(&l).length == SIGNATURE && is_all(l.token, 'S', SIGNATURE));
	CHECK(l.token[SIGNATURE] == 'x' && !strcmp(l.data, TEXT));
	CHECK(do_verify(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(is_all(l.token, 'S', SIGNATURE) && !strcmp(l.data, TEXT));
	CHECK(TOKEN(&l).length == SIGNATURE && device.calls == 2);
	CHECK(credssp_verify_signature(&fake, DEVICE_CONTEXT, &l.desc, 0, NULL) == SEC_E_OK);
}

/*
 * Signatures of all lengths: NTLM's, and what Kerberos' encryption types 17 to 20 sign
 * and seal with (RFC 4121 4.2.6)
 */
static void test_lengths(void)
{
	static const uint32_t lengths[] = { 16, 28, 32, 40, 60, 64, 72, CREDSSP_MAX_SIGNATURE };
	struct letter l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		write_letter(&l, TEXT, 'x', CREDSSP_MAX_SIGNATURE);
		device.signature = lengths[i];
		CHECK(do_encrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
		CHECK(TOKEN(&l).length == lengths[i] && is_all(l.token, 'S', lengths[i]));
		CHECK(l.token[lengths[i]] == 'x' && !strcmp(l.data, SEALED));
		CHECK(do_decrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
		CHECK(DATA(&l).length == LENGTH && !strcmp(l.data, TEXT));
		TOKEN(&l).length = CREDSSP_MAX_SIGNATURE;
		CHECK(do_sign(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
		CHECK(TOKEN(&l).length == lengths[i]);
		CHECK(do_verify(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	}
}

/* An empty message has a signature, sealed or not. */
static void test_empty(void)
{
	struct letter l;

	start(&l, &verbs[0]);
	DATA(&l).length = 0;
	CHECK(do_encrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(TOKEN(&l).length == SIGNATURE && !DATA(&l).length && !strcmp(l.data, TEXT));
	CHECK(do_decrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(!DATA(&l).length && !strcmp(l.data, TEXT));
	start(&l, &verbs[2]);
	DATA(&l).length = 0;
	CHECK(verbs[2].call(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(TOKEN(&l).length == SIGNATURE);
}

/* The call tells the room needed, and the next call with it succeeds. */
static void test_small(void)
{
	static const struct verb *const makers[] = { &verbs[0], &verbs[2] };
	struct letter l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(makers); i++) {
		start(&l, makers[i]);
		TOKEN(&l).length = SIGNATURE - 1;
		CHECK(makers[i]->call(&fake, DEVICE_CONTEXT, &l.desc, 0) ==
		      SEC_E_BUFFER_TOO_SMALL);
		CHECK(TOKEN(&l).length == SIGNATURE && is_untouched(&l, TEXT, 'x'));
		CHECK(makers[i]->call(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	}
	start(&l, &verbs[0]);
	TOKEN(&l).length = 0;
	CHECK(do_encrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(TOKEN(&l).length == SIGNATURE && is_untouched(&l, TEXT, 'x'));
}

static void test_forged(void)
{
	struct letter l;

	start(&l, &verbs[1]);
	l.token[3] = 'F';
	CHECK(do_decrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_MESSAGE_ALTERED);
	CHECK(DATA(&l).length == LENGTH && !strcmp(l.data, SEALED));
	start(&l, &verbs[3]);
	l.token[3] = 'F';
	CHECK(do_verify(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_MESSAGE_ALTERED);
	start(&l, &verbs[3]);
	TOKEN(&l).length = SIGNATURE - 1;
	CHECK(do_verify(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_MESSAGE_ALTERED);
	CHECK(TOKEN(&l).length == SIGNATURE - 1);
}

/* The caller gets the module's status. */
static void test_statuses(const struct verb *v)
{
	static const int32_t statuses[] = {
		SEC_E_UNSUPPORTED_FUNCTION, SEC_E_MESSAGE_ALTERED, SEC_E_OUT_OF_SEQUENCE,
		SEC_I_CONTEXT_EXPIRED,
	};
	struct letter l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		start(&l, v);
		device.status = statuses[i];
		REFUSED(&l, v, &fake, DEVICE_CONTEXT, 0, statuses[i]);
		CHECK(device.calls == 1);
	}
	start(&l, v);
	REFUSED(&l, v, &fake, DEVICE_CONTEXT + 1, 0, SEC_E_INVALID_HANDLE);
	REFUSED(&l, v, NULL, DEVICE_CONTEXT, 0, SEC_E_INVALID_HANDLE);
	device.error = ENOMEM;
	REFUSED(&l, v, &fake, DEVICE_CONTEXT, 0, SEC_E_INSUFFICIENT_MEMORY);
	device.error = EFAULT;
	REFUSED(&l, v, &fake, DEVICE_CONTEXT, 0, SEC_E_INVALID_PARAMETER);
}

/**
 * struct wrong - buffers that are not one TOKEN and one DATA
 * @what: description
 * @count, @types: of the buffers
 * @data_length: of each DATA
 * @null: the type whose address is NULL, besides EMPTY
 */
static const struct wrong {
	const char *what;
	uint32_t count;
	uint32_t types[4];
	uint32_t data_length;
	uint32_t null;
} wrong[] = {
	{ "no token", 1, { SECBUFFER_DATA }, LENGTH, 0 },
	{ "no data", 1, { SECBUFFER_TOKEN }, LENGTH, 0 },
	{ "a second token", 3, { SECBUFFER_TOKEN, SECBUFFER_DATA, SECBUFFER_TOKEN }, LENGTH, 0 },
	{ "a second data", 4,
	  { SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_TOKEN, SECBUFFER_DATA }, LENGTH, 0 },
	{ "one too many", 3, { SECBUFFER_DATA, SECBUFFER_TOKEN, SECBUFFER_EXTRA }, LENGTH, 0 },
	{ "a NULL token", 2, { SECBUFFER_DATA, SECBUFFER_TOKEN }, LENGTH, SECBUFFER_TOKEN },
	{ "NULL data", 2, { SECBUFFER_DATA, SECBUFFER_TOKEN }, LENGTH, SECBUFFER_DATA },
	{ "too much data", 2, { SECBUFFER_DATA, SECBUFFER_TOKEN }, CREDSSP_MAX_SIGNED + 1, 0 },
};

static void write_wrong(struct letter *l, const struct verb *v, const struct wrong *w)
{
	uint32_t i;

	start(l, v);
	l->desc.count = w->count;
	for (i = 0; i < w->count; i++) {
		struct credssp_buffer *b = &l->b[i];

		*b = (struct credssp_buffer){ w->types[i], v->length, l->token };
		if (b->type == SECBUFFER_DATA) {
			b->length = w->data_length;
			b->data = l->data;
		}
		if (b->type == w->null)
			b->data = NULL;
	}
}

static void test_buffers(const struct verb *v)
{
	struct letter l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		write_wrong(&l, v, &wrong[i]);
		if (v->call(&fake, DEVICE_CONTEXT, &l.desc, 0) != SEC_E_INVALID_PARAMETER) {
			test_failures++;
			printf("not ok - inner: %s\n", wrong[i].what);
		}
		CHECK(!memcmp(l.data, v->text, LENGTH) &&
		      is_all(l.token, v->token, sizeof(l.token)));
		CHECK(!device.calls);
	}
}

static void test_arguments(const struct verb *v)
{
	struct letter l;

	start(&l, v);
	REFUSED(&l, v, &fake, DEVICE_CONTEXT, 1, SEC_E_INVALID_PARAMETER);
	CHECK(v->call(&fake, DEVICE_CONTEXT, NULL, 0) == SEC_E_INVALID_PARAMETER);
	l.desc.version = SECBUFFER_VERSION + 1;
	REFUSED(&l, v, &fake, DEVICE_CONTEXT, 0, SEC_E_INVALID_PARAMETER);
	l.desc.version = SECBUFFER_VERSION;
	l.desc.count = 0;
	REFUSED(&l, v, &fake, DEVICE_CONTEXT, 0, SEC_E_INVALID_PARAMETER);
	CHECK(!device.calls);
}

/* A buffer that the call writes to must not be READONLY; another buffer may be. */
static void test_readonly(const struct verb *v)
{
	struct letter l;

	start(&l, v);
	DATA(&l).type |= SECBUFFER_READONLY;
	CHECK(v->call(&fake, DEVICE_CONTEXT, &l.desc, 0) ==
	      (v->writes_data ? SEC_E_INVALID_PARAMETER : SEC_E_OK));
	CHECK(!memcmp(l.data, v->text, LENGTH) &&
	      device.calls == (v->writes_data ? 0 : 1));
	start(&l, v);
	TOKEN(&l).type |= SECBUFFER_READONLY;
	CHECK(v->call(&fake, DEVICE_CONTEXT, &l.desc, 0) ==
	      (v->writes_token ? SEC_E_INVALID_PARAMETER : SEC_E_OK));
	CHECK(is_all(l.token, v->token, sizeof(l.token)) &&
	      device.calls == (v->writes_token ? 0 : 1));
}

static void test_own_arguments(void)
{
	struct letter l;

	start(&l, &verbs[0]);
	CHECK(credssp_encrypt_message(&fake, DEVICE_CONTEXT, 1, &l.desc, 0) ==
	      SEC_E_INVALID_PARAMETER);
	CHECK(credssp_make_signature(&fake, DEVICE_CONTEXT, 1, &l.desc, 0) ==
	      SEC_E_INVALID_PARAMETER);
	/* longer than any signature */
	TOKEN(&l).length = CREDSSP_MAX_SIGNATURE + 1;
	CHECK(do_decrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_INVALID_PARAMETER);
	CHECK(!device.calls && is_untouched(&l, TEXT, 'x'));
	/* but the room may be longer */
	CHECK(do_encrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_OK);
	CHECK(TOKEN(&l).length == SIGNATURE);
}

/* A contradictory answer of the device is an error. */
static void test_lies(void)
{
	struct letter l;

	start(&l, &verbs[0]);
	device.lie = ROOM - SIGNATURE + 1;	/* more than there was room for */
	REFUSED(&l, &verbs[0], &fake, DEVICE_CONTEXT, 0, SEC_E_INTERNAL_ERROR);
	device.lie = -SIGNATURE - 1;		/* less than the data */
	REFUSED(&l, &verbs[0], &fake, DEVICE_CONTEXT, 0, SEC_E_INTERNAL_ERROR);
	TOKEN(&l).length = 0;
	CHECK(do_encrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_INTERNAL_ERROR);
	CHECK(!TOKEN(&l).length && is_untouched(&l, TEXT, 'x'));
	start(&l, &verbs[1]);
	device.lie = 1;
	CHECK(do_decrypt(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_INTERNAL_ERROR);
	CHECK(DATA(&l).length == LENGTH);
	start(&l, &verbs[2]);
	device.lie = ROOM - SIGNATURE + 1;
	CHECK(do_sign(&fake, DEVICE_CONTEXT, &l.desc, 0) == SEC_E_INTERNAL_ERROR);
	CHECK(TOKEN(&l).length == ROOM);
}

void test_inner(void)
{
	size_t i;

	test_good();
	test_lengths();
	test_empty();
	test_small();
	test_forged();
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		test_statuses(&verbs[i]);
		test_buffers(&verbs[i]);
		test_arguments(&verbs[i]);
		test_readonly(&verbs[i]);
	}
	test_own_arguments();
	test_lies();
}
