// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <gnutls/gnutls.h>

#include "wsman.h"

/* The bound on an envelope that WinRM has by default, in bytes */
#define ENVELOPE_MAX	"153600"
/* Longest duration taken: a day */
#define SECONDS_MAX	86400

#define SPACES								\
	" xmlns:s=\"" NS_SOAP "\" xmlns:a=\"" NS_ADDRESSING "\""	\
	" xmlns:w=\"" NS_WSMAN "\" xmlns:rsp=\"" NS_SHELL "\""

#define MUST	" s:mustUnderstand=\"true\""

int wsman_uuid(char uuid[UUID_ROOM])
{
	unsigned char b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		return -1;
	b[6] = (unsigned char)(0x40 | (b[6] & 0x0f));	/* RFC 9562 5.4 */
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	snprintf(uuid, UUID_ROOM,
		 "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		 b[13], b[14], b[15]);
	return 0;
}

static void write_options(FILE *f, const char *const *options)
{
	if (!options)
		return;
	fputs("<w:OptionSet>", f);
	for (; options[0]; options += 2) {
		fprintf(f, "<w:Option Name=\"%s\">", options[0]);
		xml_write(f, options[1]);
		fputs("</w:Option>", f);
	}
	fputs("</w:OptionSet>", f);
}

void wsman_selector(FILE *f, const char *shell)
{
	fputs("<w:SelectorSet><w:Selector Name=\"ShellId\">", f);
	xml_write(f, shell);
	fputs("</w:Selector></w:SelectorSet>", f);
}

int wsman_begin(FILE *f, const struct wsman_request *r, char message[UUID_ROOM])
{
	if (wsman_uuid(message))
		return -1;
	fputs("<s:Envelope" SPACES "><s:Header><a:To>http://", f);
	xml_write(f, r->to);
	fputs("/wsman</a:To>", f);
	fputs("<w:ResourceURI" MUST ">" RESOURCE_CMD "</w:ResourceURI>", f);
	fputs("<a:ReplyTo><a:Address" MUST ">" ANONYMOUS "</a:Address></a:ReplyTo>", f);
	fprintf(f, "<a:Action" MUST ">%s</a:Action>", r->action);
	fputs("<w:MaxEnvelopeSize" MUST ">" ENVELOPE_MAX "</w:MaxEnvelopeSize>", f);
	fprintf(f, "<a:MessageID>uuid:%s</a:MessageID>", message);
	fputs("<w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>", f);
	fprintf(f, "<w:OperationTimeout>PT%u.000S</w:OperationTimeout>", r->timeout_s);
	if (r->shell)
		wsman_selector(f, r->shell);
	write_options(f, r->options);
	fputs("</s:Header><s:Body>", f);
	return 0;
}

int wsman_begin_answer(FILE *f, const char *action, const char *relates)
{
	char message[UUID_ROOM];

	if (wsman_uuid(message))
		return -1;
	fprintf(f, "<s:Envelope" SPACES "><s:Header><a:Action>%s</a:Action>", action);
	fprintf(f, "<a:MessageID>uuid:%s</a:MessageID><a:To>" ANONYMOUS "</a:To>", message);
	if (relates) {
		fputs("<a:RelatesTo>", f);
		xml_write(f, relates);
		fputs("</a:RelatesTo>", f);
	}
	fputs("</s:Header><s:Body>", f);
	return 0;
}

void wsman_end(FILE *f)
{
	fputs("</s:Body></s:Envelope>", f);
}

int wsman_stream(FILE *f, const char *name, const char *command, const void *data, size_t n,
		 int end)
{
	gnutls_datum_t bytes = { (unsigned char *)data, (unsigned int)n }, text = { NULL, 0 };

	if (n > UINT32_MAX || (n && gnutls_base64_encode2(&bytes, &text))) {
		errno = ENOMEM;
		return -1;
	}
	fprintf(f, "<rsp:Stream Name=\"%s\" CommandId=\"", name);
	xml_write(f, command);
	fprintf(f, "\"%s>%.*s</rsp:Stream>", end ? " End=\"true\"" : "", (int)text.size,
		text.data ? (const char *)text.data : "");
	gnutls_free(text.data);
	return 0;
}

#define BASE64_CHARS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t "

int wsman_bytes(const struct xml_element *stream, unsigned char **data, size_t *n)
{
	gnutls_datum_t text = { (unsigned char *)stream->text, (unsigned int)stream->length };
	gnutls_datum_t bytes;

	*data = NULL;
	*n = 0;
	if (strspn(stream->text, BASE64_CHARS) != stream->length) {
		errno = EBADMSG;
		return -1;
	}
	if (!stream->length)
		return 0;
	if (gnutls_base64_decode2(&text, &bytes)) {
		errno = EBADMSG;
		return -1;
	}
	*data = malloc(bytes.size + 1);
	if (*data)
		memcpy(*data, bytes.data, bytes.size);
	*n = bytes.size;
	gnutls_free(bytes.data);
	return *data ? 0 : -1;
}

static double unit_of(char c)
{
	return c == 'H' ? 3600 : c == 'M' ? 60 : c == 'S';
}

/* XML Schema's duration, with hours, minutes and seconds alone */
unsigned int wsman_seconds(const char *duration, unsigned int otherwise)
{
	double sum = 0, n, unit;
	const char *p;
	char *end;

	if (!duration || strncmp(duration, "PT", 2) || !duration[2])
		return otherwise;
	for (p = duration + 2; *p; p = end + 1) {
		if (strspn(p, "0123456789.") == 0)
			return otherwise;
		n = strtod(p, &end);
		unit = unit_of(*end);
		sum += n * unit;
		if (!unit || sum > SECONDS_MAX)
			return otherwise;
	}
	return (unsigned int)sum + (sum > (unsigned int)sum);
}
