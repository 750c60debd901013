/* SPDX-License-Identifier: GPL-2.0-only */
/* What the peer can do wrong, or oddly, in RDP's connection sequence: one table of names. */
#ifndef PEER_RDP_FAULT_H
#define PEER_RDP_FAULT_H

#include <stddef.h>

/* The server's messages, in order. */
enum rdp_point {
	RDP_CONNECT,	/* MCS Connect-Response */
	RDP_ATTACH,	/* Attach-User-Confirm */
	RDP_JOIN,	/* the first Channel-Join-Confirm */
	RDP_LICENSE,	/* licensing */
	RDP_POINTS,
};

enum rdp_action {
	/* instead of the message; the connection ends with it */
	RDP_SILENCE,
	RDP_CLOSE,		/* close_notify and a close */
	RDP_HALF,		/* half of the message, then a close */
	RDP_GARBAGE,		/* HTTP */
	RDP_TPKT,		/* arg: length in the TPKT header */
	RDP_ULTIMATUM,		/* arg: reason of a DisconnectProviderUltimatum */
	RDP_EARLY,		/* the licensing message, too early */
	/* a change of the message; the connection ends with it too */
	RDP_BYTE,		/* arg: index of a byte << 8, bits to flip */
	RDP_CUT,		/* arg: so many bytes are missing at its end */
	RDP_MORE,		/* arg: so many bytes follow its end */
	RDP_RESULT,		/* arg: result of MCS */
	RDP_GCC,		/* arg: enum rdp_gcc */
	RDP_OTHER_CHANNEL,	/* another channel than the one that is meant */
	RDP_OTHER_USER,
	RDP_LICENSE_ERROR,	/* arg: error code */
	RDP_LICENSE_TYPE,	/* arg: type of the licensing message */
	RDP_LICENSE_FLAGS,	/* arg: flags of the security header */
	/* the client must go on */
	RDP_NOTHING,
	RDP_UNKNOWN_BLOCK,	/* a block of a type yet to come */
	RDP_RECORDS,		/* records of one byte */
};

/* The server's settings, MS-RDPBCGR 2.2.1.4 */
enum rdp_gcc {
	GCC_ASKED,		/* the protocols that were asked for are others */
	GCC_NO_ASKED,		/* no such field */
	GCC_NO_CORE,
	GCC_NO_NET,
	GCC_NO_SECURITY,
	GCC_TWICE,		/* SC_CORE twice */
	GCC_ENCRYPTION,		/* RDP's own encryption */
	GCC_CHANNELS,		/* a static channel that nobody asked for */
	GCC_CHANNELS_CUT,	/* fewer numbers of channels than announced */
	GCC_ZERO_LENGTH,	/* a block of length zero */
	GCC_LONG_BLOCK,		/* a block longer than all of them */
	GCC_REFUSED,		/* result of the conference: user-rejected */
	GCC_OTHER_KEY,		/* not T.124 */
};

/**
 * struct rdp_fault - one line of the table
 * @name: for --rdp
 * @verdict: bad: a client must refuse; good: it must go on; result: it must tell a result
 *	that is not a valid licence
 * @point, @action, @arg: what is done, and when
 * @text: for people
 */
struct rdp_fault {
	const char *name;
	const char *verdict;
	enum rdp_point point;
	enum rdp_action action;
	long arg;
	const char *text;
};

const struct rdp_fault *rdp_fault_find(const char *name);
/* Line @i, NULL past the end. */
const struct rdp_fault *rdp_fault_at(size_t i);
const char *rdp_fault_name(const struct rdp_fault *fault);
void rdp_fault_list(void);
const char *rdp_point_name(enum rdp_point point);

#endif
