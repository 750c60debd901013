// SPDX-License-Identifier: GPL-2.0-only
/* The table of wrongs. */
#include <stdio.h>
#include <string.h>

#include "ntlm.h"
#include "ts.h"
#include "wrong.h"

#define ALERT_HANDSHAKE_FAILURE	40
#define ALERT_ACCESS_DENIED	49
#define ALERT_INTERNAL_ERROR	80

static const struct wrong nothing = { "none", "good", "-", DEED_NONE, 0, 0, "all is right" };

static const struct wrong table[] = {
	/* the connection */
	{ "close-accept", "bad", "-", DEED_CLOSE, POINT_ACCEPT, 0,
	  "close before the ClientHello" },
	{ "close-hello", "bad", "-", DEED_CLOSE, POINT_HELLO, 0,
	  "close after the ClientHello" },
	{ "close-flight", "bad", "-", DEED_CLOSE, POINT_FLIGHT, 0,
	  "close within the handshake" },
	{ "close-tls", "bad", "-", DEED_CLOSE, POINT_TLS, 0, "close after the handshake" },
	{ "close-nego", "bad", "-", DEED_CLOSE, POINT_NEGO, 0,
	  "close instead of the CHALLENGE" },
	{ "close-auth", "bad", "-", DEED_CLOSE, POINT_AUTH, 0, "close after AUTHENTICATE" },
	{ "close-creds", "late", "-", DEED_CLOSE, POINT_CREDS, 0, "close after authInfo" },
	{ "reset-hello", "bad", "-", DEED_RESET, POINT_HELLO, 0,
	  "TCP reset after the ClientHello" },
	{ "reset-nego", "bad", "-", DEED_RESET, POINT_NEGO, 0,
	  "TCP reset instead of the CHALLENGE" },
	{ "reset-auth", "bad", "-", DEED_RESET, POINT_AUTH, 0, "TCP reset after AUTHENTICATE" },
	{ "silence-accept", "bad", "-", DEED_SILENCE, POINT_ACCEPT, 0, "no word at all" },
	{ "silence-hello", "bad", "-", DEED_SILENCE, POINT_HELLO, 0, "no ServerHello" },
	{ "silence-flight", "bad", "-", DEED_SILENCE, POINT_FLIGHT, 0,
	  "stuck within the handshake" },
	{ "silence-nego", "bad", "-", DEED_SILENCE, POINT_NEGO, 0, "no CHALLENGE" },
	{ "silence-auth", "bad", "-", DEED_SILENCE, POINT_AUTH, 0,
	  "no answer to AUTHENTICATE" },
	{ "wait-nego", "good", "-", DEED_WAIT, POINT_NEGO, 1500, "a slow CHALLENGE" },
	{ "segments", "good", "-", DEED_SEGMENTS, 0, 1, "TCP segments of one byte" },

	/* TLS */
	{ "alert-hello", "bad", "-", DEED_ALERT, POINT_HELLO, ALERT_HANDSHAKE_FAILURE,
	  "fatal alert instead of a ServerHello" },
	{ "alert-flight", "bad", "-", DEED_ALERT, POINT_FLIGHT, ALERT_HANDSHAKE_FAILURE,
	  "fatal alert within the handshake" },
	{ "alert-nego", "bad", "-", DEED_ALERT, POINT_NEGO, ALERT_INTERNAL_ERROR,
	  "fatal alert instead of the CHALLENGE" },
	{ "alert-auth", "bad", "-", DEED_ALERT, POINT_AUTH, ALERT_ACCESS_DENIED,
	  "fatal alert after AUTHENTICATE" },
	{ "alert-creds", "late", "-", DEED_ALERT, POINT_CREDS, ALERT_ACCESS_DENIED,
	  "fatal alert after authInfo" },
	{ "bye-nego", "bad", "-", DEED_BYE, POINT_NEGO, 0,
	  "close_notify instead of the CHALLENGE" },
	{ "bye-auth", "bad", "-", DEED_BYE, POINT_AUTH, 0, "close_notify after AUTHENTICATE" },
	{ "garbage-hello", "bad", "-", DEED_GARBAGE, POINT_HELLO, 0, "HTTP instead of TLS" },
	{ "garbage-nego", "bad", "-", DEED_GARBAGE, POINT_NEGO, 0,
	  "HTTP in the middle of TLS" },
	{ "cleartext", "bad", "-", DEED_CLEARTEXT, POINT_NEGO, 0, "TSRequest without TLS" },
	{ "bad-tag", "bad", "-", DEED_BAD_TAG, POINT_NEGO, 0, "a record with a wrong tag" },
	{ "half-record", "bad", "-", DEED_HALF_RECORD, POINT_NEGO, 0,
	  "half a record, then a close" },
	{ "big-record", "bad", "-", DEED_BIG_RECORD, POINT_NEGO, 0,
	  "a record that announces 65535 bytes" },
	{ "big-record-hello", "bad", "-", DEED_BIG_RECORD, POINT_HELLO, 0,
	  "the same in the handshake" },
	{ "records", "good", "-", DEED_RECORDS, 0, 7, "TLS records of seven bytes" },
	{ "records-100", "good", "-", DEED_RECORDS, 0, 100, "TSRequests over several records" },
	{ "empty-records", "good", "-", DEED_EMPTY_RECORDS, POINT_NEGO, 2,
	  "two empty data records" },
	{ "empty-flood", "bad", "-", DEED_EMPTY_RECORDS, POINT_NEGO, 20000,
	  "empty data records without end" },
	{ "tickets", "good", "tls1.3", DEED_TICKETS, POINT_NEGO, 8,
	  "eight NewSessionTickets more" },
	{ "key-update", "bad", "tls1.3", DEED_KEY_UPDATE, POINT_NEGO, 0,
	  "KeyUpdate, which kTLS cannot follow" },
	{ "warning", "any", "-", DEED_RECORD, POINT_NEGO, RECORD_ALERT,
	  "an alert of the warning level" },
	{ "handshake-record", "bad", "-", DEED_RECORD, POINT_NEGO, RECORD_HANDSHAKE,
	  "a handshake message that comes too late" },
	{ "unknown-record", "bad", "-", DEED_RECORD, POINT_NEGO, RECORD_NONE,
	  "a record of an unknown type" },
	{ "hello-request", "any", "tls1.2", DEED_HELLO_REQUEST, POINT_NEGO, 0,
	  "asks for renegotiation" },

	/* TSRequest, MS-CSSP 2.2.1 */
	{ "der-non-minimal", "good", "-", DEED_FORM, POINT_NEGO, TS_FORM_NON_MINIMAL,
	  "lengths in two octets" },
	{ "der-non-minimal-auth", "good", "-", DEED_FORM, POINT_AUTH, TS_FORM_NON_MINIMAL,
	  "the same around pubKeyAuth" },
	{ "der-long-integer", "good", "-", DEED_FORM, POINT_NEGO, TS_FORM_LONG_INTEGER,
	  "version with a leading zero" },
	{ "der-two-tokens", "any", "-", DEED_FORM, POINT_NEGO, TS_FORM_TWO_TOKENS,
	  "a second negoToken" },
	{ "der-huge", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_HUGE, "length of 2 GiB" },
	{ "der-over-limit", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_OVER_LIMIT,
	  "70,000 bytes" },
	{ "der-indefinite", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_INDEFINITE,
	  "indefinite length" },
	{ "der-trailing", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_TRAILING,
	  "bytes after the last field" },
	{ "der-trailing-auth", "bad", "-", DEED_FORM, POINT_AUTH, TS_FORM_TRAILING,
	  "the same around pubKeyAuth" },
	{ "der-after", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_AFTER,
	  "bytes after the message" },
	{ "der-duplicate", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_DUPLICATE,
	  "version twice" },
	{ "der-duplicate-auth", "bad", "-", DEED_FORM, POINT_AUTH, TS_FORM_DUPLICATE,
	  "the same around pubKeyAuth" },
	{ "der-unordered", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_UNORDERED,
	  "version last" },
	{ "der-unknown", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_UNKNOWN, "a field [6]" },
	{ "der-no-version", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_NO_VERSION,
	  "no version" },
	{ "der-tag", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_TAG,
	  "SET instead of SEQUENCE" },
	{ "der-inner-length", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_INNER_LENGTH,
	  "a field longer than the message" },
	{ "der-empty-token", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_EMPTY_TOKEN,
	  "an empty negoToken" },
	{ "auth-info", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_AUTH_INFO,
	  "authInfo from the server" },
	{ "early-pub-key", "bad", "-", DEED_EARLY_PUB_KEY, POINT_NEGO, 0,
	  "pubKeyAuth beside the CHALLENGE" },
	{ "version-0", "bad", "-", DEED_VERSION, POINT_NEGO, 0, "version 0" },
	{ "version-1", "bad", "-", DEED_VERSION, POINT_NEGO, 1, "version 1" },
	{ "version-negative", "bad", "-", DEED_FORM, POINT_NEGO, TS_FORM_NEGATIVE_VERSION,
	  "version -6" },
	{ "version-change", "bad", "-", DEED_VERSION, POINT_AUTH, 3,
	  "another version in the second message" },
	{ "version-up", "bad", "-", DEED_VERSION, POINT_AUTH, 9,
	  "a higher version in the second message" },
	{ "version-future", "good", "hash", DEED_VERSION, POINT_NEGO, 99,
	  "a version yet to come" },
	{ "nonce-own", "good", "-", DEED_NONCE, 0, 0,
	  "a nonce of the server's, to be ignored" },
	{ "error-nego", "bad", "-", DEED_ERROR, POINT_NEGO, TS_FORM_PLAIN,
	  "errorCode instead of the CHALLENGE" },
	{ "error-nego-token", "bad", "-", DEED_ERROR_TOKEN, POINT_NEGO, TS_FORM_PLAIN,
	  "errorCode beside the CHALLENGE" },
	{ "error-auth", "bad", "-", DEED_ERROR, POINT_AUTH, TS_FORM_PLAIN,
	  "errorCode after AUTHENTICATE" },
	{ "error-auth-positive", "bad", "-", DEED_ERROR, POINT_AUTH, TS_FORM_ERROR_POSITIVE,
	  "the same in five octets" },
	{ "error-auth-token", "bad", "-", DEED_ERROR_TOKEN, POINT_AUTH, TS_FORM_PLAIN,
	  "errorCode beside a negoToken" },
	{ "error-creds", "late", "-", DEED_ERROR, POINT_CREDS, TS_FORM_PLAIN,
	  "errorCode after authInfo" },

	/* NTLM, MS-NLMP */
	{ "ntlm-no-time", "good", "-", DEED_CHALLENGE, 0, CHAL_NO_TIME, "no timestamp" },
	{ "ntlm-no-version", "good", "-", DEED_CHALLENGE, 0, CHAL_NO_VERSION, "no version" },
	{ "ntlm-unknown-av", "good", "-", DEED_CHALLENGE, 0, CHAL_UNKNOWN_AV,
	  "an unknown AV pair" },
	{ "ntlm-flags-zero", "good", "-", DEED_CHALLENGE, 0, CHAL_FLAGS_ZERO,
	  "MsvAvFlags = 0, to drop the MIC" },
	{ "ntlm-late-info", "good", "-", DEED_CHALLENGE, 0, CHAL_LATE_INFO,
	  "a gap before the target information" },
	{ "ntlm-big-info", "any", "-", DEED_CHALLENGE, 0, CHAL_BIG_INFO,
	  "8 KB of target information" },
	{ "ntlm-after-eol", "any", "-", DEED_CHALLENGE, 0, CHAL_AFTER_EOL,
	  "pairs after the end of the list" },
	{ "ntlm-offset", "bad", "-", DEED_CHALLENGE, 0, CHAL_OFFSET,
	  "target information past the end" },
	{ "ntlm-offset-wrap", "bad", "-", DEED_CHALLENGE, 0, CHAL_OFFSET_WRAP,
	  "an offset that wraps around" },
	{ "ntlm-offset-header", "bad", "-", DEED_CHALLENGE, 0, CHAL_OFFSET_HEADER,
	  "an offset into the header" },
	{ "ntlm-no-info", "bad", "-", DEED_CHALLENGE, 0, CHAL_NO_INFO,
	  "no target information" },
	{ "ntlm-no-eol", "bad", "-", DEED_CHALLENGE, 0, CHAL_NO_EOL, "a list without end" },
	{ "ntlm-av-over", "bad", "-", DEED_CHALLENGE, 0, CHAL_AV_OVER,
	  "a pair longer than the list" },
	{ "ntlm-dup-time", "bad", "-", DEED_CHALLENGE, 0, CHAL_DUP_TIME, "two timestamps" },
	{ "ntlm-dup-flags", "bad", "-", DEED_CHALLENGE, 0, CHAL_DUP_FLAGS, "two MsvAvFlags" },
	{ "ntlm-time-size", "bad", "-", DEED_CHALLENGE, 0, CHAL_TIME_SIZE,
	  "a timestamp of four bytes" },
	{ "ntlm-short", "bad", "-", DEED_CHALLENGE, 0, CHAL_SHORT, "31 bytes" },
	{ "ntlm-signature", "bad", "-", DEED_CHALLENGE, 0, CHAL_SIGNATURE, "not NTLMSSP" },
	{ "ntlm-type", "bad", "-", DEED_CHALLENGE, 0, CHAL_TYPE, "message type 3" },
	{ "ntlm-odd-name", "any", "-", DEED_CHALLENGE, 0, CHAL_ODD_NAME,
	  "half a UTF-16 character" },
	{ "ntlm-empty", "bad", "-", DEED_CHALLENGE, 0, CHAL_EMPTY,
	  "no CHALLENGE in the token" },
	{ "ntlm-again", "bad", "-", DEED_CHALLENGE_AGAIN, POINT_AUTH, 0, "a second CHALLENGE" },
	{ "weak-ess", "bad", "-", DEED_CLEAR, 0, NTLM_ESS, "no extended session security" },
	{ "weak-128", "bad", "-", DEED_CLEAR, 0, NTLM_128, "no 128-bit keys" },
	{ "weak-key-exch", "bad", "-", DEED_CLEAR, 0, NTLM_KEY_EXCH, "no key exchange" },
	{ "weak-seal", "bad", "-", DEED_CLEAR, 0, NTLM_SEAL, "no sealing" },
	{ "weak-sign", "bad", "-", DEED_CLEAR, 0, NTLM_SIGN, "no signing" },
	{ "weak-unicode", "bad", "-", DEED_CLEAR, 0, NTLM_UNICODE, "no Unicode" },
	{ "anonymous", "bad", "-", DEED_ZERO_KEY, 0, 0,
	  "keys of a guest: the server knows no password" },

	/* pubKeyAuth, MS-CSSP 3.1.5 */
	{ "bind-other-key", "bad", "-", DEED_BIND, 0, BIND_OTHER_KEY, "for another key" },
	{ "bind-nonce", "bad", "hash", DEED_BIND, 0, BIND_NONCE, "for another nonce" },
	{ "bind-reflect", "bad", "-", DEED_BIND, 0, BIND_REFLECT,
	  "the client's own, reflected" },
	{ "bind-client", "bad", "-", DEED_BIND, 0, BIND_CLIENT,
	  "the client's words (+1 missing, the other hash)" },
	{ "bind-spki", "bad", "-", DEED_BIND, 0, BIND_SPKI, "SubjectPublicKeyInfo" },
	{ "bind-old", "bad", "hash", DEED_BIND, 0, BIND_OLD, "the key instead of the hash" },
	{ "bind-new", "bad", "echo", DEED_BIND, 0, BIND_NEW, "the hash instead of the key" },
	{ "bind-zero", "bad", "-", DEED_BIND, 0, BIND_ZERO, "zero bytes" },
	{ "bind-short", "bad", "-", DEED_BIND, 0, BIND_SHORT, "a byte too few" },
	{ "bind-long", "bad", "-", DEED_BIND, 0, BIND_LONG, "a byte too many" },
	{ "bind-empty", "bad", "-", DEED_BIND, 0, BIND_EMPTY, "an empty one" },
	{ "bind-missing", "bad", "-", DEED_BIND, 0, BIND_MISSING, "none" },
	{ "bind-unsealed", "bad", "-", DEED_BIND, 0, BIND_UNSEALED, "not sealed" },
	{ "bind-ciphertext", "bad", "-", DEED_BIND, 0, BIND_CIPHERTEXT, "a bit flipped" },
	{ "bind-signature", "bad", "-", DEED_BIND, 0, BIND_SIGNATURE,
	  "a bit flipped in the checksum" },
	{ "bind-number", "bad", "-", DEED_BIND, 0, BIND_NUMBER, "a sequence number skipped" },

	/* SPNEGO, RFC 4178 and MS-SPNG */
	{ "final-before", "good", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_BEFORE,
	  "the final token in a message before pubKeyAuth" },
	{ "final-together", "good", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_TOGETHER,
	  "... both in one record" },
	{ "final-none", "good", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_NONE, "no final token" },
	{ "final-dropped", "any", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_DROPPED,
	  "none, though its MIC has been counted" },
	{ "final-no-mic", "good", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_NO_MIC,
	  "a final token without mechListMIC" },
	{ "final-mic", "bad", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_BAD_MIC,
	  "a wrong mechListMIC" },
	{ "final-refused", "bad", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_FINAL_REFUSED,
	  "reject beside pubKeyAuth" },
	{ "spnego-refused", "bad", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_REFUSED,
	  "reject instead of the CHALLENGE" },
	{ "spnego-mech", "bad", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_OTHER_MECH,
	  "a mechanism that was not offered" },
	{ "spnego-raw", "bad", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_RAW, "a bare CHALLENGE" },
	{ "spnego-request-mic", "good", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_REQUEST_MIC,
	  "request-mic beside the CHALLENGE" },
	{ "spnego-malformed", "bad", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_MALFORMED,
	  "broken DER" },
	{ "spnego-completed", "bad", "spnego", DEED_SPNEGO, 0, SPNEGO_FORM_COMPLETED,
	  "accept-completed beside the CHALLENGE" },

	/* Early User Authorization Result, MS-RDPBCGR 2.2.10.2 */
	{ "early-denied", "bad", "early", DEED_EARLY, POINT_EARLY, 5, "access denied" },
	{ "early-other", "bad", "early", DEED_EARLY, POINT_EARLY, 0x12345678,
	  "no known result" },
	{ "early-half", "bad", "early", DEED_EARLY_HALF, POINT_EARLY, 0,
	  "half of it, then a close" },
	{ "early-close", "bad", "early", DEED_CLOSE, POINT_EARLY, 0, "a close instead" },
	{ "early-silence", "bad", "early", DEED_SILENCE, POINT_EARLY, 0, "silence instead" },
	{ "early-wait", "good", "early", DEED_WAIT, POINT_EARLY, 1500, "a slow one" },

	/* X.224, MS-RDPBCGR 2.2.1.2 */
	{ "x224-rdp", "bad", "x224", DEED_SELECT, POINT_X224, 0, "selects RDP security" },
	{ "x224-ssl", "bad", "x224", DEED_SELECT, POINT_X224, 1, "selects TLS without NLA" },
	{ "x224-rdstls", "bad", "x224", DEED_SELECT, POINT_X224, 4, "selects RDSTLS" },
	{ "x224-both", "bad", "x224", DEED_SELECT, POINT_X224, 3, "selects two at once" },
	{ "x224-failure", "bad", "x224", DEED_X224_FAILURE, POINT_X224, 2,
	  "SSL_NOT_ALLOWED_BY_SERVER" },
	{ "x224-no-answer", "bad", "x224", DEED_X224_FORM, POINT_X224, X224_NO_ANSWER,
	  "a confirm without selection" },
	{ "x224-garbage", "bad", "x224", DEED_X224_FORM, POINT_X224, X224_GARBAGE, "no TPKT" },
	{ "x224-length", "bad", "x224", DEED_X224_FORM, POINT_X224, X224_LENGTH,
	  "a TPKT of 65535 bytes" },
	{ "x224-half", "bad", "x224", DEED_X224_FORM, POINT_X224, X224_HALF,
	  "half a confirm, then a close" },
	{ "x224-close", "bad", "x224", DEED_CLOSE, POINT_X224, 0, "a close" },
	{ "x224-silence", "bad", "x224", DEED_SILENCE, POINT_X224, 0, "no confirm" },
};

#define COUNT	(sizeof(table) / sizeof(table[0]))

const struct wrong *wrong_find(const char *name)
{
	size_t i;

	if (!name)
		return &nothing;
	for (i = 0; i < COUNT; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

const struct wrong *wrong_at(size_t i)
{
	return i < COUNT ? &table[i] : NULL;
}

void wrong_list(void)
{
	size_t i;

	for (i = 0; i < COUNT; i++)
		printf("%-22s %-5s %-7s %s\n", table[i].name, table[i].verdict,
		       table[i].needs, table[i].text);
}

const char *point_name(enum point where)
{
	static const char *const names[] = {
		"start", "accept", "x224", "hello", "flight", "tls",
		"nego", "auth", "creds", "early",
	};

	return names[where];
}
