/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CredSSP over HTTP as WinRM has it (MS-WSMV 2.2.9.1.3): tokens in base64 in the
 * headers Authorization and WWW-Authenticate, then messages sealed by the context.
 */
#ifndef CREDSSPCTL_WINRM_H
#define CREDSSPCTL_WINRM_H

#include "base/stop.h"
#include "token.h"

#define WINRM_SCHEME	"CredSSP"
/* A token of CREDSSP_MAX_TOKEN bytes in base64 */
#define WINRM_BASE64_MAX	((CREDSSP_MAX_TOKEN + 2) / 3 * 4)

/**
 * struct winrm_reply - an answer to a message
 * @status: of HTTP
 * @text: opened message, to be freed
 * @length: bytes of it
 */
struct winrm_reply {
	unsigned int status;
	unsigned char *text;
	size_t length;
};

/* A connection that is logged on */
struct winrm_link;

/**
 * winrm_exchange() - send a sealed message, and open the sealed answer
 * @link: connection
 * @message: plaintext
 * @length: of it
 * @deadline: until when the answer must be there, see net_now()
 * @stop: signals that make the deadline an earlier one, or NULL
 * @reply: out
 * @o: out: the reason of a failure
 *
 * Return: 0, or -1 when the connection is of no use any more. A sealed fault (status 500) is an
 * answer as well.
 */
int winrm_exchange(struct winrm_link *link, const void *message, size_t length,
		   int64_t deadline, struct stop *stop, struct winrm_reply *reply,
		   struct outcome *o);

/* What is done on the connection. A failure is in @o. */
typedef void (*winrm_talk_fn)(void *arg, struct winrm_link *link, struct outcome *o);

/**
 * struct winrm_job - one logon, and what is said after it
 * @token: the exchange; @token.wire, @token.arg and @token.established are set here
 * @fd: connected socket
 * @host: for the Host header
 * @path: of the service
 * @deadline: of the logon, see net_now()
 * @talk: called after the logon; NULL for one message, WS-Management's Identify
 * @arg: for @talk
 */
struct winrm_job {
	struct token_job token;
	int fd;
	const char *host;
	const char *path;
	int64_t deadline;
	winrm_talk_fn talk;
	void *arg;
};

/* Log on, and talk. Identify needs no right; its sealed answer is opened. */
void winrm_authenticate(struct winrm_job *job, struct outcome *o);

/**
 * struct winrm_challenges - the challenges for CredSSP in the WWW-Authenticate headers
 *	of an answer
 * @count: challenges of that scheme
 * @tokens: challenges with a token
 * @token: the last one's base64, not NUL-terminated; points into the header
 * @length: characters of it
 */
struct winrm_challenges {
	unsigned int count;
	unsigned int tokens;
	const char *token;
	size_t length;
};

/*
 * One token in the header Authorization or WWW-Authenticate: does @value have one, its bytes
 * (to be freed), and the value for a token (to be freed; without bytes the scheme alone).
 * With errors they set errno, EBADMSG for a malformed value.
 */
bool winrm_is_token(const char *value);
int winrm_token(const char *value, unsigned char **token, size_t *n);
char *winrm_header(const void *token, size_t n);

/* Add the challenges of one header; @value is a list of challenges of any scheme. */
void winrm_challenges_add(struct winrm_challenges *c, const char *value);

#endif
