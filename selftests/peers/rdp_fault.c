// SPDX-License-Identifier: GPL-2.0-only
/* The table of RDP's faults. */
#include <stdio.h>
#include <string.h>

#include "rdp_fault.h"

static const struct rdp_fault table[] = {
	{ "none", "good", RDP_POINTS, RDP_NOTHING, 0, "all is right" },
	{ "records", "good", RDP_POINTS, RDP_RECORDS, 0, "TLS records of one byte" },
	{ "unknown-block", "good", RDP_CONNECT, RDP_UNKNOWN_BLOCK, 0,
	  "a block of settings of an unknown type" },

	/* any message */
	{ "silence-connect", "bad", RDP_CONNECT, RDP_SILENCE, 0, "no Connect-Response" },
	{ "silence-attach", "bad", RDP_ATTACH, RDP_SILENCE, 0, "no Attach-User-Confirm" },
	{ "silence-join", "bad", RDP_JOIN, RDP_SILENCE, 0, "no Channel-Join-Confirm" },
	{ "silence-license", "bad", RDP_LICENSE, RDP_SILENCE, 0, "no licensing message" },
	{ "close-connect", "bad", RDP_CONNECT, RDP_CLOSE, 0, "a close instead" },
	{ "close-attach", "bad", RDP_ATTACH, RDP_CLOSE, 0, "a close instead" },
	{ "close-join", "bad", RDP_JOIN, RDP_CLOSE, 0, "a close instead" },
	{ "close-license", "bad", RDP_LICENSE, RDP_CLOSE, 0, "a close instead" },
	{ "half-connect", "bad", RDP_CONNECT, RDP_HALF, 0, "half of it, then a close" },
	{ "half-license", "bad", RDP_LICENSE, RDP_HALF, 0, "half of it, then a close" },
	{ "garbage-connect", "bad", RDP_CONNECT, RDP_GARBAGE, 0, "HTTP" },
	{ "garbage-join", "bad", RDP_JOIN, RDP_GARBAGE, 0, "HTTP" },
	{ "tpkt-zero", "bad", RDP_CONNECT, RDP_TPKT, 0, "a TPKT of no bytes" },
	{ "tpkt-header", "bad", RDP_ATTACH, RDP_TPKT, 4, "a TPKT of nothing but its header" },
	{ "tpkt-huge", "bad", RDP_LICENSE, RDP_TPKT, 65535, "a TPKT of 65535 bytes" },
	{ "bye-connect", "bad", RDP_CONNECT, RDP_ULTIMATUM, 1, "DisconnectProviderUltimatum" },
	{ "bye-attach", "bad", RDP_ATTACH, RDP_ULTIMATUM, 1, "DisconnectProviderUltimatum" },
	{ "bye-license", "bad", RDP_LICENSE, RDP_ULTIMATUM, 0, "DisconnectProviderUltimatum" },
	{ "early-connect", "bad", RDP_CONNECT, RDP_EARLY, 0, "licensing comes too early" },
	{ "early-attach", "bad", RDP_ATTACH, RDP_EARLY, 0, "licensing comes too early" },
	{ "early-join", "bad", RDP_JOIN, RDP_EARLY, 0, "licensing comes too early" },

	/* Connect-Response. Bytes: 4 X.224, 7 BER's tag, 9 its length, 12 result */
	{ "connect-result", "bad", RDP_CONNECT, RDP_RESULT, 14, "rt-unspecified-failure" },
	{ "connect-unknown", "bad", RDP_CONNECT, RDP_RESULT, 99, "an unknown result" },
	{ "connect-x224", "bad", RDP_CONNECT, RDP_BYTE, 0x0501, "not X.224 data" },
	{ "connect-tag", "bad", RDP_CONNECT, RDP_BYTE, 0x0801, "another tag of BER" },
	{ "connect-form", "bad", RDP_CONNECT, RDP_BYTE, 0x0902, "indefinite length" },
	{ "connect-length", "bad", RDP_CONNECT, RDP_BYTE, 0x0a01, "a length past the end" },
	{ "connect-enum", "bad", RDP_CONNECT, RDP_BYTE, 0x0d80, "a result of 129 bytes" },
	{ "connect-cut", "bad", RDP_CONNECT, RDP_CUT, 1, "a byte is missing" },
	{ "connect-cut-more", "bad", RDP_CONNECT, RDP_CUT, 40, "forty bytes are missing" },
	{ "connect-more", "bad", RDP_CONNECT, RDP_MORE, 1, "a byte follows" },
	{ "gcc-asked", "bad", RDP_CONNECT, RDP_GCC, GCC_ASKED,
	  "the server has seen another request" },
	{ "gcc-no-asked", "bad", RDP_CONNECT, RDP_GCC, GCC_NO_ASKED,
	  "the server has seen no request" },
	{ "gcc-no-core", "bad", RDP_CONNECT, RDP_GCC, GCC_NO_CORE, "no SC_CORE" },
	{ "gcc-no-net", "bad", RDP_CONNECT, RDP_GCC, GCC_NO_NET, "no SC_NET" },
	{ "gcc-no-security", "bad", RDP_CONNECT, RDP_GCC, GCC_NO_SECURITY, "no SC_SECURITY" },
	{ "gcc-twice", "bad", RDP_CONNECT, RDP_GCC, GCC_TWICE, "SC_CORE twice" },
	{ "gcc-encryption", "bad", RDP_CONNECT, RDP_GCC, GCC_ENCRYPTION,
	  "RDP's own encryption" },
	{ "gcc-channels", "bad", RDP_CONNECT, RDP_GCC, GCC_CHANNELS, "a channel too many" },
	{ "gcc-channels-cut", "bad", RDP_CONNECT, RDP_GCC, GCC_CHANNELS_CUT,
	  "SC_NET of 65535 channels" },
	{ "gcc-zero", "bad", RDP_CONNECT, RDP_GCC, GCC_ZERO_LENGTH, "a block of length zero" },
	{ "gcc-long", "bad", RDP_CONNECT, RDP_GCC, GCC_LONG_BLOCK, "a block past the end" },
	{ "gcc-refused", "bad", RDP_CONNECT, RDP_GCC, GCC_REFUSED, "the conference is refused" },
	{ "gcc-key", "bad", RDP_CONNECT, RDP_GCC, GCC_OTHER_KEY, "another object than T.124's" },

	/* Attach-User-Confirm and Channel-Join-Confirm. Bytes: 7 message, 8 result */
	{ "attach-result", "bad", RDP_ATTACH, RDP_RESULT, 13, "rt-too-many-users" },
	{ "attach-no-user", "bad", RDP_ATTACH, RDP_BYTE, 0x0702, "no user" },
	{ "attach-padding", "bad", RDP_ATTACH, RDP_BYTE, 0x0801, "bits where none are" },
	{ "attach-user", "bad", RDP_ATTACH, RDP_BYTE, 0x09ff, "a user's number beyond 65535" },
	{ "attach-cut", "bad", RDP_ATTACH, RDP_CUT, 1, "a byte is missing" },
	{ "attach-more", "bad", RDP_ATTACH, RDP_MORE, 1, "a byte follows" },
	{ "join-result", "bad", RDP_JOIN, RDP_RESULT, 11, "rt-too-many-channels" },
	{ "join-channel", "bad", RDP_JOIN, RDP_OTHER_CHANNEL, 0, "another channel" },
	{ "join-user", "bad", RDP_JOIN, RDP_OTHER_USER, 0, "another user" },
	{ "join-cut", "bad", RDP_JOIN, RDP_CUT, 2, "no channel" },
	{ "join-more", "bad", RDP_JOIN, RDP_MORE, 2, "two bytes follow" },

	/* Licensing, MS-RDPBCGR 2.2.1.12. Bytes: 7 message, 13 length, 15 flags, 19 type */
	{ "license-request", "result", RDP_LICENSE, RDP_LICENSE_TYPE, 1, "a licence request" },
	{ "license-challenge", "result", RDP_LICENSE, RDP_LICENSE_TYPE, 2,
	  "a platform challenge" },
	{ "license-new", "bad", RDP_LICENSE, RDP_LICENSE_TYPE, 3, "a licence nobody asked for" },
	{ "license-none", "bad", RDP_LICENSE, RDP_LICENSE_ERROR, 6, "ERR_NO_LICENSE_SERVER" },
	{ "license-client", "bad", RDP_LICENSE, RDP_LICENSE_ERROR, 8, "ERR_INVALID_CLIENT" },
	{ "license-unknown", "bad", RDP_LICENSE, RDP_LICENSE_ERROR, 12345, "an unknown error" },
	{ "license-flags", "bad", RDP_LICENSE, RDP_LICENSE_FLAGS, 0x0001, "no licensing" },
	{ "license-channel", "bad", RDP_LICENSE, RDP_OTHER_CHANNEL, 0, "on another channel" },
	{ "license-length", "bad", RDP_LICENSE, RDP_BYTE, 0x0e10, "a length past the end" },
	{ "license-size", "bad", RDP_LICENSE, RDP_BYTE, 0x1501, "a size that is another" },
	{ "license-blob", "bad", RDP_LICENSE, RDP_BYTE, 0x21ff, "a blob past the end" },
	{ "license-cut", "bad", RDP_LICENSE, RDP_CUT, 6, "six bytes are missing" },
	{ "license-more", "bad", RDP_LICENSE, RDP_MORE, 3, "three bytes follow" },
};

#define COUNT	(sizeof(table) / sizeof(table[0]))

const struct rdp_fault *rdp_fault_find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

const struct rdp_fault *rdp_fault_at(size_t i)
{
	return i < COUNT ? &table[i] : NULL;
}

const char *rdp_fault_name(const struct rdp_fault *fault)
{
	return fault->name;
}

void rdp_fault_list(void)
{
	size_t i;

	for (i = 0; i < COUNT; i++)
		printf("%-18s %-6s %s\n", table[i].name, table[i].verdict, table[i].text);
}

const char *rdp_point_name(enum rdp_point point)
{
	static const char *const names[] = { "connect", "attach", "join", "license", "end" };

	return names[point];
}
