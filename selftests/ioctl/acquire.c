// SPDX-License-Identifier: GPL-2.0-only
/* Arguments of ACQUIRE that are wrong by themselves. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

/* Call ACQUIRE with one argument changed. Return the status; a failure must make no handle. */
static int32_t acquire_with(int fd, void (*change)(struct credssp_ioc_acquire *))
{
	struct credssp_ioc_acquire a = device_acquire_args();
	int32_t status;

	a.cred = 0xa5a5;
	change(&a);
	status = device_acquire(fd, &a);
	if (status != SEC_E_OK)
		CHECK_EQ(a.cred, 0);
	else
		CHECK_EQ(device_free_cred(fd, a.cred), SEC_E_OK);
	return status;
}

static char long_name[CREDSSP_MAX_PASSWORD + 2];

static void nothing(struct credssp_ioc_acquire *a)
{
	(void)a;
}

static void inbound(struct credssp_ioc_acquire *a)
{
	a->use = SECPKG_CRED_INBOUND;
}

static void no_use(struct credssp_ioc_acquire *a)
{
	a->use = 0;
}

static void bad_use(struct credssp_ioc_acquire *a)
{
	a->use = 0xff;
}

static void bad_encoding(struct credssp_ioc_acquire *a)
{
	a->encoding = 3;
}

static void no_user(struct credssp_ioc_acquire *a)
{
	a->user_length = 0;
}

static void no_identity(struct credssp_ioc_acquire *a)
{
	a->user_length = 0;
	a->password_length = 0;
}

static void odd_utf16(struct credssp_ioc_acquire *a)
{
	a->encoding = CREDSSP_IDENTITY_UTF16;
}

static void bad_mech(struct credssp_ioc_acquire *a)
{
	a->mechs = 0x80;
}

static void version_1(struct credssp_ioc_acquire *a)
{
	a->min_version = 1;
	a->max_version = 1;
}

static void version_7(struct credssp_ioc_acquire *a)
{
	a->max_version = 7;
}

static void key_and_user(struct credssp_ioc_acquire *a)
{
	a->key = 12345;
}

static void bad_utf8(struct credssp_ioc_acquire *a)
{
	a->user = (uintptr_t)"al\xc3(ce";
	a->user_length = 6;
}

static void surrogate(struct credssp_ioc_acquire *a)
{
	a->password = (uintptr_t)"\xed\xa0\x80";
	a->password_length = 3;
}

static void nul_inside(struct credssp_ioc_acquire *a)
{
	a->user = (uintptr_t)"ali\0ce";
	a->user_length = 6;
}

static void long_user(struct credssp_ioc_acquire *a)
{
	a->user = (uintptr_t)long_name;
	a->user_length = CREDSSP_MAX_NAME + 1;
}

static void long_domain(struct credssp_ioc_acquire *a)
{
	a->domain = (uintptr_t)long_name;
	a->domain_length = CREDSSP_MAX_NAME + 1;
}

static void long_password(struct credssp_ioc_acquire *a)
{
	a->password = (uintptr_t)long_name;
	a->password_length = CREDSSP_MAX_PASSWORD + 1;
}

static void endless_password(struct credssp_ioc_acquire *a)
{
	a->password_length = ~0u;
}

static void crossed_versions(struct credssp_ioc_acquire *a)
{
	a->min_version = 6;
	a->max_version = 5;
}

static void no_such_key(struct credssp_ioc_acquire *a)
{
	a->key = 0x7ffffffe;
	a->user_length = 0;
	a->password_length = 0;
}

static void negative_key(struct credssp_ioc_acquire *a)
{
	/* the numbers of special keyrings are refused, too */
	a->key = -3;
	a->user_length = 0;
	a->password_length = 0;
}

static uint8_t pins[CREDSSP_MAX_PINS + 1][CREDSSP_PIN_SIZE];

static void most_pins(struct credssp_ioc_acquire *a)
{
	a->pins = (uintptr_t)pins;
	a->pin_count = CREDSSP_MAX_PINS;
}

static void more_pins(struct credssp_ioc_acquire *a)
{
	a->pins = (uintptr_t)pins;
	a->pin_count = CREDSSP_MAX_PINS + 1;
}

static void endless_pins(struct credssp_ioc_acquire *a)
{
	a->pins = (uintptr_t)pins;
	a->pin_count = ~0u / CREDSSP_PIN_SIZE + 2;
}

static void no_strings(struct credssp_ioc_acquire *a)
{
	a->user_length = 0;
	a->password_length = 0;
}

static void kerberos(struct credssp_ioc_acquire *a)
{
	a->mechs = CREDSSP_MECH_KERBEROS;
	a->flags = CREDSSP_ACQUIRE_USER_TO_USER;
	a->realm = (uintptr_t)"EXAMPLE.COM";
	a->realm_length = 11;
}

static void default_cache(struct credssp_ioc_acquire *a)
{
	no_strings(a);
	a->ticket_source = CREDSSP_TICKETS_CCACHE;
}

static void named_keytab_of_a_user(struct credssp_ioc_acquire *a)
{
	a->password_length = 0;
	a->ticket_source = CREDSSP_TICKETS_KEYTAB;
	a->tickets = (uintptr_t)"FILE:/etc/krb5.keytab";
	a->tickets_length = 21;
}

static void certificate(struct credssp_ioc_acquire *a)
{
	a->ticket_source = CREDSSP_TICKETS_CERT;
	a->tickets = (uintptr_t)"FILE:/x.pem,/x.key";
	a->tickets_length = 18;
}

static void certificate_without_a_pin(struct credssp_ioc_acquire *a)
{
	certificate(a);
	a->password_length = 0;
}

static void certificate_without_a_name(struct credssp_ioc_acquire *a)
{
	certificate(a);
	a->tickets_length = 0;
}

static void certificate_without_a_user(struct credssp_ioc_acquire *a)
{
	no_strings(a);
	certificate(a);
}

static void certificate_for_ntlm(struct credssp_ioc_acquire *a)
{
	certificate(a);
	a->mechs = CREDSSP_MECH_NTLM;
}

static void cache_and_password(struct credssp_ioc_acquire *a)
{
	a->ticket_source = CREDSSP_TICKETS_CCACHE;
}

static void cache_and_key(struct credssp_ioc_acquire *a)
{
	no_such_key(a);
	a->ticket_source = CREDSSP_TICKETS_CCACHE;
}

static void cache_for_ntlm(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->mechs = CREDSSP_MECH_NTLM;
}

static void realm_for_ntlm(struct credssp_ioc_acquire *a)
{
	kerberos(a);
	a->flags = 0;
	a->mechs = CREDSSP_MECH_NTLM;
}

static void user_to_user_for_ntlm(struct credssp_ioc_acquire *a)
{
	a->flags = CREDSSP_ACQUIRE_USER_TO_USER;
	a->mechs = CREDSSP_MECH_NTLM;
}

static void no_such_source(struct credssp_ioc_acquire *a)
{
	no_strings(a);
	a->ticket_source = CREDSSP_TICKETS_CERT + 1;
}

static void name_without_a_source(struct credssp_ioc_acquire *a)
{
	no_strings(a);
	a->tickets = (uintptr_t)"FILE:/tmp/x";
	a->tickets_length = 11;
}

static void nul_in_the_name(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->tickets = (uintptr_t)"FILE:\0x";
	a->tickets_length = 7;
}

static void bad_name(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->tickets = (uintptr_t)"FILE:\xc3(";
	a->tickets_length = 7;
}

static void long_ticket_name(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->tickets = (uintptr_t)long_name;
	a->tickets_length = CREDSSP_MAX_NAME + 1;
}

static void long_realm(struct credssp_ioc_acquire *a)
{
	a->realm = (uintptr_t)long_name;
	a->realm_length = CREDSSP_MAX_NAME + 1;
}

/* An acceptor is no user; and it needs privilege, which is checked first. */
static void acquire_inbound(int fd)
{
	struct credssp_ioc_acquire a = device_acquire_args();

	if (!geteuid()) {
		CHECK_EQ(acquire_with(fd, inbound), SEC_E_INVALID_PARAMETER);
		return;
	}
	inbound(&a);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EPERM);
}

TEST(acquire, "ACQUIRE refuses what is wrong with a status of its own, and makes no handle")
{
	int fd = device_open();

	memset(long_name, 'x', sizeof(long_name));
	CHECK_EQ(acquire_with(fd, nothing), SEC_E_OK);
	acquire_inbound(fd);
	CHECK(acquire_with(fd, no_use) != SEC_E_OK);
	CHECK(acquire_with(fd, bad_use) != SEC_E_OK);
	CHECK_EQ(acquire_with(fd, bad_encoding), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, no_user), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(acquire_with(fd, no_identity), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, odd_utf16), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, bad_utf8), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, surrogate), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, nul_inside), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_user), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_domain), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_password), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, endless_password), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, bad_mech), SEC_E_INVALID_PARAMETER);
	CHECK(acquire_with(fd, version_1) != SEC_E_OK);
	CHECK(acquire_with(fd, version_7) != SEC_E_OK);
	CHECK(acquire_with(fd, crossed_versions) != SEC_E_OK);
	CHECK_EQ(acquire_with(fd, key_and_user), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, no_such_key), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(acquire_with(fd, negative_key), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(acquire_with(fd, most_pins), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, more_pins), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, endless_pins), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, kerberos), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, default_cache), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, named_keytab_of_a_user), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, certificate), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, certificate_without_a_pin), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, certificate_without_a_name), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, certificate_without_a_user), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, certificate_for_ntlm), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, cache_and_password), SEC_E_INVALID_PARAMETER);
	CHECK(acquire_with(fd, cache_and_key) != SEC_E_OK);
	CHECK_EQ(acquire_with(fd, cache_for_ntlm), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, realm_for_ntlm), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, user_to_user_for_ntlm), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, no_such_source), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, name_without_a_source), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, nul_in_the_name), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, bad_name), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_ticket_name), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_realm), SEC_E_INVALID_PARAMETER);
	device_expect_counts(fd, 0, 0);
}

TEST(acquire_pointers, "strings of ACQUIRE that lead off the mapping are EFAULT")
{
	struct credssp_ioc_acquire a = device_acquire_args();
	uint8_t *end = device_page_end();
	int fd = device_open();

	a.password = (uintptr_t)end - 3;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	a = device_acquire_args();
	a.user = 0;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	a = device_acquire_args();
	a.domain = ~0ull - 1;
	a.domain_length = 100;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	a = device_acquire_args();
	a.user = 0xffff888000000000ull;	/* the kernel's memory */
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	device_expect_counts(fd, 0, 0);
}

TEST(identities, "names and passwords may be as long as the limits, in both encodings")
{
	struct credssp_ioc_acquire a = device_acquire_args();
	int fd = device_open();
	size_t i;

	memset(long_name, 'x', sizeof(long_name));
	a.user = (uintptr_t)long_name;
	a.user_length = CREDSSP_MAX_NAME;
	a.domain = (uintptr_t)long_name;
	a.domain_length = CREDSSP_MAX_NAME;
	a.password = (uintptr_t)long_name;
	a.password_length = CREDSSP_MAX_PASSWORD;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_OK);
	CHECK_EQ(device_free_cred(fd, a.cred), SEC_E_OK);
	for (i = 1; i < sizeof(long_name); i += 2)
		long_name[i] = 0;
	a.encoding = CREDSSP_IDENTITY_UTF16;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_OK);
	CHECK_EQ(device_free_cred(fd, a.cred), SEC_E_OK);
}
