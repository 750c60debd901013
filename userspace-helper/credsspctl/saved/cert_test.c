// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "cert_make.h"
#include "cert_store.h"
#include "test.h"
#include "tests/ctl_test.h"

#define NOW	1800000000

static void test_cert_names(void)
{
	static const struct { const char *arg, *name; } rows[] = {
		{ "Host.Example", "host.example" }, { "b\303\274cher.test", "xn--bcher-kva.test" },
		{ "*.example", "*.example" }, { "192.0.2.1", "192.0.2.1" },
		{ "2001:DB8::1", "2001:db8::1" }, { "[2001:db8::1]", "2001:db8::1" },
		{ "", NULL }, { "a b", NULL }, { "host:3389", NULL }, { "*", NULL }, { "*.", NULL },
		{ "a.*.example", NULL }, { "fe80::1%lo", NULL }, { "*.2001:db8::1", NULL },
		{ "a/b", NULL }, { "user@host", NULL }, { "host\n", NULL }, { "a..b", NULL },
	};
	struct cert_wanted w;
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w = (struct cert_wanted){ 0 };
		if (rows[i].name)
			CHECK(!cert_wanted_add(&w, rows[i].arg) && w.count == 1 &&
			      !strcmp(w.names[0], rows[i].name));
		else
			CHECK(cert_wanted_add(&w, rows[i].arg) && !w.count);
	}
	w.count = 0;
	for (i = 0; i < CERT_NAMES_MAX; i++)
		CHECK(!cert_wanted_add(&w, "host"));
	CHECK(cert_wanted_add(&w, "host") && w.count == CERT_NAMES_MAX);
}

static gnutls_x509_crt_t read_made(const struct cert_made *m, gnutls_x509_privkey_t *key)
{
	const gnutls_datum_t pem = { (unsigned char *)m->pem, (unsigned int)m->length };
	gnutls_x509_crt_t crt;

	CHECK(!gnutls_x509_crt_init(&crt) && !gnutls_x509_privkey_init(key));
	CHECK(!gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM));
	CHECK(!gnutls_x509_privkey_import2(*key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0));
	return crt;
}

static void test_cert_made(bool rsa)
{
	struct cert_wanted w = { .rsa = rsa, .days = CERT_DAYS, .count = 3,
				 .names = { "a.test", "*.b.test", "192.0.2.1" } };
	unsigned char id[2][64], serial[2][32];
	size_t size[2] = { 64, 64 }, length[2] = { 32, 32 };
	unsigned int usage, critical, verdict, i;
	struct cert_made m[2];
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	uint8_t print[32];

	for (i = 0; i < 2; i++) {
		CHECK(!cert_make(&w, NOW, &m[i]) && m[i].until == NOW + 730 * 86400);
		crt = read_made(&m[i], &key);
		CHECK(gnutls_x509_crt_get_pk_algorithm(crt, NULL) ==
		      (rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA));
		CHECK(gnutls_x509_crt_check_hostname(crt, "a.test") &&
		      gnutls_x509_crt_check_hostname(crt, "x.b.test") &&
		      gnutls_x509_crt_check_hostname(crt, "192.0.2.1") &&
		      !gnutls_x509_crt_check_hostname(crt, "c.test"));
		CHECK(gnutls_x509_crt_check_key_purpose(crt, GNUTLS_KP_TLS_WWW_SERVER,
							GNUTLS_KP_FLAG_DISALLOW_ANY));
		CHECK(!gnutls_x509_crt_get_key_usage(crt, &usage, &critical));
		CHECK(usage == (GNUTLS_KEY_DIGITAL_SIGNATURE |
				(rsa ? GNUTLS_KEY_KEY_ENCIPHERMENT : 0u)));
		CHECK(gnutls_x509_crt_get_activation_time(crt) == NOW - 3600 &&
		      gnutls_x509_crt_get_expiration_time(crt) == m[i].until);
		CHECK(gnutls_x509_crt_check_issuer(crt, crt) &&
		      !gnutls_x509_crt_get_ca_status(crt, NULL));
		CHECK(!gnutls_x509_crt_verify(crt, &crt, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
					      GNUTLS_VERIFY_DISABLE_CA_SIGN, &verdict) && !verdict);
		/* The key belongs to it. */
		CHECK(!gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id[0], &size[0]) &&
		      !gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id[1],
						      &size[1]) &&
		      !memcmp(id[0], id[1], 32));
		CHECK(!gnutls_x509_crt_get_serial(crt, serial[i], &length[i]));
		length[i] = sizeof(print);
		CHECK(!gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, print, &length[i]) &&
		      !memcmp(print, m[i].sha256, sizeof(print)));
		size[0] = sizeof(id[0]);
		size[1] = sizeof(id[1]);
		gnutls_x509_crt_deinit(crt);
		gnutls_x509_privkey_deinit(key);
	}
	CHECK(memcmp(serial[0], serial[1], 16) && memcmp(m[0].sha256, m[1].sha256, 32));
	cert_made_free(&m[0]);
	cert_made_free(&m[1]);
	CHECK(!m[0].pem);
}

/* A name that is longer than a common name may be */
static void test_cert_long_name(void)
{
	struct cert_wanted w = { .days = 1, .count = 1 };
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	struct cert_made m;

	memset(w.names[0], 'a', 63);
	strcpy(w.names[0] + 63, ".long.test");
	CHECK(!cert_make(&w, NOW, &m));
	crt = read_made(&m, &key);
	CHECK(gnutls_x509_crt_check_hostname(crt, w.names[0]));
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
	cert_made_free(&m);
}

/* Contents of a file in @directory; its mode in @mode; empty if there is none */
static const char *contents(const char *directory, const char *file, mode_t *mode)
{
	static char text[64];
	char path[256];
	struct stat st;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_RDONLY);
	if (fd >= 0 && !fstat(fd, &st)) {
		*mode = st.st_mode & 07777;
		n = read(fd, text, sizeof(text) - 1);
	}
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void test_cert_store(void)
{
	static const char *const bad[] = { "", ".a", "a/b", "../a", "a b", "\303\274" };
	char top[] = "/tmp/credsspctl-cert.XXXXXX", directory[64], path[128];
	const mode_t mask = umask(0);
	mode_t mode;
	size_t i;

	CHECK(mkdtemp(top));
	snprintf(directory, sizeof(directory), "%s/certs", top);
	CHECK(!cert_store_write(directory, 7, "web", "one", 3, false));
	CHECK(!strcmp(contents(directory, "7/web.pem", &mode), "one") && mode == 0600);
	CHECK(cert_store_write(directory, 7, "web", "two", 3, false) == -EEXIST);
	CHECK(!strcmp(contents(directory, "7/web.pem", &mode), "one"));
	CHECK(!cert_store_write(directory, 7, "web", "two", 3, true));
	CHECK(!strcmp(contents(directory, "7/web.pem", &mode), "two") && mode == 0600);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(cert_store_write(directory, 7, bad[i], "x", 1, true) == -EINVAL);
	/* A link in place of the file is replaced, and not followed. */
	snprintf(path, sizeof(path), "%s/7/link.pem", directory);
	CHECK(!symlink("web.pem", path));
	CHECK(cert_store_write(directory, 7, "link", "x", 1, false) == -EEXIST);
	CHECK(!cert_store_write(directory, 7, "link", "x", 1, true));
	CHECK(!strcmp(contents(directory, "7/web.pem", &mode), "two"));
	CHECK(!unlink(path));
	/* Directories that others could write to, and a link in place of one */
	snprintf(path, sizeof(path), "%s/7", directory);
	CHECK(!chmod(path, 0770));
	CHECK(cert_store_write(directory, 7, "web", "x", 1, true) == -EPERM);
	snprintf(path, sizeof(path), "%s/8", directory);
	CHECK(!symlink("7", path));
	CHECK(cert_store_write(directory, 8, "web", "x", 1, true) < 0);
	CHECK(!chmod(directory, 0777));
	CHECK(cert_store_write(directory, 9, "web", "x", 1, true) == -EPERM);
	CHECK(!strcmp(contents(directory, "7/web.pem", &mode), "two"));
	unlink(path);
	snprintf(path, sizeof(path), "%s/7/web.pem", directory);
	unlink(path);
	snprintf(path, sizeof(path), "%s/7", directory);
	/* No file is left behind. */
	CHECK(!rmdir(path) && !rmdir(directory) && !rmdir(top));
	umask(mask);
}

void test_cert(void)
{
	test_cert_names();
	test_cert_made(false);
	test_cert_made(true);
	test_cert_long_name();
	test_cert_store();
}
