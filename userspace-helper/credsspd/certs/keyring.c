// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "key_file.h"
#include "keyring.h"

#define SUFFIX		".pem"
#define FILE_MAX	65536	/* Bytes of a file; a chain and a key take some ten thousand. */
#define URI_MAX		KEY_FILE_URI_MAX
/* "Remote Desktop Authentication": mstsc takes it for serverAuth */
#define KP_REMOTE_DESKTOP	"1.3.6.1.4.1.311.54.1.2"
#define LETTERS		"abcdefghijklmnopqrstuvwxyz"
#define CAPITALS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_BYTES	CAPITALS LETTERS "0123456789._-"

bool keyring_name_ok(const char *name)
{
	size_t n = strlen(name);

	return n && n <= CREDSSP_MAX_CERT_NAME && *name != '.' &&
	       strspn(name, NAME_BYTES) == n;
}

/* A user with write access could act as the owner of the certificate. */
static bool is_ours(int fd, mode_t type, mode_t forbidden)
{
	struct stat st;

	return !fstat(fd, &st) && (st.st_mode & S_IFMT) == type &&
	       (st.st_uid == 0 || st.st_uid == geteuid()) && !(st.st_mode & forbidden);
}

static void free_text(char *text)
{
	explicit_bzero(text, FILE_MAX + 1);
	free(text);
}

static char *read_text(int fd, size_t *length, const char **why)
{
	char *text = calloc(1, FILE_MAX + 1);
	ssize_t got;

	if (!text) {
		*why = strerror(ENOMEM);
		return NULL;
	}
	got = read(fd, text, FILE_MAX);
	if (got > 0 && got < FILE_MAX) {
		*length = got;
		return text;
	}
	if (got < 0)
		*why = strerror(errno);
	else
		*why = got ? "64 KiB or more" : "empty";
	free_text(text);
	return NULL;
}

/*
 * Read the whole file. The caller wipes and frees it. NULL if it must not or cannot be
 * used, for the reason @why.
 */
static char *read_file(int dir, const char *file, size_t *length, const char **why)
{
	int fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;

	if (fd < 0) {
		*why = errno == ELOOP ? "a symbolic link" : strerror(errno);
		return NULL;
	}
	if (is_ours(fd, S_IFREG, 077))
		text = read_text(fd, length, why);
	else
		*why = "not a file of root's with mode 0600";
	close(fd);
	return text;
}

/* RFC 7512 2.3: path attributes end where the query begins. */
static bool uri_of_type(char to[URI_MAX], const char *uri, const char *type)
{
	int path = strcspn(uri, "?");

	return snprintf(to, URI_MAX, "%.*s;type=%s%s", path, uri, type, uri + path) < URI_MAX;
}

static int load_key(struct keyring_entry *e, const char *text, const struct key_file *f)
{
	gnutls_datum_t pem = { (unsigned char *)text, strlen(text) };
	char private[URI_MAX];
	int ret = gnutls_privkey_init(&e->key);

	if (ret < 0)
		return ret;
	if (!*f->uri)
		return gnutls_privkey_import_x509_raw(e->key, &pem, GNUTLS_X509_FMT_PEM,
						      NULL, 0);
	if (!uri_of_type(private, f->uri, "private"))
		return GNUTLS_E_SHORT_MEMORY_BUFFER;
	ret = gnutls_privkey_import_url(e->key, private, 0);
	explicit_bzero(private, sizeof(private));
	return ret;
}

/* Load the certificates of the file, or those of the token if it has none. */
static int load_chain(struct keyring_entry *e, const char *text, const struct key_file *f)
{
	gnutls_datum_t pem = { (unsigned char *)text, strlen(text) };
	char cert[URI_MAX];
	int ret;

	if (f->has_certificate || !*f->uri)
		return gnutls_x509_crt_list_import2(&e->chain, &e->count, &pem,
						    GNUTLS_X509_FMT_PEM,
						    GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
	if (!uri_of_type(cert, f->uri, "cert"))
		return GNUTLS_E_SHORT_MEMORY_BUFFER;
	e->chain = gnutls_calloc(1, sizeof(*e->chain));
	if (!e->chain)
		return GNUTLS_E_MEMORY_ERROR;
	ret = gnutls_x509_crt_init(&e->chain[0]);
	if (ret < 0)
		return ret;
	e->count = 1;
	ret = gnutls_x509_crt_import_url(e->chain[0], cert, 0);
	explicit_bzero(cert, sizeof(cert));
	return ret;
}

/* With the key of another certificate every server would refuse the signature. */
static int check_pair(const struct keyring_entry *e)
{
	unsigned char key[64], cert[64];
	size_t key_size = sizeof(key), cert_size = sizeof(cert);
	gnutls_pubkey_t pub;
	int ret = gnutls_pubkey_init(&pub);

	if (ret < 0)
		return ret;
	ret = gnutls_pubkey_import_privkey(pub, e->key, 0, 0);
	if (ret >= 0)
		ret = gnutls_pubkey_get_key_id(pub, 0, key, &key_size);
	if (ret >= 0)
		ret = gnutls_x509_crt_get_key_id(e->chain[0], 0, cert, &cert_size);
	gnutls_pubkey_deinit(pub);
	if (ret < 0)
		return ret;
	return key_size == cert_size && !memcmp(key, cert, key_size) ?
	       0 : GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
}

/* Free certificate and key. The name stays: the certificate exists, but cannot be used. */
static void entry_unload(struct keyring_entry *e)
{
	for (unsigned int i = 0; i < e->count; i++)
		gnutls_x509_crt_deinit(e->chain[i]);
	gnutls_free(e->chain);
	if (e->key)
		gnutls_privkey_deinit(e->key);
	e->chain = NULL;
	e->count = 0;
	e->key = NULL;
}

static int load_entry(struct keyring_entry *e, const char *text, const struct key_file *f)
{
	int ret = load_key(e, text, f);

	if (ret >= 0)
		ret = load_chain(e, text, f);
	if (ret >= 0 && e->count > KEYRING_CHAIN)
		ret = GNUTLS_E_CERTIFICATE_ERROR;
	return ret < 0 ? ret : check_pair(e);
}

/* Load @file into @e. Returns false after logging the reason. */
static bool read_entry(struct keyring_entry *e, const char *file, const char *text,
		       size_t length)
{
	struct key_file_error error;
	struct key_file f;
	int ret;

	if (key_file_read(&f, text, length, &error)) {
		log_warning("certificate %u/%s:%u: %s", e->uid, file, error.line,
			    error.what);
		explicit_bzero(&f, sizeof(f));
		return false;
	}
	ret = load_entry(e, text, &f);
	explicit_bzero(&f, sizeof(f));
	if (ret < 0)
		log_warning("certificate %u/%s: %s", e->uid, file, gnutls_strerror(ret));
	return ret >= 0;
}

/* Files are NAME.pem; files with other names are ignored. */
static bool name_of(char name[CREDSSP_MAX_CERT_NAME + 1], const char *file)
{
	size_t n = strlen(file), suffix = strlen(SUFFIX);

	if (n <= suffix || n - suffix > CREDSSP_MAX_CERT_NAME || strcmp(file + n - suffix, SUFFIX))
		return false;
	memcpy(name, file, n - suffix);
	name[n - suffix] = '\0';
	return keyring_name_ok(name);
}

static void add_file(struct keyring *k, int dir, uint32_t uid, const char *file)
{
	char name[CREDSSP_MAX_CERT_NAME + 1];
	struct keyring_entry *e;
	const char *why;
	size_t length;
	char *text;

	if (!name_of(name, file))
		return;
	if (k->count == KEYRING_MAX) {
		log_warning("more certificates of uid %u than %u: the rest is left out",
			    uid, KEYRING_MAX);
		k->incomplete = true;
		return;
	}
	e = &k->entry[k->count++];
	memcpy(e->name, name, sizeof(e->name));
	e->uid = uid;
	text = read_file(dir, file, &length, &why);
	if (!text) {
		log_warning("certificate %u/%s: %s", uid, file, why);
		return;
	}
	if (!read_entry(e, file, text, length))
		entry_unload(e);
	free_text(text);
}

/* Open the user's directory. NULL if there is none, or with the reason @why. */
static DIR *open_user(int top, uint32_t uid, const char **why)
{
	char name[sizeof("4294967295")];
	DIR *dir = NULL;
	int fd;

	*why = NULL;
	snprintf(name, sizeof(name), "%u", uid);
	fd = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		*why = errno == ENOENT ? NULL : strerror(errno);
		return NULL;
	}
	if (!is_ours(fd, S_IFDIR, 022)) {
		*why = "not a directory that only root may write to";
	} else {
		dir = fdopendir(fd);
		if (!dir)
			*why = strerror(errno);
	}
	if (!dir)
		close(fd);
	return dir;
}

static void add_user(struct keyring *k, int top, uint32_t uid)
{
	const char *why;
	DIR *dir = open_user(top, uid, &why);
	struct dirent *d;

	if (dir) {
		errno = 0;
		while (!k->incomplete && (d = readdir(dir))) {
			add_file(k, dirfd(dir), uid, d->d_name);
			errno = 0;
		}
		if (errno)
			why = strerror(errno);
		closedir(dir);
	}
	if (why) {
		log_warning("certificates of uid %u: %s", uid, why);
		k->incomplete = true;
	}
	log_debug("%u certificates of uid %u", k->count, uid);
}

bool keyring_has_user(const char *directory, uint32_t uid)
{
	char path[PATH_MAX];
	struct stat st;
	int length = snprintf(path, sizeof(path), "%s/%u", directory, uid);

	/* After another error the user may have certificates: the worker reports it. */
	return length < 0 || length >= (int)sizeof(path) || !lstat(path, &st) || errno != ENOENT;
}

struct keyring *keyring_load(const char *directory, uint32_t uid)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct keyring *k;

	if (fd < 0 || !is_ours(fd, S_IFDIR, 022)) {
		log_error("%s: %s", directory, fd < 0 ? strerror(errno) :
			  "not a directory that only root may write to");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	k = calloc(1, sizeof(*k));
	if (k)
		add_user(k, fd, uid);
	close(fd);
	return k;
}

void keyring_free(struct keyring *k)
{
	if (!k)
		return;
	for (unsigned int i = 0; i < k->count; i++)
		entry_unload(&k->entry[i]);
	free(k);
}

int keyring_find(const struct keyring *k, uint32_t uid, const char *name,
		 const struct keyring_entry **found)
{
	const struct keyring_entry *e;

	*found = NULL;
	if (!k)
		return -EIO;
	for (e = k->entry; e < k->entry + k->count; e++) {
		if (e->uid != uid || strcmp(e->name, name))
			continue;
		if (!e->key)
			return -EIO;
		*found = e;
		return 0;
	}
	return k->incomplete ? -EIO : -ENOENT;
}

/* A certificate that is for clients alone serves no host that it is named after. */
static bool is_for_servers(gnutls_x509_crt_t cert)
{
	return gnutls_x509_crt_check_key_purpose(cert, GNUTLS_KP_TLS_WWW_SERVER, 0) ||
	       gnutls_x509_crt_check_key_purpose(cert, KP_REMOTE_DESKTOP,
						 GNUTLS_KP_FLAG_DISALLOW_ANY);
}

/* How well a certificate suits a host: 0: not at all. */
enum { MATCH_WILDCARD = 1, MATCH_NAME = 2, MATCH_VALID = 4 };

static unsigned int match_host(gnutls_x509_crt_t cert, const char *host, time_t now)
{
	/* SNI has no addresses (RFC 6066 3). */
	const unsigned int flags = GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES;
	unsigned int match = 0;

	if (gnutls_x509_crt_check_hostname2(cert, host,
					    flags | GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS))
		match = MATCH_NAME;
	else if (gnutls_x509_crt_check_hostname2(cert, host, flags))
		match = MATCH_WILDCARD;
	if (!match || !is_for_servers(cert))
		return 0;
	if (gnutls_x509_crt_get_activation_time(cert) <= now &&
	    gnutls_x509_crt_get_expiration_time(cert) >= now)
		match |= MATCH_VALID;
	return match;
}

/* Of equal certificates, is @a better than @b? The order of the directory does not count. */
static bool lasts_longer(const struct keyring_entry *a, const struct keyring_entry *b)
{
	const time_t end_a = gnutls_x509_crt_get_expiration_time(a->chain[0]);
	const time_t end_b = gnutls_x509_crt_get_expiration_time(b->chain[0]);

	return end_a != end_b ? end_a > end_b : strcmp(a->name, b->name) < 0;
}

int keyring_find_host(const struct keyring *k, uint32_t uid, const char *host,
		      const struct keyring_entry **found)
{
	const time_t now = time(NULL);
	const struct keyring_entry *e;
	unsigned int match, best = 0;

	*found = NULL;
	if (!k)
		return -EIO;
	for (e = k->entry; *host && e < k->entry + k->count; e++) {
		match = e->uid == uid && e->key ? match_host(e->chain[0], host, now) : 0;
		if (match > best || (match && match == best && lasts_longer(e, *found))) {
			best = match;
			*found = e;
		}
	}
	return *found ? 0 : keyring_find(k, uid, KEYRING_DEFAULT, found);
}
