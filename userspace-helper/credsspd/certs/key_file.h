/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of a user's file NAME.pem: PEM blocks with certificates and the private key,
 * or a line with the PKCS#11 URI of a key.  Comments are blank lines, lines that begin with
 * "#", and the lines that OpenSSL writes before a block.  All other lines are errors, and
 * so is a comment with a line of PEM in it.
 */
#ifndef CREDSSPD_KEY_FILE_H
#define CREDSSPD_KEY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define KEY_FILE_URI_MAX	1024

/**
 * struct key_file - the contents of a file
 * @uri: URI of a key on a token, possibly with a PIN; empty if there is none
 * @has_key: the file has a private key
 * @has_certificate: the file has a certificate
 */
struct key_file {
	char uri[KEY_FILE_URI_MAX];
	bool has_key;
	bool has_certificate;
};

/**
 * struct key_file_error - the first error of a file
 * @line: number of the line, from 1
 * @what: reason, for the log
 */
struct key_file_error {
	unsigned int line;
	const char *what;
};

/*
 * Read @length bytes at @text. GnuTLS reads the contents of the PEM blocks. Returns 0, or
 * -EBADMSG and sets @error.
 */
int key_file_read(struct key_file *f, const char *text, size_t length,
		  struct key_file_error *error);

#endif
