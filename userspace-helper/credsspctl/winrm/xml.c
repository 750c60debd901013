// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "xml.h"

#define SEPARATOR	' '	/* no namespace has a blank in it */
/* Elements that the list grows by */
#define GROWTH		64
/* Bytes that expat gets at a time; it keeps those of a tag until the tag's end */
#define PIECE		4096

/**
 * struct parse - a document being parsed
 * @x: result
 * @parser: of expat
 * @open: indexes of the elements that are open
 * @depth: of them
 * @given: bytes that expat has been given
 * @told: @given when expat last called a handler
 * @err: errno of the reason why parsing has stopped
 */
struct parse {
	struct xml *x;
	XML_Parser parser;
	size_t open[XML_DEPTH_MAX];
	unsigned int depth;
	size_t given;
	size_t told;
	int err;
};

static void stop(struct parse *p, int err)
{
	if (!p->err)
		p->err = err;
	XML_StopParser(p->parser, XML_FALSE);
}

/* "space name" or "name" */
static int set_name(struct xml_element *e, const char *full)
{
	const char *blank = strchr(full, SEPARATOR);

	if (strlen(full) > XML_NAME_MAX)
		return EMSGSIZE;
	e->space = blank ? strndup(full, (size_t)(blank - full)) : strdup("");
	e->name = strdup(blank ? blank + 1 : full);
	e->text = strdup("");
	return e->space && e->name && e->text ? 0 : ENOMEM;
}

static int set_attributes(struct xml_element *e, const char *const *attributes)
{
	size_t n, i;

	for (n = 0; attributes[n]; n++)
		;
	if (n > 2 * XML_ATTRIBUTES_MAX)
		return EMSGSIZE;
	e->attributes = calloc(n + 1, sizeof(*e->attributes));
	if (!e->attributes)
		return ENOMEM;
	for (i = 0; i < n; i++) {
		if (i % 2 == 0 && strlen(attributes[i]) > XML_NAME_MAX)
			return EMSGSIZE;
		e->attributes[i] = strdup(attributes[i]);
		if (!e->attributes[i])
			return ENOMEM;
	}
	return 0;
}

static struct xml_element *grow(struct xml *x)
{
	struct xml_element *more;

	if (x->count % GROWTH == 0) {
		more = reallocarray(x->elements, x->count + GROWTH, sizeof(*more));
		if (!more)
			return NULL;
		x->elements = more;
	}
	x->elements[x->count] = (struct xml_element){ NULL };
	return &x->elements[x->count++];
}

static void begin(void *arg, const char *name, const char **attributes)
{
	struct parse *p = arg;
	struct xml_element *e;
	int err;

	p->told = p->given;
	if (p->depth == XML_DEPTH_MAX || p->x->count == XML_ELEMENTS_MAX) {
		stop(p, EMSGSIZE);
		return;
	}
	e = grow(p->x);
	if (!e) {
		stop(p, ENOMEM);
		return;
	}
	e->depth = p->depth;
	p->open[p->depth++] = p->x->count - 1;
	err = set_name(e, name);
	if (!err)
		err = set_attributes(e, attributes);
	if (err)
		stop(p, err);
}

static void end(void *arg, const char *name)
{
	struct parse *p = arg;

	(void)name;
	p->told = p->given;
	p->depth--;
}

/* Text comes in pieces. The document has a limit, and so have its texts. */
static void add_text(void *arg, const char *text, int n)
{
	struct parse *p = arg;
	struct xml_element *e;
	char *more;

	p->told = p->given;
	if (!p->depth || n <= 0)
		return;
	e = &p->x->elements[p->open[p->depth - 1]];
	more = realloc(e->text, e->length + (size_t)n + 1);
	if (!more) {
		stop(p, ENOMEM);
		return;
	}
	memcpy(more + e->length, text, (size_t)n);
	e->text = more;
	e->length += (size_t)n;
	e->text[e->length] = '\0';
}

/* Comments, declarations, blanks */
static void skip(void *arg, const char *text, int n)
{
	struct parse *p = arg;

	(void)text;
	(void)n;
	p->told = p->given;
}

/* SOAP 1.2 5: an envelope has no document type. */
static void refuse_type(void *arg, const char *name, const char *system, const char *public,
			int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(arg, EBADMSG);
}

/*
 * Give expat the document. It collects a tag or a comment until its end, calls no handler
 * meanwhile, and has no limit of its own for that.
 */
static enum XML_Status feed(struct parse *p, const char *text, size_t n)
{
	enum XML_Status status = XML_STATUS_OK;
	const char *from;
	size_t some;

	do {
		from = text + p->given;
		some = n - p->given < PIECE ? n - p->given : PIECE;
		p->given += some;
		status = XML_Parse(p->parser, from, (int)some, p->given == n);
		if (status == XML_STATUS_OK && p->given - p->told > XML_TAG_MAX) {
			p->err = EMSGSIZE;
			return XML_STATUS_ERROR;
		}
	} while (status == XML_STATUS_OK && p->given < n);
	return status;
}

int xml_parse(struct xml *x, const void *text, size_t n)
{
	struct parse p = { .x = x };
	enum XML_Status status;

	*x = (struct xml){ NULL };
	if (n > INT32_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	p.parser = XML_ParserCreateNS(NULL, SEPARATOR);
	if (!p.parser) {
		errno = ENOMEM;
		return -1;
	}
	XML_SetUserData(p.parser, &p);
	XML_SetElementHandler(p.parser, begin, end);
	XML_SetCharacterDataHandler(p.parser, add_text);
	XML_SetDefaultHandler(p.parser, skip);
	XML_SetStartDoctypeDeclHandler(p.parser, refuse_type);
	status = feed(&p, text, n);
	XML_ParserFree(p.parser);
	if (status == XML_STATUS_OK)
		return 0;
	errno = p.err ? p.err : EBADMSG;
	return -1;
}

static void free_element(struct xml_element *e)
{
	size_t i;

	for (i = 0; e->attributes && e->attributes[i]; i++)
		free(e->attributes[i]);
	free(e->attributes);
	free(e->space);
	free(e->name);
	/* it may be a command's input, and a password */
	if (e->text)
		explicit_bzero(e->text, e->length);
	free(e->text);
}

void xml_free(struct xml *x)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		free_element(&x->elements[i]);
	free(x->elements);
	*x = (struct xml){ NULL };
}

const struct xml_element *xml_find(const struct xml *x, const char *space, const char *name,
				   const struct xml_element *after)
{
	size_t i = after ? (size_t)(after - x->elements) + 1 : 0;

	for (; i < x->count; i++)
		if (!strcmp(x->elements[i].name, name) && !strcmp(x->elements[i].space, space))
			return &x->elements[i];
	return NULL;
}

const char *xml_text(const struct xml *x, const char *space, const char *name)
{
	const struct xml_element *e = xml_find(x, space, name, NULL);

	return e ? e->text : NULL;
}

const char *xml_attribute(const struct xml_element *e, const char *name)
{
	size_t i;

	for (i = 0; e->attributes[i]; i += 2)
		if (!strcmp(e->attributes[i], name))
			return e->attributes[i + 1];
	return NULL;
}

void xml_write(FILE *f, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} rows[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		/* a parser makes blanks of these */
		{ '\n', "&#10;" }, { '\r', "&#13;" }, { '\t', "&#9;" },
	};
	size_t i;

	for (; *text; text++) {
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && rows[i].c != *text; i++)
			;
		if (i < sizeof(rows) / sizeof(rows[0]))
			fputs(rows[i].entity, f);
		else
			fputc(*text, f);
	}
}
