// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"
#include "wsman.h"
#include "xml.h"

static int parse(struct xml *x, const char *text)
{
	return xml_parse(x, text, strlen(text));
}

static void test_elements(void)
{
	static const char document[] =
		"<a:r xmlns:a='urn:1' xmlns='urn:2'>\n"
		"<b c='1' a:d='2'>x&lt;&#65;<i/>y</b>\n"
		"<b/><a:b xmlns:a='urn:3'> z </a:b></a:r>";
	const struct xml_element *e;
	struct xml x;

	CHECK(!parse(&x, document));
	CHECK(x.count == 5 && !x.elements[0].depth && !strcmp(x.elements[0].space, "urn:1"));
	e = xml_find(&x, "urn:2", "b", NULL);
	CHECK(e && e->depth == 1 && !strcmp(e->text, "x<Ay") && e->length == 4);
	CHECK(e && !strcmp(xml_attribute(e, "c"), "1") && !xml_attribute(e, "d"));
	CHECK(e && !strcmp(xml_attribute(e, "urn:1 d"), "2"));
	e = xml_find(&x, "urn:2", "b", e);
	CHECK(e && !*e->text && !xml_find(&x, "urn:2", "b", e));
	CHECK(!strcmp(xml_text(&x, "urn:3", "b"), " z ") && !xml_text(&x, "urn:1", "b"));
	xml_free(&x);
	CHECK(!x.count && !x.elements);
}

/* What a server or client could send to hurt */
static void test_refused(void)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{ "", EBADMSG },
		{ "a", EBADMSG },
		{ "<a>", EBADMSG },
		{ "<a></b>", EBADMSG },
		{ "<a/><b/>", EBADMSG },
		{ "<a>\xff</a>", EBADMSG },
		{ "<x:a/>", EBADMSG },
		{ "<a>&b;</a>", EBADMSG },
		{ "<!DOCTYPE a><a/>", EBADMSG },
		{ "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", EBADMSG },
		{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", EBADMSG },
	};
	struct xml x;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		errno = 0;
		CHECK(parse(&x, rows[i].text) == -1 && errno == rows[i].err);
		xml_free(&x);
	}
}

/* @head, @n times @unit, and @tail */
static int parse_long(struct xml *x, const char *head, const char *unit, size_t n,
		      const char *tail)
{
	size_t length;
	char *text;
	FILE *f = open_memstream(&text, &length);
	int ret;

	fputs(head, f);
	while (n--)
		fputs(unit, f);
	fputs(tail, f);
	fclose(f);
	errno = 0;
	ret = xml_parse(x, text, length);
	free(text);
	return ret;
}

static int parse_many(struct xml *x, const char *unit, size_t n, const char *end)
{
	return parse_long(x, "<r>", unit, n, end);
}

static void test_limits(void)
{
	struct xml x;

	CHECK(!parse_many(&x, "<e/>", XML_ELEMENTS_MAX - 1, "</r>"));
	CHECK(x.count == XML_ELEMENTS_MAX);
	xml_free(&x);
	CHECK(parse_many(&x, "<e/>", XML_ELEMENTS_MAX, "</r>") == -1 && errno == EMSGSIZE);
	xml_free(&x);
	CHECK(parse_many(&x, "<e>", XML_DEPTH_MAX, "") == -1 && errno == EMSGSIZE);
	xml_free(&x);
	CHECK(parse(&x, "<r a='' b='' c='' d='' e='' f='' g='' h='' i='' j=''\n"
			"k='' l='' m='' n='' o='' p='' q=''/>") == -1 && errno == EMSGSIZE);
	xml_free(&x);
}

/* A name or a tag that is longer than all honest ones, and text that may be as long as it likes */
static void test_long(void)
{
	static const struct {
		const char *head;
		const char *unit;
		size_t n;
		const char *tail;
		int err;
	} rows[] = {
		{ "<r xmlns='", "n", XML_NAME_MAX - 2, "'/>", 0 },
		{ "<r xmlns='", "n", XML_NAME_MAX - 1, "'/>", EMSGSIZE },
		{ "<r xmlns:a='", "n", XML_NAME_MAX, "'><a:e/></r>", EMSGSIZE },
		{ "<r xmlns:a='", "n", XML_NAME_MAX, "' a:e=''/>", EMSGSIZE },
		{ "<r xmlns:a='", "n", XML_NAME_MAX, "'/>", 0 },
		{ "<", "n", XML_NAME_MAX + 1, "/>", EMSGSIZE },
		{ "<r a='", "v", XML_TAG_MAX / 2, "'/>", 0 },
		{ "<r a='", "v", 2 * XML_TAG_MAX, "'/>", EMSGSIZE },
		{ "<r ", " ", 2 * XML_TAG_MAX, "/>", EMSGSIZE },
		{ "<!--", "c", 2 * XML_TAG_MAX, "--><r/>", EMSGSIZE },
		{ "<r>", "t", 1000000, "</r>", 0 },
		{ "<r>", "&amp;", 100000, "</r>", 0 },
		{ "<r><![CDATA[", "t", 1000000, "]]></r>", 0 },
		{ "<r>", "\n", 1000000, "</r>", 0 },
	};
	struct xml x;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int ret = parse_long(&x, rows[i].head, rows[i].unit, rows[i].n, rows[i].tail);

		CHECK(ret == (rows[i].err ? -1 : 0) && errno == rows[i].err);
		xml_free(&x);
	}
}

static void test_write(void)
{
	static const char hostile[] = "<&>\"'\r\n\t]]>\303\274";
	struct xml x;
	size_t length;
	char *text;
	FILE *f = open_memstream(&text, &length);

	fputs("<a b=\"", f);
	xml_write(f, hostile);
	fputs("\">", f);
	xml_write(f, hostile);
	fputs("</a>", f);
	fclose(f);
	CHECK(!xml_parse(&x, text, length) && x.count == 1);
	CHECK(!strcmp(x.elements[0].text, hostile));
	CHECK(!strcmp(xml_attribute(&x.elements[0], "b"), hostile));
	xml_free(&x);
	free(text);
}

static void test_durations(void)
{
	static const struct {
		const char *text;
		unsigned int s;
	} rows[] = {
		{ "PT20S", 20 }, { "PT20.000S", 20 }, { "PT0.5S", 1 }, { "PT1M30S", 90 },
		{ "PT1H", 3600 }, { "PT0S", 0 }, { NULL, 7 }, { "", 7 }, { "PT", 7 }, { "20", 7 },
		{ "PT20", 7 }, { "P1D", 7 }, { "PT1X", 7 }, { "PT-1S", 7 }, { "PT99999999999S", 7 },
		{ "PT1e9S", 7 }, { "PTS", 7 }, { "PT1S1", 7 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(wsman_seconds(rows[i].text, 7) == rows[i].s);
}

void test_xml(void)
{
	test_elements();
	test_refused();
	test_limits();
	test_long();
	test_write();
	test_durations();
}
