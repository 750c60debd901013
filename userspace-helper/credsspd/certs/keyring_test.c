// SPDX-License-Identifier: GPL-2.0-only
/* A user's files with keys: what is used, and the lines for which one is not. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "base/packets.h"
#include "keeper/keeper_impl.h"
#include "key_file.h"
#include "keyring.h"
#include "tests/test.h"

#define UID		1000
#define ROOM		65536
#define PIECES		5

/* Pieces that are made when the program runs; and zero bytes, which no string has */
static char cert[ROOM], key[ROOM], long_uri[KEY_FILE_URI_MAX + 16];
static const char zero[] = "Z";

static const char curve[] =
	"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

/* How a file is judged, if not by the line that is wrong in it */
enum { USED = -1, LEFT_OUT = -2 };

static const struct row {
	const char *name;
	const char *piece[PIECES];
	/* USED, LEFT_OUT for a reason of GnuTLS's, or the piece whose first line is wrong */
	int outcome;
} rows[] = {
	{ "certificate and key", { cert, key }, USED },
	{ "key and certificate", { key, cert }, USED },
	{ "blank lines and comments",
	  { "# ours\n\n", cert, " \t\n  # pkcs11:token=old\n", key, "\n\n#" }, USED },
	{ "the curve before the key", { cert, curve, key }, USED },
	{ "a key on a token that is not there", { "# card\npkcs11:token=none\n" }, LEFT_OUT },
	{ "... with a certificate", { cert, "pkcs11:token=none" }, LEFT_OUT },
	{ "a certificate alone", { cert }, LEFT_OUT },
	{ "a key alone", { key }, LEFT_OUT },
	{ "two keys on tokens", { "pkcs11:token=none\n", "\n", "pkcs11:token=other\n" }, 2 },
	{ "the same one twice", { "pkcs11:token=none\n", "pkcs11:token=none\n" }, 1 },
	{ "a key on a token, and a private key", { "pkcs11:token=none\n", cert, key }, 2 },
	{ "a private key, and one on a token", { cert, key, "pkcs11:token=none\n" }, 2 },
	{ "two private keys", { cert, key, key }, 2 },
	{ "a line that is neither", { cert, key, "pin-value=1234\n" }, 2 },
	{ "a line that is neither, at first", { "Password\n", cert, key }, 0 },
	{ "OpenSSL's descriptions",
	  { "Bag Attributes\n    localKeyID: 01\n    friendlyName: alice\n"
	    "subject=CN = alice\n\nissuer=CN = ca\n", cert,
	    "Bag Attributes\n    friendlyName: alice\nKey Attributes: <No Attributes>\n", key },
	  USED },
	{ "an indented line that describes nothing", { "# ours\n", "  pkcs11:token=x\n", key }, 1 },
	{ "a line that is neither, without its end", { cert, key, "x" }, 2 },
	{ "a URI behind something else", { cert, "uri=pkcs11:token=none\n" }, 1 },
	{ "a URI that is too long", { cert, long_uri }, 1 },
	{ "PEM of another kind",
	  { cert, key, "-----BEGIN DH PARAMETERS-----\nAA==\n-----END DH PARAMETERS-----\n" }, 2 },
	{ "PEM without an end", { cert, key, "-----BEGIN CERTIFICATE-----\nAA==\n" }, 2 },
	{ "PEM with another's end",
	  { "-----BEGIN CERTIFICATE-----\n", "-----END PRIVATE KEY-----\n", key }, 1 },
	{ "PEM in PEM", { "-----BEGIN CERTIFICATE-----\n", cert, key }, 1 },
	{ "PEM in a comment", { "# -----BEGIN CERTIFICATE-----\n", cert, key }, 0 },
	{ "the end of PEM in a comment", { cert, "#-----END CERTIFICATE-----\n", key }, 1 },
	{ "PEM in a description",
	  { "Bag Attributes\n", "    friendlyName: -----BEGIN PRIVATE KEY-----\n", cert, key }, 1 },
	{ "PEM in a URI", { cert, "pkcs11:token=-----BEGIN PRIVATE KEY-----\n" }, 1 },
	{ "PEM in the label of PEM",
	  { cert, "-----BEGIN X-----BEGIN PRIVATE KEY-----\n", key }, 1 },
	{ "the end of PEM inside a line of it",
	  { "-----BEGIN CERTIFICATE-----\n", "AA==-----END CERTIFICATE-----\n", key }, 1 },
	{ "dashes inside a line of PEM",
	  { "-----BEGIN CERTIFICATE-----\n", "AA==-----\n", key }, 1 },
	{ "dashes in a comment", { "# ----- ours -----\n", cert, key }, USED },
	{ "no text", { cert, key, zero }, 2 },
};

static void make_pair(void)
{
	const time_t now = time(NULL);
	size_t length = sizeof(key);
	gnutls_x509_privkey_t k;
	gnutls_x509_crt_t c;

	ENSURE(!gnutls_x509_privkey_init(&k) && !gnutls_x509_crt_init(&c));
	ENSURE(!gnutls_x509_privkey_generate(k, GNUTLS_PK_ECDSA,
					     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
	ENSURE(!gnutls_x509_crt_set_version(c, 3) && !gnutls_x509_crt_set_key(c, k) &&
	       !gnutls_x509_crt_set_serial(c, "\1", 1) &&
	       !gnutls_x509_crt_set_activation_time(c, now) &&
	       !gnutls_x509_crt_set_expiration_time(c, now + 86400) &&
	       !gnutls_x509_crt_set_dn(c, "CN=test", NULL) &&
	       !gnutls_x509_crt_sign2(c, c, k, GNUTLS_DIG_SHA256, 0));
	ENSURE(!gnutls_x509_privkey_export(k, GNUTLS_X509_FMT_PEM, key, &length));
	length = sizeof(cert);
	ENSURE(!gnutls_x509_crt_export(c, GNUTLS_X509_FMT_PEM, cert, &length));
	gnutls_x509_crt_deinit(c);
	gnutls_x509_privkey_deinit(k);
	memset(long_uri, 'x', sizeof(long_uri) - 1);
	memcpy(long_uri, "pkcs11:", 7);
}

/* @text behind the @length bytes of @to; the new length. */
static size_t append(char *to, size_t length, const char *text, bool crlf)
{
	for (; *text; text++) {
		ENSURE(length + 2 < ROOM);
		if (crlf && *text == '\n')
			to[length++] = '\r';
		to[length++] = text == zero ? '\0' : *text;
	}
	return length;
}

/* Write the file of @row; the line that is wrong in it, 0 for none. */
static unsigned int write_file(const struct row *row, bool crlf)
{
	unsigned int line = 1, wrong = 0;
	static char text[ROOM];
	size_t length = 0;
	FILE *f;

	for (int i = 0; i < PIECES && row->piece[i]; i++) {
		if (i == row->outcome)
			wrong = line;
		for (const char *p = row->piece[i]; *p; p++)
			line += *p == '\n';
		length = append(text, length, row->piece[i], crlf);
	}
	f = fopen("1000/entry.pem", "we");
	ENSURE(f && fwrite(text, 1, length, f) == length && !fclose(f));
	return wrong;
}

/* Load the certificates; what was logged is in @said. */
static struct keyring *load(char said[ROOM])
{
	int log = memfd_create("log", MFD_CLOEXEC), saved = dup(STDERR_FILENO);
	struct keyring *k;
	ssize_t length;

	ENSURE(log >= 0 && saved >= 0 && dup2(log, STDERR_FILENO) >= 0);
	k = keyring_load(".", UID);
	ENSURE(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	length = pread(log, said, ROOM - 1, 0);
	close(log);
	ENSURE(k && length >= 0);
	said[length] = '\0';
	return k;
}

static int find(const struct keyring *k, const char *name)
{
	const struct keyring_entry *e;
	int ret = keyring_find(k, UID, name, &e);

	ENSURE(ret ? !e : e && e->key && e->count && !strcmp(e->name, name));
	return ret;
}

/* Is the only certificate used? Otherwise it must not look like none. */
static bool is_used(char said[ROOM])
{
	struct keyring *k = load(said);
	int ret = find(k, "entry");

	ENSURE(k->count == 1 && (!ret || ret == -EIO));
	ENSURE(find(k, "none") == -ENOENT);
	keyring_free(k);
	return !ret;
}

static void test_row(const struct row *row, bool crlf)
{
	const unsigned int line = write_file(row, crlf);
	static char said[ROOM];
	const bool wanted = row->outcome == USED, used = is_used(said);
	char where[64] = "1000/entry.pem: ";

	if (line)
		snprintf(where, sizeof(where), "1000/entry.pem:%u: ", line);
	if (used != wanted || (used ? *said : !strstr(said, where))) {
		fprintf(stderr, "%s%s: %s, not for %s\n%s", row->name, crlf ? ", CRLF" : "",
			used ? "used" : "left out", where, said);
		exit(EXIT_FAILURE);
	}
}

static void good_file(void)
{
	static const struct row row = { "good", { cert, key }, USED };

	write_file(&row, false);
}

static void expect_refusal(const char *why)
{
	static char said[ROOM];

	if (is_used(said) || !strstr(said, "1000/entry.pem: ") || !strstr(said, why)) {
		fprintf(stderr, "not \"%s\":\n%s", why, said);
		exit(EXIT_FAILURE);
	}
}

/* Each cause is logged, and the certificate exists all the same. */
static void test_files(void)
{
	good_file();
	ENSURE(!chmod("1000/entry.pem", 0640));
	expect_refusal("not a file of root's with mode 0600");
	ENSURE(!rename("1000/entry.pem", "1000/other") && !symlink("other", "1000/entry.pem"));
	expect_refusal("a symbolic link");
	ENSURE(!unlink("1000/entry.pem") && !mkdir("1000/entry.pem", 0700));
	expect_refusal("not a file of root's with mode 0600");
	ENSURE(!rmdir("1000/entry.pem") && !rename("1000/other", "1000/entry.pem"));
	ENSURE(!chmod("1000/entry.pem", 0600) && !truncate("1000/entry.pem", 0));
	expect_refusal("empty");
	ENSURE(!truncate("1000/entry.pem", ROOM));
	expect_refusal("64 KiB or more");
	good_file();
}

/* Returns what a question for @name is answered with. */
static int find_one(const char *name, const char *why)
{
	static char said[ROOM];
	struct keyring *k = load(said);
	int ret = find(k, name);

	ENSURE(why ? !!strstr(said, why) : !*said);
	keyring_free(k);
	return ret;
}

static void test_directory(void)
{
	const struct keyring_entry *e;

	ENSURE(!find_one("entry", NULL) && find_one("none", NULL) == -ENOENT);
	ENSURE(!chmod("1000", 0770));
	ENSURE(find_one("entry", "only root may write") == -EIO);
	ENSURE(!chmod("1000", 0700) && !rename("1000", "user") && !symlink("user", "1000"));
	ENSURE(find_one("entry", "uid 1000: ") == -EIO && keyring_has_user(".", UID));
	ENSURE(!unlink("1000") && !symlink("nowhere", "1000"));
	ENSURE(find_one("entry", "uid 1000: ") == -EIO && keyring_has_user(".", UID));
	ENSURE(!unlink("1000"));
	ENSURE(find_one("entry", NULL) == -ENOENT && !keyring_has_user(".", UID));
	ENSURE(!rename("user", "1000") && keyring_has_user(".", UID));
	ENSURE(keyring_find(NULL, UID, "entry", &e) == -EIO);
}

static void link_files(int from, int to)
{
	char name[32];

	for (int i = from; i < to; i++) {
		snprintf(name, sizeof(name), "1000/%d.pem", i);
		ENSURE(!link("1000/entry.pem", name));
	}
}

static void test_limit(void)
{
	char name[32];

	/* With "entry" these are as many as are read. */
	link_files(1, KEYRING_MAX);
	ENSURE(!find_one("entry", NULL) && find_one("none", NULL) == -ENOENT);
	link_files(KEYRING_MAX, KEYRING_MAX + 1);
	ENSURE(find_one("none", "more certificates") == -EIO);
	for (int i = 1; i <= KEYRING_MAX; i++) {
		snprintf(name, sizeof(name), "1000/%d.pem", i);
		ENSURE(!unlink(name));
	}
}

/* What a worker that reads @directory says of the certificate @name. */
static int ask_worker(const char *directory, const char *name)
{
	struct keeper_request rq = { .op = KEEPER_FIND, .id = 7, .uid = UID };
	struct keeper_answer a;
	ssize_t got;
	int fds[2];
	pid_t pid;

	snprintf(rq.name, sizeof(rq.name), "%s", name);
	ENSURE(!packets_connect(fds, KEEPER_PACKET_MAX));
	pid = fork();
	ENSURE(pid >= 0);
	if (!pid) {
		close(fds[0]);
		_exit(keeper_work(fds[1], directory, UID));
	}
	close(fds[1]);
	ENSURE(write(fds[0], &rq, sizeof(rq)) == sizeof(rq));
	got = read(fds[0], &a, sizeof(a));
	ENSURE(got == sizeof(a) && a.id == rq.id);
	close(fds[0]);
	ENSURE(waitpid(pid, NULL, 0) == pid);
	return -a.error;
}

static void test_worker(void)
{
	ENSURE(!ask_worker(".", "entry"));
	ENSURE(ask_worker(".", "none") == -ENOENT);
	ENSURE(!chmod("1000/entry.pem", 0644));
	ENSURE(ask_worker(".", "entry") == -EIO);
	ENSURE(ask_worker("missing", "entry") == -EIO);
	ENSURE(ask_worker("1000/entry.pem", "entry") == -EIO);
}

static const struct test_case tests[] = {
	{ "files that must not or cannot be read", test_files },
	{ "the user's directory", test_directory },
	{ "number of certificates", test_limit },
	{ "a worker that cannot read them says so", test_worker },
};

int main(void)
{
	char directory[] = "/tmp/keyring-test-XXXXXX";

	log_setup(false);
	umask(077);
	make_pair();
	ENSURE(mkdtemp(directory) && !chdir(directory) && !mkdir("1000", 0700));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row(&rows[i], false);
		test_row(&rows[i], true);
		printf("ok keyring: %s\n", rows[i].name);
		fflush(stdout);
	}
	test_run("keyring", tests, sizeof(tests) / sizeof(tests[0]));
	ENSURE(!unlink("1000/entry.pem") && !rmdir("1000") && !rmdir(directory));
	return 0;
}
