/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XML documents as lists of their elements, by expat.  Documents are not trusted: those with a
 * document type are refused, so that there are no entities. Their size and depth have limits, and
 * so has the memory that they take.
 */
#ifndef CREDSSPCTL_XML_H
#define CREDSSPCTL_XML_H

#include <stddef.h>
#include <stdio.h>

/* An envelope of SOAP has some thirty elements; one with a lot of output has more */
#define XML_ELEMENTS_MAX	4096
#define XML_ATTRIBUTES_MAX	16
#define XML_DEPTH_MAX		32
/*
 * A namespace is written once, but its length counts for each name that its prefix is before. So
 * names with their namespaces have a limit, of which SOAP's need a quarter, and so have tags: expat
 * writes out all attributes of a tag before it hands them over.
 */
#define XML_NAME_MAX		256
#define XML_TAG_MAX		16384

/**
 * struct xml_element - an element
 * @space: its namespace, empty for none
 * @name: without a prefix
 * @depth: 0 for the document's own
 * @attributes: name (with namespace and a blank before it, if it has one) and value in turn;
 *	NULL-terminated
 * @text: character data in it, but not that in its children; NUL-terminated
 * @length: bytes of @text
 */
struct xml_element {
	char *space;
	char *name;
	unsigned int depth;
	char **attributes;
	char *text;
	size_t length;
};

/* The elements in the order in which they begin */
struct xml {
	struct xml_element *elements;
	size_t count;
};

/*
 * Parse a document. Return 0, or -1 with errno: EBADMSG for what is no well-formed document,
 * EMSGSIZE above the limits, ENOMEM. To be freed in any case.
 */
int xml_parse(struct xml *x, const void *text, size_t n);
void xml_free(struct xml *x);

/* The first such element behind @after, or of all if that is NULL; or NULL. */
const struct xml_element *xml_find(const struct xml *x, const char *space, const char *name,
				   const struct xml_element *after);

/* Its text, or NULL if there is no such element. */
const char *xml_text(const struct xml *x, const char *space, const char *name);

/* An attribute without a namespace, or NULL. */
const char *xml_attribute(const struct xml_element *e, const char *name);

/* Write @text as character data or as the value of an attribute. */
void xml_write(FILE *f, const char *text);

#endif
