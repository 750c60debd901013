// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "key_file.h"

#define URI_PREFIX	"pkcs11:"
#define BEGIN		"-----BEGIN "
#define END		"-----END "
#define DASHES		"-----"
#define PRIVATE_KEY	"PRIVATE KEY"

/**
 * struct piece - a part of the text
 * @p, @n: its bytes
 */
struct piece {
	const char *p;
	size_t n;
};

/**
 * struct reader - state of the reader
 * @f: contents so far
 * @line: number of the current line
 * @label: label of the current PEM block; empty outside of blocks
 * @begun: first line of this block
 * @described: indented lines are OpenSSL's description of the next block
 * @error: out
 */
struct reader {
	struct key_file *f;
	unsigned int line;
	struct piece label;
	unsigned int begun;
	bool described;
	struct key_file_error *error;
};

/* Lines that OpenSSL writes before a PEM block, often followed by indented ones */
static const char *const descriptions[] = {
	"Bag Attributes", "Key Attributes", "Certificate:", "subject=", "issuer=",
};

static int refuse(struct reader *r, unsigned int line, const char *what)
{
	*r->error = (struct key_file_error){ line, what };
	return -EBADMSG;
}

static bool is_text(struct piece a, const char *text)
{
	return a.n == strlen(text) && !memcmp(a.p, text, a.n);
}

static bool begins_with(struct piece a, const char *text)
{
	return a.n >= strlen(text) && !memcmp(a.p, text, strlen(text));
}

static bool ends_with(struct piece a, const char *text)
{
	return a.n >= strlen(text) && !memcmp(a.p + a.n - strlen(text), text, strlen(text));
}

/* Is @text in @a, but not at its start? */
static bool has_inside(struct piece a, const char *text)
{
	return a.n && memmem(a.p + 1, a.n - 1, text, strlen(text));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Take the next line off @text; blanks at its end are cut off. */
static struct piece next_line(struct piece *text)
{
	const char *end = memchr(text->p, '\n', text->n);
	struct piece line = { text->p, end ? (size_t)(end - text->p) : text->n };
	size_t taken = line.n + (end ? 1 : 0);

	text->p += taken;
	text->n -= taken;
	while (line.n && is_blank(line.p[line.n - 1]))
		line.n--;
	return line;
}

/* Is it a blank line or a comment? */
static bool says_nothing(struct piece line)
{
	while (line.n && is_blank(*line.p)) {
		line.p++;
		line.n--;
	}
	return !line.n || *line.p == '#';
}

/* Is it a line of OpenSSL's description of a block? */
static bool is_description(struct reader *r, struct piece line)
{
	size_t i;

	if (r->described && is_blank(*line.p))
		return true;
	r->described = false;
	for (i = 0; !r->described && i < sizeof(descriptions) / sizeof(*descriptions); i++)
		r->described = begins_with(line, descriptions[i]);
	return r->described;
}

/* "-----BEGIN LABEL-----", where @begin is "-----BEGIN " */
static bool find_label(struct piece line, const char *begin, struct piece *label)
{
	if (!begins_with(line, begin) || !ends_with(line, DASHES) ||
	    line.n <= strlen(begin) + strlen(DASHES))
		return false;
	label->p = line.p + strlen(begin);
	label->n = line.n - strlen(begin) - strlen(DASHES);
	return true;
}

static int read_uri(struct reader *r, struct piece line)
{
	struct key_file *f = r->f;

	if (f->has_key)
		return refuse(r, r->line, "a key on a token beside a private key");
	if (*f->uri)
		return refuse(r, r->line, "a second key on a token");
	if (line.n >= sizeof(f->uri))
		return refuse(r, r->line, "the URI is too long");
	memcpy(f->uri, line.p, line.n);
	f->uri[line.n] = '\0';
	return 0;
}

static int read_private_key(struct reader *r)
{
	if (*r->f->uri)
		return refuse(r, r->line, "a private key beside a key on a token");
	if (r->f->has_key)
		return refuse(r, r->line, "a second private key");
	r->f->has_key = true;
	return 0;
}

static int read_label(struct reader *r, struct piece label)
{
	r->label = label;
	r->begun = r->line;
	if (is_text(label, "CERTIFICATE") || is_text(label, "X509 CERTIFICATE")) {
		r->f->has_certificate = true;
		return 0;
	}
	/* "RSA PRIVATE KEY", "EC PRIVATE KEY" and others */
	if (is_text(label, PRIVATE_KEY) || ends_with(label, " " PRIVATE_KEY))
		return read_private_key(r);
	/* OpenSSL puts the curve before the key, which names it once more. */
	if (is_text(label, "EC PARAMETERS"))
		return 0;
	return refuse(r, r->line, "neither a certificate nor a private key");
}

static int read_in_block(struct reader *r, struct piece line)
{
	struct piece label;

	if (!begins_with(line, DASHES))
		return has_inside(line, DASHES) ? refuse(r, r->line, "\"-----\" in PEM") : 0;
	if (!find_label(line, END, &label) || label.n != r->label.n ||
	    memcmp(label.p, r->label.p, label.n))
		return refuse(r, r->line, "not the end of the PEM block");
	r->label.n = 0;
	return 0;
}

static int read_line(struct reader *r, struct piece line)
{
	struct piece label;

	if (memchr(line.p, '\0', line.n))
		return refuse(r, r->line, "not text");
	/* GnuTLS looks for these anywhere, also in comments: both must find the same blocks. */
	if (has_inside(line, BEGIN) || has_inside(line, END))
		return refuse(r, r->line, "PEM must begin and end at the start of a line");
	if (r->label.n)
		return read_in_block(r, line);
	if (says_nothing(line) || is_description(r, line))
		return 0;
	if (begins_with(line, URI_PREFIX))
		return read_uri(r, line);
	if (find_label(line, BEGIN, &label))
		return read_label(r, label);
	return refuse(r, r->line, "neither PEM nor a PKCS#11 URI nor a comment");
}

int key_file_read(struct key_file *f, const char *text, size_t length,
		  struct key_file_error *error)
{
	struct reader r = { .f = f, .error = error };
	struct piece rest = { text, length };
	int ret = 0;

	*f = (struct key_file){ 0 };
	while (!ret && rest.n) {
		r.line++;
		ret = read_line(&r, next_line(&rest));
	}
	if (!ret && r.label.n)
		ret = refuse(&r, r.begun, "a PEM block without an end");
	return ret;
}
