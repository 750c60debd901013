// SPDX-License-Identifier: GPL-2.0-only
/* Whose account is it, and is the proof right? */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "books.h"
#include "tests/test.h"
#include "tests/test_logon.h"

static char path[64];

static struct books books;
static struct logon_verdict verdict;
static char name[LOGON_ACCOUNT_MAX + 1];

static void add(FILE *f, const char *user, const char *domain, const char *password,
		const char *flags)
{
	uint8_t hash[ACCOUNT_HASH];

	ENSURE(!account_hash_password(hash, password, strlen(password)));
	fprintf(f, "%s:%s:", user, domain);
	for (size_t i = 0; i < sizeof(hash); i++)
		fprintf(f, "%02X", hash[i]);
	fprintf(f, ":%s\n", flags);
}

static void open_books(void (*fill)(FILE *f))
{
	FILE *f = fopen(path, "w");

	ENSURE(f && !chmod(path, 0600));
	fill(f);
	ENSURE(!fclose(f));
	ENSURE(!books_open(&books, path, "server-with-a-long-name.example.com"));
}

static void check(const struct test_logon *t)
{
	uint8_t payload[LOGON_PAYLOAD_MAX];
	const size_t length = test_logon_make(payload, t);
	struct logon_request r;

	ENSURE(!logon_request_read(&r, payload, length));
	memset(name, 0, sizeof(name));
	books_check(&books, &r, &verdict, name);
}

/* The account's name if the password is right, else NULL */
static const char *logon(const char *user, const char *domain, const char *password)
{
	const struct test_logon t = { .user = user, .domain = domain, .password = password };

	check(&t);
	if (verdict.reply.state == CREDSSP_HLP_NTLM_DONE)
		return name;
	ENSURE(verdict.reply.state == CREDSSP_HLP_NTLM_FAILED && !verdict.reply.name_length &&
	       verdict.reply.failure == CREDSSP_HLP_NTLM_FAIL_LOGON);
	return NULL;
}

static int is(const char *got, const char *expected)
{
	return got && !strcmp(got, expected);
}

static int refused_with(const char *got, uint32_t status)
{
	return !got && verdict.reply.ntstatus == status;
}

static void fill_names(FILE *f)
{
	fputs("# accounts\n\n", f);
	add(f, "alice", "", "Passw0rd!", "");
	add(f, "bob", "EXAMPLE", "bobs", "");
	add(f, "both", "", "local", "");
	add(f, "both", "EXAMPLE", "example", "");
	add(f, "two", "A", "a", "");
	add(f, "two", "B", "b", "");
	add(f, "Jürgen", "", "grün", "");
	add(f, "of", "SERVER-WITH-A-LONG-NAME", "machine", "");
}

static void test_domains(void)
{
	static const char *const local[] = {
		"", ".", "SERVER-WITH-A-LONG-NAME", "server-with-a-long-name.Example.com",
		"SERVER-WITH-A-L",
	};

	open_books(fill_names);
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		ENSURE(is(logon("ALICE", local[i], "Passw0rd!"), "alice"));
		ENSURE(refused_with(logon("alice", local[i], "wrong"), STATUS_LOGON_FAILURE));
		ENSURE(is(logon("both", local[i], "local"), "both"));
		ENSURE(!logon("both", local[i], "example") && !verdict.elsewhere);
		ENSURE(!logon("nobody", local[i], "Passw0rd!") && !verdict.elsewhere);
	}
	ENSURE(is(logon("bob", "", "bobs"), "EXAMPLE\\bob"));
	ENSURE(is(logon("bob", "example", "bobs"), "EXAMPLE\\bob"));
	ENSURE(is(logon("bob@Example", "", "bobs"), "EXAMPLE\\bob"));
	ENSURE(is(logon("alice@server-with-a-long-name.example.com", "", "Passw0rd!"), "alice"));
	ENSURE(is(logon("both", "EXAMPLE", "example"), "EXAMPLE\\both"));
	/* One of two, but which? */
	ENSURE(!logon("two", "", "a") && !verdict.elsewhere && !logon("two", "", "b"));
	ENSURE(is(logon("two", "b", "b"), "B\\two"));
	ENSURE(is(logon("of", "", "machine"), "SERVER-WITH-A-LONG-NAME\\of"));
	/* Another domain's, perhaps */
	ENSURE(!logon("alice", "OTHER", "Passw0rd!") && verdict.elsewhere);
	ENSURE(!logon("alice@other.example", "", "Passw0rd!") && verdict.elsewhere);
	ENSURE(!logon("bob", "EXAMPLE", "wrong") && !verdict.elsewhere);
	ENSURE(!logon("nobody", "EXAMPLE", "x") && verdict.elsewhere);
	/* A domain beside user@domain is the domain. */
	ENSURE(!logon("bob@EXAMPLE", "EXAMPLE", "bobs"));
	ENSURE(is(logon("jÜRGEN", "", "grün"), "Jürgen"));
	ENSURE(!logon("jurgen", "", "grün") && !logon("", "", "Passw0rd!") &&
	       !logon("@", "", "Passw0rd!") && !logon("alice@", "", "Passw0rd!") &&
	       !logon("@alice", "", "Passw0rd!"));
	books_close(&books);
}

static void fill_states(FILE *f)
{
	add(f, "off", "", "right", "disabled");
	add(f, "blank", "", "", "");
	add(f, "twice", "", "right", "");
	add(f, "Twice", "", "other", "disabled");
	add(f, "twice", "X", "x", "");
	add(f, "odd", "", "right", "enabled");
	fputs("short::00112233:\nno hash::zz112233445566778899aabbccddeeff:\n", f);
	fputs("nothing\nalice:::\n::31d6cfe0d16ae931b73c59d7e0c089c0:\n", f);
	add(f, "good", "", "right", "");
}

static void test_states(void)
{
	open_books(fill_states);
	ENSURE(books.usable);
	ENSURE(refused_with(logon("off", "", "right"), STATUS_ACCOUNT_DISABLED));
	ENSURE(refused_with(logon("off", "", "wrong"), STATUS_LOGON_FAILURE));
	ENSURE(refused_with(logon("blank", "", ""), STATUS_ACCOUNT_RESTRICTION));
	ENSURE(refused_with(logon("blank", "", "x"), STATUS_LOGON_FAILURE));
	ENSURE(refused_with(logon("twice", "", "right"), STATUS_LOGON_FAILURE));
	ENSURE(refused_with(logon("twice", "", "other"), STATUS_LOGON_FAILURE));
	ENSURE(is(logon("twice", "X", "x"), "X\\twice"));
	ENSURE(refused_with(logon("odd", "", "right"), STATUS_LOGON_FAILURE));
	ENSURE(is(logon("good", "", "right"), "good"));
	books_close(&books);
}

/* The key of a right proof, and nothing else */
static void test_keys(void)
{
	const struct test_logon right = { .user = "good", .password = "right" };
	const struct test_logon wrong = { .user = "good", .password = "wrong" };
	static const uint8_t none[NTLM_SESSION_KEY];
	uint8_t payload[LOGON_PAYLOAD_MAX], key[NTLM_SESSION_KEY];
	size_t length;

	open_books(fill_states);
	check(&right);
	length = test_logon_make(payload, &right);
	test_logon_key(payload, length, "right", key);
	ENSURE(!memcmp(verdict.reply.session_base_key, key, sizeof(key)));
	check(&wrong);
	ENSURE(!memcmp(verdict.reply.session_base_key, none, sizeof(none)));
	books_close(&books);
}

static void fill_vectors(FILE *f)
{
	add(f, "User", "Domain", "Password", "");
	add(f, "vagrant-domain", "DOMAIN.LOCAL", "VagrantPass1", "");
}

/* A bit that may change: of time limit, address and workstation, and the case of the user */
static int may_change(const struct logon_request *r, const uint8_t *payload, size_t at)
{
	const uint8_t *p = payload + at;

	if (at < offsetof(struct credssp_hlp_ntlm_logon, server_challenge))
		return 1;
	return (p >= r->response.user && p < r->response.domain) ||
	       (p >= r->workstation && p < r->response.nt);
}

/* Each bit of challenge, domain and response counts. */
static void flip_all(uint8_t *payload, size_t length)
{
	struct logon_request r;

	for (size_t bit = 0; bit < 8 * length; bit++) {
		payload[bit / 8] ^= 1 << bit % 8;
		if (!logon_request_read(&r, payload, length)) {
			books_check(&books, &r, &verdict, name);
			ENSURE(verdict.reply.state == CREDSSP_HLP_NTLM_FAILED ||
			       may_change(&r, payload, bit / 8));
		}
		payload[bit / 8] ^= 1 << bit % 8;
	}
}

static void test_vectors_of_others(void)
{
	uint8_t payload[LOGON_PAYLOAD_MAX];
	size_t length;

	open_books(fill_vectors);
	for (size_t i = 0; i < TEST_VECTORS; i++) {
		const struct test_vector *v = &test_vectors[i];

		check(&v->logon);
		ENSURE(verdict.reply.state == CREDSSP_HLP_NTLM_DONE);
		ENSURE(is(name, i ? "DOMAIN.LOCAL\\vagrant-domain" : "Domain\\User"));
		ENSURE(test_vector_has_key(v, verdict.reply.session_base_key));
		length = test_logon_make(payload, &v->logon);
		flip_all(payload, length);
	}
	books_close(&books);
}

/* Responses that are none of NTLMv2 */
static void test_responses(void)
{
	static const char *const responses[] = {
		"", "00", "67c43011f30298a2ad35ece64f16331c44bdbed927841f94",
		"31d6cfe0d16ae931b73c59d7e0c089c0010100000000000000000000000000000000000000000000000000",
	};

	open_books(fill_states);
	for (size_t i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
		const struct test_logon t = { .user = "good", .response = responses[i] };

		check(&t);
		ENSURE(verdict.reply.state == CREDSSP_HLP_NTLM_FAILED && !verdict.elsewhere);
	}
	books_close(&books);
}

static int usable(const char *file)
{
	int ret;

	ENSURE(!books_open(&books, file, "server"));
	ret = books.usable;
	/* There is always an answer. */
	ENSURE(!logon("good", "", "right") || ret);
	books_close(&books);
	return ret;
}

static void test_file(void)
{
	static const mode_t modes[] = { 0400, 0640, 0604, 0620, 0602, 0700, 0644, 0666, 04600, 0 };
	char other[sizeof(path) + 8];
	FILE *f;

	open_books(fill_states);
	books_close(&books);
	ENSURE(usable(path));
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		ENSURE(!chmod(path, modes[i]) && !usable(path));
	ENSURE(!chmod(path, 0600) && usable(path));
	snprintf(other, sizeof(other), "%s.other", path);
	ENSURE(!symlink(path, other) && !usable(other) && !unlink(other));
	ENSURE(!mkdir(other, 0600) && !usable(other) && !rmdir(other));
	ENSURE(!mkfifo(other, 0600) && !usable(other) && !unlink(other));
	ENSURE(!usable("/dev/null") && !usable(other) && !usable(NULL));
	if (!geteuid()) {
		ENSURE(!chown(path, 1, 1) && !usable(path));
		ENSURE(!chown(path, 0, 0) && usable(path));
	}
	ENSURE(!truncate(path, ACCOUNT_FILE_MAX + 1) && !usable(path));
	ENSURE(!truncate(path, 0) && usable(path));
	/* More than there may be: the first ones count. */
	f = fopen(path, "w");
	ENSURE(f);
	for (int i = 0; i < ACCOUNTS_MAX; i++)
		fprintf(f, "u%d::00112233445566778899aabbccddeeff:\n", i);
	add(f, "good", "", "right", "");
	ENSURE(!fclose(f));
	ENSURE(!books_open(&books, path, "server") && books.usable);
	ENSURE(books.list.count == ACCOUNTS_MAX && !logon("good", "", "right"));
	books_close(&books);
}

int main(void)
{
	int fd;

	strcpy(path, "/tmp/books_test.XXXXXX");
	fd = mkstemp(path);
	ENSURE(fd >= 0 && !close(fd));
	test_domains();
	puts("ok books: the account of each form of a name");
	test_states();
	test_keys();
	puts("ok books: disabled, blank and doubled accounts, and lines that are wrong");
	test_vectors_of_others();
	test_responses();
	puts("ok books: proofs of MS-NLMP 4.2.4 and of Windows");
	test_file();
	puts("ok books: the file's owner, mode, kind and length");
	ENSURE(!unlink(path));
	return 0;
}
