// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../ioctl/tap.h"
#include "smb2.h"

/* MS-SMB2 2.2.1.2 */
#define HEADER		64
#define AT_STATUS	8
#define AT_FLAGS	16
#define AT_SESSION	40
#define AT_SIGNATURE	48
#define SIGNATURE	16
#define SIGNED		0x8
#define CREDITS		64

#define NEGOTIATE	0
#define SESSION_SETUP	1
#define TREE_CONNECT	3

#define SIGNING_REQUIRED	2
#define DIALECT			0x0210
#define ANSWER_MAX		0x100000

/* MS-SMB2 3.1.4.1, for the dialects below 3.0: HMAC-SHA256 with zeros for the signature */
static void signature_of(const struct smb2 *s, struct span message, uint8_t *signature)
{
	struct bytes copy = { 0 };
	uint8_t mac[32];

	bytes_span(&copy, message);
	memset(copy.p + AT_SIGNATURE, 0, SIGNATURE);
	REQUIRE(!gnutls_hmac_fast(GNUTLS_MAC_SHA256, s->key, sizeof(s->key), copy.p, copy.len,
				  mac));
	memcpy(signature, mac, SIGNATURE);
	bytes_free(&copy);
}

static void header(struct smb2 *s, uint16_t command, struct bytes *out)
{
	bytes_add(out, "\xfeSMB", 4);
	bytes_le16(out, HEADER);
	bytes_le16(out, 0);		/* CreditCharge */
	bytes_le32(out, 0);
	bytes_le16(out, command);
	bytes_le16(out, CREDITS);
	bytes_le32(out, s->signs ? SIGNED : 0);
	bytes_le32(out, 0);		/* NextCommand */
	bytes_le64(out, s->message++);
	bytes_zero(out, 8);		/* ProcessId, TreeId */
	bytes_le64(out, s->session);
	bytes_zero(out, SIGNATURE);
}

static void get(const struct smb2 *s, void *p, size_t n)
{
	REQUIRE_EQ(recv(s->sock, p, n, MSG_WAITALL), n);
}

/* Send a request, and read the answer. */
static uint32_t call(struct smb2 *s, struct bytes *request)
{
	uint32_t length = htonl(request->len);

	if (s->signs)
		signature_of(s, span_of(request), request->p + AT_SIGNATURE);
	REQUIRE_EQ(send(s->sock, &length, sizeof(length), MSG_MORE | MSG_NOSIGNAL),
		   sizeof(length));
	REQUIRE_EQ(send(s->sock, request->p, request->len, MSG_NOSIGNAL), request->len);
	bytes_free(request);
	get(s, &length, sizeof(length));
	length = ntohl(length);
	REQUIRE(length >= HEADER + 8 && length <= ANSWER_MAX);
	bytes_free(&s->answer);
	bytes_zero(&s->answer, length);
	get(s, s->answer.p, length);
	memcpy(&s->session, s->answer.p + AT_SESSION, sizeof(s->session));
	return get_le32(s->answer.p + AT_STATUS);
}

/* @at: where the answer has offset and length of its security buffer */
static void find_token(struct smb2 *s, size_t at)
{
	REQUIRE(s->answer.len >= at + 4);
	REQUIRE(span_at(span_of(&s->answer), get_le16(s->answer.p + at),
			get_le16(s->answer.p + at + 2), &s->token));
}

void smb2_connect(struct smb2 *s, int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	*s = (struct smb2){ .sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	REQUIRE(s->sock >= 0);
	REQUIRE(!connect(s->sock, (struct sockaddr *)&to, sizeof(to)));
}

uint32_t smb2_negotiate(struct smb2 *s)
{
	struct bytes out = { 0 };
	uint32_t status;

	header(s, NEGOTIATE, &out);
	bytes_le16(&out, 36);
	bytes_le16(&out, 1);
	bytes_le16(&out, SIGNING_REQUIRED);
	bytes_zero(&out, 2 + 4);	/* Reserved, Capabilities */
	bytes_add(&out, "a client's guid.", 16);
	bytes_zero(&out, 8);
	bytes_le16(&out, DIALECT);
	status = call(s, &out);
	if (status == SMB2_OK)
		find_token(s, HEADER + 56);
	return status;
}

uint32_t smb2_session_setup(struct smb2 *s, struct span token)
{
	struct bytes out = { 0 };
	uint32_t status;

	header(s, SESSION_SETUP, &out);
	bytes_le16(&out, 25);
	bytes_u8(&out, 0);
	bytes_u8(&out, SIGNING_REQUIRED);
	bytes_zero(&out, 4 + 4);	/* Capabilities, Channel */
	bytes_le16(&out, HEADER + 24);
	bytes_le16(&out, token.len);
	bytes_zero(&out, 8);		/* PreviousSessionId */
	bytes_span(&out, token);
	status = call(s, &out);
	s->token = (struct span){ 0 };
	if (status == SMB2_OK || status == SMB2_MORE)
		find_token(s, HEADER + 4);
	return status;
}

uint32_t smb2_tree_connect(struct smb2 *s, const char *path)
{
	struct bytes out = { 0 };

	header(s, TREE_CONNECT, &out);
	bytes_le16(&out, 9);
	bytes_le16(&out, 0);
	bytes_le16(&out, HEADER + 8);
	bytes_le16(&out, 2 * strlen(path));
	bytes_utf16(&out, path);
	return call(s, &out);
}

bool smb2_is_signed(const struct smb2 *s)
{
	uint8_t want[SIGNATURE];

	if (!(get_le32(s->answer.p + AT_FLAGS) & SIGNED))
		return false;
	signature_of(s, span_of(&s->answer), want);
	return !memcmp(want, s->answer.p + AT_SIGNATURE, SIGNATURE);
}

void smb2_close(struct smb2 *s)
{
	close(s->sock);
	bytes_free(&s->answer);
}
