// SPDX-License-Identifier: GPL-2.0-only
/* Handles, strings, packages, identities and credentials of libcredssp-sspi. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sspi_test.h"

unsigned int test_checks;
unsigned int test_failures;

const struct sspi_table *tables[2];

/* What the library has told WinPR */
static uint32_t last_error;

void SetLastError(uint32_t code);
void SetLastError(uint32_t code)
{
	last_error = code;
}

#define UNITS(text)	((const void *)u##text)

struct sspi_handle cred_of(const char *name, uint32_t use)
{
	struct sspi_handle cred = { 0, 0 };
	int32_t status = tables[SSPI_A]->acquire(NULL, name, use, NULL, NULL, NULL, NULL, &cred,
						 NULL);

	CHECK(status == SEC_E_OK);
	return cred;
}

static void test_wrong_handles(void)
{
	static const struct sspi_handle wrong[] = {
		{ 0, 0 }, { UINTPTR_MAX, UINTPTR_MAX }, { 1, 0 }, { 0, 1 }, { 1, 0x43724431 },
		{ 1, 0x43785431 }, { 0x10001, 0x43724431 }, { 0xffff, 0x43724431 },
		{ 0xffffffff, 0x43785431 }, { UINTPTR_MAX, 0x43724431 },
	};
	const struct sspi_table *t = tables[SSPI_A];
	struct sspi_buffer_desc none = { 0, 0, NULL };
	struct sspi_handle h, made;
	void *out[4];
	size_t i;

	reset();
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		h = wrong[i];
		CHECK(t->free_cred(&h) == SEC_E_INVALID_HANDLE);
		CHECK(t->query_cred(&h, 1, out) == SEC_E_INVALID_HANDLE);
		CHECK(t->delete_context(&h) == SEC_E_INVALID_HANDLE);
		CHECK(t->complete(&h, NULL) == SEC_E_INVALID_HANDLE);
		CHECK(t->query(&h, 0, out) == SEC_E_INVALID_HANDLE);
		CHECK(t->impersonate(&h) == SEC_E_INVALID_HANDLE);
		CHECK(t->encrypt(&h, 0, &none, 0) == SEC_E_INVALID_HANDLE);
		CHECK(t->decrypt(&h, &none, 0, NULL) == SEC_E_INVALID_HANDLE);
		CHECK(t->sign(&h, 0, &none, 0) == SEC_E_INVALID_HANDLE);
		CHECK(t->verify(&h, &none, 0, NULL) == SEC_E_INVALID_HANDLE);
		CHECK(t->initialize(&h, NULL, NULL, 0, 0, 16, NULL, 0, &made, NULL, NULL, NULL) ==
		      SEC_E_INVALID_HANDLE);
		CHECK(t->initialize(NULL, &h, NULL, 0, 0, 16, NULL, 0, &made, NULL, NULL, NULL) ==
		      SEC_E_INVALID_HANDLE);
		CHECK(t->accept(&h, NULL, NULL, 0, 16, &made, NULL, NULL, NULL) ==
		      SEC_E_INVALID_HANDLE);
		CHECK(t->accept(NULL, &h, NULL, 0, 16, &made, NULL, NULL, NULL) ==
		      SEC_E_INVALID_HANDLE);
	}
	CHECK(t->free_cred(NULL) == SEC_E_INVALID_HANDLE);
	CHECK(t->delete_context(NULL) == SEC_E_INVALID_HANDLE);
	CHECK(!device.calls);
}

/* A handle that was freed stays invalid when its slot is used again. */
static void test_old_handle(void)
{
	struct sspi_cred cred = { .package = 1, .handles = { 0, 7 } }, got;
	struct sspi_context context = { .handle = 9 };
	struct sspi_handle first, second;
	int i;

	CHECK(sspi_cred_put(&cred, &first) == SEC_E_OK);
	CHECK(sspi_context_get(&first, &context) == SEC_E_INVALID_HANDLE);
	CHECK(sspi_cred_get(&first, &got) == SEC_E_OK && got.handles[1] == 7);
	CHECK(sspi_cred_take(&first, &got) == SEC_E_OK);
	CHECK(sspi_cred_take(&first, &got) == SEC_E_INVALID_HANDLE);
	for (i = 0; i < 100; i++) {
		CHECK(sspi_context_put(&context, &second) == SEC_E_OK);
		CHECK(sspi_cred_get(&first, &got) == SEC_E_INVALID_HANDLE);
		CHECK(sspi_context_take(&second, &context) == SEC_E_OK && context.handle == 9);
		CHECK(sspi_context_get(&second, &context) == SEC_E_INVALID_HANDLE);
	}
}

/* The table grows up to its limit, and a full one refuses until a slot is free. */
static void test_full(void)
{
	struct sspi_handle *all = calloc(SSPI_MAX_SLOTS + 1, sizeof(*all));
	struct sspi_context context = { .handle = 1 }, got;
	uint32_t n = 0, i;

	while (n <= SSPI_MAX_SLOTS && sspi_context_put(&context, &all[n]) == SEC_E_OK)
		context.handle = ++n + 1;
	CHECK(n == SSPI_MAX_SLOTS);
	CHECK(sspi_context_put(&context, &all[n]) == SEC_E_INSUFFICIENT_MEMORY);
	CHECK(sspi_context_take(&all[5], &got) == SEC_E_OK && got.handle == 6);
	CHECK(sspi_context_put(&context, &all[5]) == SEC_E_OK);
	for (i = 0; i < n; i++)
		if (sspi_context_take(&all[i], &got) != SEC_E_OK ||
		    (i != 5 && got.handle != i + 1))
			break;
	CHECK(i == n);
	free(all);
}

#define THREADS	8

static void *put_and_take(void *seed)
{
	struct sspi_context context = { .handle = (uintptr_t)seed }, got;
	struct sspi_handle handle;
	uintptr_t wrong = 0;
	int i;

	for (i = 0; i < 20000; i++) {
		if (sspi_context_put(&context, &handle) != SEC_E_OK ||
		    sspi_context_get(&handle, &got) != SEC_E_OK || got.handle != context.handle ||
		    sspi_context_take(&handle, &got) != SEC_E_OK || got.handle != context.handle)
			wrong++;
	}
	return (void *)wrong;
}

static void test_threads(void)
{
	pthread_t threads[THREADS];
	void *wrong;
	uintptr_t i;

	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, put_and_take, (void *)(i + 1));
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &wrong);
		CHECK(!wrong);
	}
}

static void test_strings(void)
{
	static const uint16_t lone[] = { 'a', 0xd800, 'b', 0 };
	uint16_t *wide = sspi_string_make(SSPI_W, "M\xc3\xbcller");
	char utf8[8];

	CHECK(wide && !memcmp(wide, u"Müller", sizeof(u"Müller")));
	CHECK(sspi_string_read(SSPI_W, wide, utf8, sizeof(utf8)) == SEC_E_OK &&
	      !strcmp(utf8, "M\xc3\xbcller"));
	free(wide);
	CHECK(!sspi_string_make(SSPI_W, "\xff"));
	CHECK(sspi_string_read(SSPI_W, lone, utf8, sizeof(utf8)) == SEC_E_INVALID_PARAMETER);
	CHECK(sspi_string_read(SSPI_A, "1234567", utf8, sizeof(utf8)) == SEC_E_OK);
	CHECK(sspi_string_read(SSPI_A, "12345678", utf8, sizeof(utf8)) == SEC_E_INVALID_PARAMETER);
	CHECK(sspi_string_read(SSPI_W, UNITS("1234567"), utf8, sizeof(utf8)) == SEC_E_OK);
	CHECK(sspi_string_read(SSPI_W, UNITS("12345678"), utf8, sizeof(utf8)) ==
	      SEC_E_INVALID_PARAMETER);
	/* Seven characters, but fourteen bytes of UTF-8 */
	CHECK(sspi_string_read(SSPI_W, UNITS("üüüüüüü"), utf8, sizeof(utf8)) ==
	      SEC_E_INVALID_PARAMETER);
	CHECK(sspi_string_read(SSPI_A, NULL, utf8, sizeof(utf8)) == SEC_E_INVALID_PARAMETER);
}

/* The device's first package is CREDSSP, which is none of the module's. */
static void test_packages(void)
{
	struct sspi_package_info *info;
	uint32_t count;

	reset();
	device.make = sizeof(device_packages);
	device.plain = 2;
	CHECK(tables[SSPI_A]->enumerate_packages(&count, &info) == SEC_E_OK && count == 1);
	CHECK(!strcmp(info->name, "Second") && !strcmp(info->comment, ""));
	tables[SSPI_A]->free_buffer(info);
	CHECK(tables[SSPI_W]->enumerate_packages(&count, &info) == SEC_E_OK && count == 1);
	CHECK(!memcmp(info->name, u"Second", sizeof(u"Second")));
	tables[SSPI_W]->free_buffer(info);
	CHECK(tables[SSPI_W]->query_package(u"sECOND", &info) == SEC_E_OK);
	CHECK(!memcmp(info->name, u"Second", sizeof(u"Second")));
	tables[SSPI_W]->free_buffer(info);
	CHECK(tables[SSPI_A]->query_package("First", &info) == SEC_E_SECPKG_NOT_FOUND && !info);
	CHECK(tables[SSPI_A]->query_package("Third", &info) == SEC_E_SECPKG_NOT_FOUND);
	CHECK(tables[SSPI_A]->query_package(NULL, &info) == SEC_E_SECPKG_NOT_FOUND);
	CHECK(tables[SSPI_A]->query_package("Second", NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(tables[SSPI_A]->enumerate_packages(NULL, &info) == SEC_E_INVALID_PARAMETER);
	sspi_device_set(NULL);
	CHECK(tables[SSPI_A]->query_package("Second", &info) == SEC_E_SECPKG_NOT_FOUND);
	CHECK(tables[SSPI_A]->enumerate_packages(&count, &info) == SEC_E_SECPKG_NOT_FOUND &&
	      !count && !info);
	sspi_device_set(&fake);
}

static int32_t read_identity(struct credssp_acquire *args, const void *auth_data)
{
	*args = (struct credssp_acquire){
		.use = SECPKG_CRED_OUTBOUND,
		.package = CREDSSP_PACKAGE_NEGOTIATE,
	};
	return sspi_identity_read(args, auth_data);
}

/* SEC_WINNT_AUTH_IDENTITY as FreeRDP 2 passes it */
static void test_plain_identity(void)
{
	struct sspi_identity wide = {
		.user = u"alice", .user_length = 5, .domain = u"DOM", .domain_length = 3,
		.password = u"secret", .password_length = 6, .flags = SSPI_IDENTITY_UNICODE,
	};
	struct sspi_identity ansi = {
		.user = "bob", .user_length = 3, .password = "x", .password_length = 1,
		.flags = SSPI_IDENTITY_ANSI,
	};
	struct credssp_acquire args;
	char *name;

	CHECK(read_identity(&args, &wide) == SEC_E_OK);
	CHECK(args.encoding == CREDSSP_IDENTITY_UTF16 && args.user == wide.user &&
	      args.user_length == 10 && args.domain_length == 6);
	/* The password's memory is the caller's own. */
	CHECK(args.password == wide.password && args.password_length == 12);
	name = sspi_identity_name(&args);
	CHECK(name && !strcmp(name, "DOM\\alice"));
	free(name);
	CHECK(read_identity(&args, &ansi) == SEC_E_OK);
	CHECK(args.encoding == CREDSSP_IDENTITY_UTF8 && args.user_length == 3 && !args.domain);
	name = sspi_identity_name(&args);
	CHECK(name && !strcmp(name, "bob"));
	free(name);
	/* WinPR's mark of a hash: the memory behind @password is shorter. */
	wide.password_length = SSPI_HASH_MARK + 32;
	CHECK(read_identity(&args, &wide) == SEC_E_UNSUPPORTED_FUNCTION && !args.password);
	wide.password_length = 6;
	wide.user_length = CREDSSP_MAX_NAME / 2 + 1;
	CHECK(read_identity(&args, &wide) == SEC_E_INVALID_PARAMETER);
	wide.user_length = UINT32_MAX;
	CHECK(read_identity(&args, &wide) == SEC_E_INVALID_PARAMETER);
	wide.flags |= SSPI_IDENTITY_MARSHALLED;
	CHECK(read_identity(&args, &wide) == SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(read_identity(&args, &(struct sspi_identity){ .flags = 2 }) == SEC_E_OK &&
	      !args.user && !args.user_length && !args.password);
	CHECK(read_identity(&args, NULL) == SEC_E_OK && !args.user);
}

static struct sspi_identity_winpr winpr_identity(const uint16_t *list, uint32_t length)
{
	return (struct sspi_identity_winpr){
		.ex = {
			.version = SSPI_IDENTITY_VERSION, .length = sizeof(struct sspi_identity_ex),
			.user = u"alice", .user_length = 5,
			.flags = SSPI_IDENTITY_UNICODE | SSPI_IDENTITY_EXTENDED,
			.package_list = list, .package_list_length = length,
		},
	};
}

/* SEC_WINNT_AUTH_IDENTITY_WINPR of FreeRDP 3: its list of packages */
static void test_package_list(void)
{
	static const struct {
		const uint16_t *list;
		uint32_t length;
		int32_t status;
		uint32_t package;
	} rows[] = {
		{ u"ntlm", 4, SEC_E_OK, CREDSSP_PACKAGE_NTLM },
		{ u"!kerberos", 9, SEC_E_OK, CREDSSP_PACKAGE_NTLM },
		{ u"!kerberos,ntlm", 14, SEC_E_OK, CREDSSP_PACKAGE_NTLM },
		{ u"!NTLM,Kerberos,u2u", 18, SEC_E_OK, CREDSSP_PACKAGE_KERBEROS },
		{ u"kerberos,ntlm", 13, SEC_E_OK, CREDSSP_PACKAGE_NEGOTIATE },
		{ u"kerberos,ntlm", 8, SEC_E_OK, CREDSSP_PACKAGE_KERBEROS },
		{ u"!u2u", 4, SEC_E_OK, CREDSSP_PACKAGE_NEGOTIATE },
		{ u",,", 2, SEC_E_OK, CREDSSP_PACKAGE_NEGOTIATE },
		{ u"!ntlm,!kerberos", 15, SEC_E_NO_CREDENTIALS, CREDSSP_PACKAGE_NEGOTIATE },
		{ NULL, 4, SEC_E_OK, CREDSSP_PACKAGE_NEGOTIATE },
		{ u"ntlm", 4000000, SEC_E_INVALID_PARAMETER, CREDSSP_PACKAGE_NEGOTIATE },
	};
	struct sspi_identity_winpr id;
	struct credssp_acquire args;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		id = winpr_identity(rows[i].list, rows[i].length);
		CHECK(read_identity(&args, &id) == rows[i].status);
		CHECK(args.package == rows[i].package);
		CHECK(args.user == id.ex.user && args.user_length == 10);
	}
}

static void test_krb5_settings(void)
{
	struct sspi_krb5_settings krb5 = { .keytab = "FILE:/k", .cache = "FILE:/c" };
	struct sspi_identity_winpr id = winpr_identity(NULL, 0);
	struct credssp_acquire args;
	char *long_name;

	id.krb5 = &krb5;
	CHECK(read_identity(&args, &id) == SEC_E_OK);
	CHECK(args.ticket_source == CREDSSP_TICKETS_CCACHE && args.tickets == krb5.cache &&
	      args.tickets_length == 7);
	id.ex.password = u"x";
	id.ex.password_length = 1;
	CHECK(read_identity(&args, &id) == SEC_E_OK && !args.ticket_source);
	krb5.pkinit_identity = "FILE:/p";
	CHECK(read_identity(&args, &id) == SEC_E_OK && args.tickets == krb5.pkinit_identity &&
	      args.ticket_source == CREDSSP_TICKETS_CERT);
	/* Without the flag, nothing follows the structure. */
	id.ex.flags = SSPI_IDENTITY_UNICODE;
	CHECK(read_identity(&args, &id) == SEC_E_OK && !args.ticket_source);
	id.ex.flags |= SSPI_IDENTITY_EXTENDED;
	/* An acceptor takes the keytab, and no user or password. */
	args = (struct credssp_acquire){ .use = SECPKG_CRED_INBOUND, .package = 1 };
	CHECK(sspi_identity_read(&args, &id) == SEC_E_OK);
	CHECK(args.ticket_source == CREDSSP_TICKETS_KEYTAB && args.tickets == krb5.keytab);
	CHECK(!args.user && !args.password);
	long_name = calloc(1, CREDSSP_MAX_NAME + 2);
	memset(long_name, 'k', CREDSSP_MAX_NAME + 1);
	krb5.keytab = long_name;
	CHECK(sspi_identity_read(&args, &id) == SEC_E_INVALID_PARAMETER);
	free(long_name);
	id.ex.version = SSPI_IDENTITY_VERSION_2;
	CHECK(read_identity(&args, &id) == SEC_E_UNSUPPORTED_FUNCTION);
}

static void test_creds(void)
{
	struct sspi_identity id = {
		.user = "bob", .user_length = 3, .password = "x", .password_length = 1,
		.flags = SSPI_IDENTITY_ANSI,
	};
	struct sspi_handle cred;
	struct sspi_names names;
	struct sspi_time expiry;

	reset();
	CHECK(tables[SSPI_W]->acquire(NULL, u"NTLM", SECPKG_CRED_OUTBOUND, NULL, &id, NULL, NULL,
				      &cred, &expiry) == SEC_E_OK);
	CHECK(device.acquired == 1 && device.seen_acquire.package == CREDSSP_PACKAGE_NTLM);
	CHECK(device.seen_acquire.use == SECPKG_CRED_OUTBOUND &&
	      device.seen_acquire.password == (uintptr_t)id.password);
	CHECK(expiry.low == UINT32_MAX && expiry.high == INT32_MAX);
	CHECK(tables[SSPI_A]->query_cred(&cred, SSPI_CRED_ATTR_NAMES, &names) == SEC_E_OK &&
	      !strcmp(names.user, "bob"));
	tables[SSPI_A]->free_buffer(names.user);
	CHECK(tables[SSPI_W]->query_cred(&cred, SSPI_CRED_ATTR_NAMES, &names) == SEC_E_OK &&
	      !memcmp(names.user, u"bob", sizeof(u"bob")));
	tables[SSPI_A]->free_buffer(names.user);
	CHECK(tables[SSPI_A]->query_cred(&cred, 2, &names) == SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(tables[SSPI_A]->query_cred(&cred, 1, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(tables[SSPI_A]->free_cred(&cred) == SEC_E_OK && device.freed == 1);
	CHECK(tables[SSPI_A]->free_cred(&cred) == SEC_E_INVALID_HANDLE && device.freed == 1);

	/* An acceptor of Negotiate has a credential for each mechanism. */
	reset();
	cred = cred_of("Negotiate", SECPKG_CRED_INBOUND);
	CHECK(device.acquired == 3 && device.seen_acquire.use == SECPKG_CRED_INBOUND);
	CHECK(tables[SSPI_A]->query_cred(&cred, 1, &names) == SEC_E_NO_CREDENTIALS);
	CHECK(tables[SSPI_A]->free_cred(&cred) == SEC_E_OK && device.freed == 3);
}

/* The last credential that an acceptor acquires is Kerberos'. NTLM's has no keytab. */
static void test_keytab(void)
{
	struct sspi_krb5_settings krb5 = { .keytab = "FILE:/k" };
	struct sspi_identity_winpr id = winpr_identity(NULL, 0);
	struct sspi_handle cred;

	reset();
	id.krb5 = &krb5;
	CHECK(tables[SSPI_A]->acquire(NULL, "Negotiate", SECPKG_CRED_INBOUND, NULL, &id, NULL,
				      NULL, &cred, NULL) == SEC_E_OK);
	CHECK(device.acquired == 3 && device.seen_acquire.tickets_length == 7 &&
	      device.seen_acquire.package == CREDSSP_PACKAGE_KERBEROS);
	CHECK(tables[SSPI_A]->free_cred(&cred) == SEC_E_OK);
	CHECK(tables[SSPI_A]->acquire(NULL, "NTLM", SECPKG_CRED_INBOUND, NULL, &id, NULL, NULL,
				      &cred, NULL) == SEC_E_OK);
	CHECK(!device.seen_acquire.tickets_length && !device.seen_acquire.ticket_source);
	CHECK(tables[SSPI_A]->free_cred(&cred) == SEC_E_OK);
}

static void test_no_creds(void)
{
	const struct sspi_table *t = tables[SSPI_A];
	struct sspi_handle cred;

	reset();
	CHECK(t->acquire(NULL, "CREDSSP", 2, NULL, NULL, NULL, NULL, &cred, NULL) ==
	      SEC_E_SECPKG_NOT_FOUND);
	CHECK(t->acquire(NULL, "", 2, NULL, NULL, NULL, NULL, &cred, NULL) ==
	      SEC_E_SECPKG_NOT_FOUND);
	CHECK(t->acquire(NULL, NULL, 2, NULL, NULL, NULL, NULL, &cred, NULL) ==
	      SEC_E_SECPKG_NOT_FOUND);
	CHECK(t->acquire("carol", "NTLM", 2, NULL, NULL, NULL, NULL, &cred, NULL) ==
	      SEC_E_UNKNOWN_CREDENTIALS);
	CHECK(t->acquire(NULL, "NTLM", 2, NULL, NULL, NULL, NULL, NULL, NULL) ==
	      SEC_E_INVALID_PARAMETER);
	CHECK(!device.calls);
	device.status = SEC_E_NO_CREDENTIALS;
	CHECK(t->acquire(NULL, "NTLM", 2, NULL, NULL, NULL, NULL, &cred, NULL) ==
	      SEC_E_NO_CREDENTIALS);
	CHECK(!device.freed);
	CHECK(t->set_cred(&cred, 3, NULL, 0) == SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(t->add_cred(&cred, NULL, "NTLM", 2, NULL, NULL, NULL, NULL) ==
	      SEC_E_UNSUPPORTED_FUNCTION);
}

static void test_sniff(void)
{
	static const unsigned char krb5[] = {
		0x60, 0x82, 0x01, 0x00, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01,
		0x02, 0x02, 0x01,
	};
	static const unsigned char spnego[] = {
		0x60, 0x28, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0, 0x1e,
	};
	unsigned char *exact;
	uint32_t n;

	CHECK(sspi_sniff("NTLMSSP\0\1\0\0\0", 12) == CREDSSP_PACKAGE_NTLM);
	CHECK(sspi_sniff("NTLMSSP", 7) == CREDSSP_PACKAGE_NEGOTIATE);
	CHECK(sspi_sniff("NTLMSSPX", 8) == CREDSSP_PACKAGE_NEGOTIATE);
	CHECK(sspi_sniff(krb5, sizeof(krb5)) == CREDSSP_PACKAGE_KERBEROS);
	CHECK(sspi_sniff(spnego, sizeof(spnego)) == CREDSSP_PACKAGE_NEGOTIATE);
	CHECK(sspi_sniff(NULL, 0) == CREDSSP_PACKAGE_NEGOTIATE);
	/* In memory of just its size, so that a read behind it is found */
	for (n = 0; n < sizeof(krb5) - 1; n++) {
		exact = malloc(n ? n : 1);
		memcpy(exact, krb5, n);
		CHECK(sspi_sniff(exact, n) == CREDSSP_PACKAGE_NEGOTIATE);
		free(exact);
	}
	CHECK(sspi_sniff("\x60\xff\x06\x09", 4) == CREDSSP_PACKAGE_NEGOTIATE);
	CHECK(sspi_sniff("\x60\x80\x06\x09", 4) == CREDSSP_PACKAGE_NEGOTIATE);
}

static void test_last_error(void)
{
	static const uint32_t rows[][2] = {
		{ 0, 1326 }, { 0xc000006d, 1326 }, { 0xc0000071, 1330 }, { 0xc0000224, 1907 },
		{ 0xc0000072, 1331 }, { 0xc0000234, 1909 }, { 0xc0000001, 1326 }, { 5, 1326 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		last_error = 0;
		sspi_set_last_error(rows[i][0]);
		CHECK(last_error == rows[i][1]);
	}
}

int main(void)
{
	tables[SSPI_A] = InitSecurityInterfaceA();
	tables[SSPI_W] = InitSecurityInterfaceW();
	sspi_device_set(&fake);
	CHECK(tables[SSPI_A] == InitSecurityInterfaceExA(0));
	CHECK(tables[SSPI_W] == InitSecurityInterfaceExW(0));
	test_wrong_handles();
	test_old_handle();
	test_full();
	test_threads();
	test_strings();
	test_packages();
	test_plain_identity();
	test_package_list();
	test_krb5_settings();
	test_creds();
	test_keytab();
	test_no_creds();
	test_sniff();
	test_last_error();
	test_exchanges();
	return test_result("libcredssp-sspi");
}
