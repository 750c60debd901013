// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <profile.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "krb5_library.h"
#include "krb5_profile.h"

#define TYPES	"aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 " \
		"aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128\n"

/*
 * What krb5.conf does not decide. Old recipes for it name RC4 only: then libkrb5 would not
 * find a TGT with another key. The worker has no DNS, and the name of the host is that of the
 * SPN.
 */
static const char decided[] =
	"[" KRB5_PROFILE_SECTION "]\n"
	KRB5_PROFILE_KDC " = 127.0.0.1\n"
	/* Last, because more of it follows. */
	"[libdefaults]\n"
	"allow_weak_crypto = false\n"
	"allow_rc4 = false\n"
	"allow_des3 = false\n"
	"permitted_enctypes = " TYPES
	"default_tkt_enctypes = " TYPES
	"default_tgs_enctypes = " TYPES
	"dns_canonicalize_hostname = false\n"
	"dns_lookup_realm = false\n"
	"rdns = false\n";

/* Since Linux 6.3, and since then wanted; older headers do not have it. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	0x8U
#endif

/* Make a file of @decided and @more; libkrb5 looks at it from time to time. */
static krb5_error_code library_decide(const char *more, char *path, size_t size)
{
	int fd = memfd_create("krb5.conf", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("krb5.conf", MFD_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, decided, strlen(decided)) != (ssize_t)strlen(decided) ||
	    write(fd, more, strlen(more)) != (ssize_t)strlen(more)) {
		close(fd);
		return EIO;
	}
	snprintf(path, size, "/proc/self/fd/%d", fd);
	/* libkrb5 skips files that it cannot read. */
	return access(path, R_OK) ? errno : 0;
}

static krb5_error_code library_read(const char *conf, const char *more, profile_t *profile)
{
	char path[64];
	/* The first file wins. profile_init_path() would take a colon as a separator. */
	const char *files[3] = { path, conf, NULL };
	krb5_error_code ret = library_decide(more, path, sizeof(path));

	return ret ? ret : profile_init(files, profile);
}

static krb5_error_code library_init(profile_t profile, krb5_context *context)
{
	krb5_error_code ret;

	ret = krb5_init_context_profile(profile, KRB5_INIT_CONTEXT_SECURE, context);
	/* The context has a copy. */
	profile_release(profile);
	return ret;
}

krb5_error_code krb5_library_open(const char *conf, krb5_context *context)
{
	profile_t profile;
	krb5_error_code ret = library_read(conf, KRB5_LIBRARY_NO_PKINIT, &profile);

	return ret ? ret : library_init(profile, context);
}

krb5_error_code krb5_library_open_offline(const char *conf, const char *more,
					  krb5_context *context)
{
	profile_t files, profile;
	krb5_error_code ret = library_read(conf, more, &files);

	if (!ret)
		ret = krb5_profile_wrap(files, &profile);
	return ret ? ret : library_init(profile, context);
}
