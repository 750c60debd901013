/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file NAME.pem of a user's says: PEM blocks with certificates and the private
 * key, or a line with the PKCS#11 URI of a key.  Blank lines, and those that begin with
 * "#", say nothing; nor does what OpenSSL writes before a block.  Anything else is an
 * error.
 */
#ifndef CREDSSPD_KEY_FILE_H
#define CREDSSPD_KEY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define KEY_FILE_URI_MAX	1024

/**
 * struct key_file - what it says
 * @uri: of a key on a token, which may have a PIN; empty: there is none
 * @has_key: there is a private key in the file
 * @has_certificate: there is a certificate in the file
 */
struct key_file {
	char uri[KEY_FILE_URI_MAX];
	bool has_key;
	bool has_certificate;
};

/**
 * struct key_file_error - what is wrong with it
 * @line: where, counted from 1
 * @what: why, for the log
 */
struct key_file_error {
	unsigned int line;
	const char *what;
};

/*
 * Read @length bytes at @text. What is inside of the PEM blocks is left to GnuTLS.
 * 0, or -EBADMSG and @error.
 */
int key_file_read(struct key_file *f, const char *text, size_t length,
		  struct key_file_error *error);

#endif
