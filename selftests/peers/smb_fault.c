// SPDX-License-Identifier: GPL-2.0-only
/* The faults of smbpeer, one row each. Offsets are those of MS-SMB2 2.2, with its header. */
#include <string.h>

#include "smb_fault.h"

#define HEADER		64
#define AT_STATUS	8
#define AT_COMMAND	12
#define AT_CREDITS	14
#define AT_FLAGS	16
#define AT_NEXT		20
#define AT_MESSAGE_ID	24
#define AT_TREE_ID	36
#define AT_SESSION_ID	40
#define AT_SIGNATURE	48
#define AT_BODY		HEADER

#define FLAG_RESPONSE	0x1
#define FLAG_ASYNC	0x2
#define FLAG_RELATED	0x4
#define FLAG_SIGNED	0x8

#define STATUS_PENDING			0x00000103
#define STATUS_MORE_PROCESSING		0xc0000016
#define STATUS_ACCESS_DENIED		0xc0000022
#define STATUS_USER_SESSION_DELETED	0xc0000203
#define STATUS_NETWORK_SESSION_EXPIRED	0xc000035c

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static uint32_t get(const struct smb_packet *p, size_t at, size_t n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | (at + n < p->length ? p->bytes[SMB_FRAME + at + n] : 0);
	return v;
}

static void set(struct smb_packet *p, size_t at, size_t n, uint32_t v)
{
	size_t i;

	for (i = 0; i < n && at + i < p->length; i++)
		p->bytes[SMB_FRAME + at + i] = v >> (8 * i);
}

static void flip(struct smb_packet *p, size_t at)
{
	set(p, at, 1, get(p, at, 1) ^ 1);
}

void smb_fault_frame(struct smb_packet *p)
{
	p->bytes[0] = 0;
	p->bytes[1] = p->length >> 16;
	p->bytes[2] = p->length >> 8;
	p->bytes[3] = p->length;
}

static enum smb_where where_setup(const struct smb_packet *p, bool renewal)
{
	if (renewal)
		return AT_RENEWAL;
	return get(p, AT_STATUS, 4) ? AT_SETUP : AT_LOGON;
}

enum smb_where smb_where(const struct smb_packet *p)
{
	static bool has_tree;	/* a process has one connection */
	static const enum smb_where answers[] = {
		[0x0] = AT_NEGOTIATE, [0x2] = AT_LOGOFF, [0x3] = AT_TREE,
		[0x4] = AT_TREE_DISCONNECT, [0xb] = AT_VALIDATE, [0xd] = AT_ECHO,
	};
	uint32_t command = get(p, AT_COMMAND, 2);

	if (!(get(p, AT_FLAGS, 4) & FLAG_RESPONSE))
		return command ? AT_OTHER : AT_NEGOTIATE_REQUEST;
	has_tree |= command == 0x3;
	if (command == 0x1)
		return where_setup(p, has_tree);
	return command < COUNT(answers) ? answers[command] : AT_OTHER;
}

/* ---- No answer -------------------------------------------------------------------- */

static enum smb_fate silence(struct smb_packet *p)
{
	(void)p;
	return FATE_DROP;
}

static enum smb_fate hang_up(struct smb_packet *p)
{
	(void)p;
	return FATE_CLOSE;
}

/* ---- Frames ------------------------------------------------------------------------ */

static enum smb_fate frame_type(struct smb_packet *p)
{
	p->bytes[0] = 0x85;	/* NetBIOS keep-alive */
	return FATE_PASS;
}

static enum smb_fate frame_huge(struct smb_packet *p)
{
	p->bytes[1] = 0xff;
	return FATE_PASS;
}

static enum smb_fate frame_short(struct smb_packet *p)
{
	p->length = HEADER - 1;
	smb_fault_frame(p);
	return FATE_PASS;
}

/* The frame promises more than comes. */
static enum smb_fate frame_more(struct smb_packet *p)
{
	p->bytes[2]++;
	return FATE_PASS;
}

static enum smb_fate truncated(struct smb_packet *p)
{
	p->length = HEADER + 3;
	smb_fault_frame(p);
	return FATE_PASS;
}

/* ---- Headers ------------------------------------------------------------------------ */

static enum smb_fate magic(struct smb_packet *p)
{
	set(p, 0, 1, 0xff);
	return FATE_PASS;
}

static enum smb_fate encrypted(struct smb_packet *p)
{
	set(p, 0, 1, 0xfd);
	return FATE_PASS;
}

static enum smb_fate header_size(struct smb_packet *p)
{
	flip(p, 4);
	return FATE_PASS;
}

static enum smb_fate request(struct smb_packet *p)
{
	flip(p, AT_FLAGS);
	return FATE_PASS;
}

static enum smb_fate compounded(struct smb_packet *p)
{
	set(p, AT_NEXT, 4, HEADER);
	return FATE_PASS;
}

static enum smb_fate related(struct smb_packet *p)
{
	set(p, AT_FLAGS, 4, get(p, AT_FLAGS, 4) | FLAG_RELATED);
	return FATE_PASS;
}

static enum smb_fate message_id(struct smb_packet *p)
{
	set(p, AT_MESSAGE_ID, 4, get(p, AT_MESSAGE_ID, 4) + 1);
	return FATE_PASS;
}

static enum smb_fate command(struct smb_packet *p)
{
	set(p, AT_COMMAND, 2, 0x10);
	return FATE_PASS;
}

static enum smb_fate session_id(struct smb_packet *p)
{
	flip(p, AT_SESSION_ID);
	return FATE_PASS;
}

static enum smb_fate session_zero(struct smb_packet *p)
{
	set(p, AT_SESSION_ID, 4, 0);
	set(p, AT_SESSION_ID + 4, 4, 0);
	return FATE_PASS;
}

static enum smb_fate tree_id(struct smb_packet *p)
{
	flip(p, AT_TREE_ID);
	return FATE_PASS;
}

static enum smb_fate no_credits(struct smb_packet *p)
{
	set(p, AT_CREDITS, 2, 0);
	return FATE_PASS;
}

void smb_fault_async(struct smb_packet *p)
{
	set(p, AT_FLAGS, 4, get(p, AT_FLAGS, 4) | FLAG_ASYNC);
}

void smb_fault_pending(struct smb_packet *p)
{
	set(p, AT_STATUS, 4, STATUS_PENDING);
	smb_fault_async(p);
}

static enum smb_fate async(struct smb_packet *p)
{
	smb_fault_async(p);
	return FATE_PASS;
}

static enum smb_fate pending(struct smb_packet *p)
{
	smb_fault_pending(p);
	return FATE_PASS;
}

static enum smb_fate slow(struct smb_packet *p)
{
	(void)p;
	return FATE_SLOW;
}

/* Pending for ever: the second answer is as the first. */
static enum smb_fate pending_twice(struct smb_packet *p)
{
	pending(p);
	return FATE_TWICE;
}

static enum smb_fate access_denied(struct smb_packet *p)
{
	set(p, AT_STATUS, 4, STATUS_ACCESS_DENIED);
	return FATE_PASS;
}

static enum smb_fate body_size(struct smb_packet *p)
{
	set(p, AT_BODY, 2, 0x1234);
	return FATE_PASS;
}

/* ---- Signatures ----------------------------------------------------------------------- */

static enum smb_fate unsigned_answer(struct smb_packet *p)
{
	set(p, AT_FLAGS, 4, get(p, AT_FLAGS, 4) & ~FLAG_SIGNED);
	return FATE_PASS;
}

static enum smb_fate signature(struct smb_packet *p)
{
	flip(p, AT_SIGNATURE);
	return FATE_PASS;
}

static enum smb_fate changed(struct smb_packet *p)
{
	flip(p, p->length - 1);
	return FATE_PASS;
}

static enum smb_fate expired(struct smb_packet *p)
{
	set(p, AT_STATUS, 4, STATUS_NETWORK_SESSION_EXPIRED);
	return unsigned_answer(p);
}

static enum smb_fate deleted(struct smb_packet *p)
{
	set(p, AT_STATUS, 4, STATUS_USER_SESSION_DELETED);
	return unsigned_answer(p);
}

/* ---- NEGOTIATE (2.2.3, 2.2.4) ----------------------------------------------------------- */

/* The first dialect alone remains, which is the lowest one. */
static enum smb_fate lower(struct smb_packet *p)
{
	size_t i, count = get(p, AT_BODY + 2, 2);

	for (i = 1; i < count; i++)
		set(p, AT_BODY + 36 + 2 * i, 2, get(p, AT_BODY + 36, 2));
	return FATE_PASS;
}

static enum smb_fate dialect(struct smb_packet *p)
{
	set(p, AT_BODY + 4, 2, 0x0202);
	return FATE_PASS;
}

static enum smb_fate wildcard(struct smb_packet *p)
{
	set(p, AT_BODY + 4, 2, 0x02ff);
	return FATE_PASS;
}

static enum smb_fate guid(struct smb_packet *p)
{
	flip(p, AT_BODY + 8);
	return FATE_PASS;
}

static enum smb_fate capabilities(struct smb_packet *p)
{
	flip(p, AT_BODY + 24);
	return FATE_PASS;
}

static enum smb_fate mode(struct smb_packet *p)
{
	flip(p, AT_BODY + 2);
	return FATE_PASS;
}

static enum smb_fate token_offset(struct smb_packet *p)
{
	set(p, AT_BODY + 56, 2, 0xfff0);
	return FATE_PASS;
}

static enum smb_fate token_length(struct smb_packet *p)
{
	set(p, AT_BODY + 58, 2, 0xffff);
	return FATE_PASS;
}

static enum smb_fate token_wrong(struct smb_packet *p)
{
	flip(p, get(p, AT_BODY + 56, 2));
	return FATE_PASS;
}

static enum smb_fate contexts_offset(struct smb_packet *p)
{
	set(p, AT_BODY + 60, 4, 0xfffffff8);
	return FATE_PASS;
}

static enum smb_fate contexts_count(struct smb_packet *p)
{
	set(p, AT_BODY + 6, 2, 0xffff);
	return FATE_PASS;
}

static enum smb_fate contexts_more(struct smb_packet *p)
{
	set(p, AT_BODY + 6, 2, get(p, AT_BODY + 6, 2) + 1);
	return FATE_PASS;
}

static enum smb_fate contexts_none(struct smb_packet *p)
{
	set(p, AT_BODY + 6, 2, 0);
	return FATE_PASS;
}

static enum smb_fate context_length(struct smb_packet *p)
{
	set(p, get(p, AT_BODY + 60, 4) + 2, 2, 0xfff0);
	return FATE_PASS;
}

/* Where the data of the first context of @type begins; the end of the packet if none. */
static size_t context(struct smb_packet *p, uint32_t type)
{
	size_t at = get(p, AT_BODY + 60, 4), i;

	for (i = 0; i < get(p, AT_BODY + 6, 2); i++) {
		if (get(p, at, 2) == type)
			return at + 8;
		at = (at + 8 + get(p, at + 2, 2) + 7) & ~7UL;
	}
	return p->length;
}

static enum smb_fate hash(struct smb_packet *p)
{
	set(p, context(p, 1) + 4, 2, 2);
	return FATE_PASS;
}

/* A bit that has no meaning, but that the hash of SMB 3.1.1 covers */
static enum smb_fate salt(struct smb_packet *p)
{
	flip(p, context(p, 1) + 6);
	return FATE_PASS;
}

static enum smb_fate algorithm(struct smb_packet *p)
{
	set(p, context(p, 8) + 2, 2, 9);
	return FATE_PASS;
}

/* The context is of a type that is unknown: no choice, and so AES-CMAC. */
static enum smb_fate no_algorithm(struct smb_packet *p)
{
	set(p, context(p, 8) - 8, 2, 0x4242);
	return FATE_PASS;
}

/* ---- SESSION_SETUP (2.2.6) ----------------------------------------------------------------- */

static enum smb_fate guest(struct smb_packet *p)
{
	set(p, AT_BODY + 2, 2, 0x1);
	return FATE_PASS;
}

static enum smb_fate anonymous(struct smb_packet *p)
{
	set(p, AT_BODY + 2, 2, 0x2);
	return FATE_PASS;
}

static enum smb_fate sealed(struct smb_packet *p)
{
	set(p, AT_BODY + 2, 2, 0x4);
	return FATE_PASS;
}

static enum smb_fate setup_offset(struct smb_packet *p)
{
	set(p, AT_BODY + 4, 2, 0xfff0);
	return FATE_PASS;
}

static enum smb_fate setup_length(struct smb_packet *p)
{
	set(p, AT_BODY + 6, 2, 0xffff);
	return FATE_PASS;
}

static enum smb_fate setup_empty(struct smb_packet *p)
{
	set(p, AT_BODY + 6, 2, 0);
	return FATE_PASS;
}

static enum smb_fate setup_token(struct smb_packet *p)
{
	flip(p, get(p, AT_BODY + 4, 2));
	return FATE_PASS;
}

static enum smb_fate early(struct smb_packet *p)
{
	set(p, AT_STATUS, 4, 0);
	return FATE_PASS;
}

static enum smb_fate late(struct smb_packet *p)
{
	set(p, AT_STATUS, 4, STATUS_MORE_PROCESSING);
	return FATE_PASS;
}

/* Tests name the rows. */
const struct smb_fault smb_faults[] = {
	{ "none", AT_OTHER, NULL },
	{ "silence-negotiate", AT_NEGOTIATE, silence },
	{ "silence-setup", AT_SETUP, silence },
	{ "silence-logon", AT_LOGON, silence },
	{ "silence-tree", AT_TREE, silence },
	{ "silence-validate", AT_VALIDATE, silence },
	{ "silence-echo", AT_ECHO, silence },
	{ "silence-leave", AT_TREE_DISCONNECT, silence },
	{ "silence-logoff", AT_LOGOFF, silence },
	{ "close-negotiate", AT_NEGOTIATE, hang_up },
	{ "close-setup", AT_SETUP, hang_up },
	{ "close-logon", AT_LOGON, hang_up },
	{ "close-tree", AT_TREE, hang_up },
	{ "close-validate", AT_VALIDATE, hang_up },
	{ "close-echo", AT_ECHO, hang_up },
	{ "frame-type", AT_NEGOTIATE, frame_type },
	{ "frame-huge", AT_SETUP, frame_huge },
	{ "frame-short", AT_NEGOTIATE, frame_short },
	{ "frame-more", AT_LOGON, frame_more },
	{ "truncated-negotiate", AT_NEGOTIATE, truncated },
	{ "truncated-setup", AT_SETUP, truncated },
	{ "truncated-logon", AT_LOGON, truncated },
	{ "truncated-tree", AT_TREE, truncated },
	{ "truncated-echo", AT_ECHO, truncated },
	{ "magic", AT_NEGOTIATE, magic },
	{ "encrypted", AT_TREE, encrypted },
	{ "header-size", AT_SETUP, header_size },
	{ "request", AT_NEGOTIATE, request },
	{ "compounded", AT_SETUP, compounded },
	{ "related", AT_ECHO, related },
	{ "message-id-negotiate", AT_NEGOTIATE, message_id },
	{ "message-id-setup", AT_SETUP, message_id },
	{ "message-id-echo", AT_ECHO, message_id },
	{ "command", AT_TREE, command },
	{ "session-id", AT_LOGON, session_id },
	{ "session-id-negotiate", AT_NEGOTIATE, session_id },
	{ "session-id-zero", AT_SETUP, session_zero },
	{ "tree-id", AT_VALIDATE, tree_id },
	{ "no-credits", AT_NEGOTIATE, no_credits },
	{ "async", AT_SETUP, async },
	{ "pending", AT_NEGOTIATE, pending },
	{ "slow", AT_NEGOTIATE, slow },
	{ "pending-twice", AT_ECHO, pending_twice },
	{ "refused-negotiate", AT_NEGOTIATE, access_denied },
	{ "refused-logon", AT_LOGON, access_denied },
	{ "size-negotiate", AT_NEGOTIATE, body_size },
	{ "size-setup", AT_SETUP, body_size },
	{ "unsigned-logon", AT_LOGON, unsigned_answer },
	{ "unsigned-tree", AT_TREE, unsigned_answer },
	{ "unsigned-validate", AT_VALIDATE, unsigned_answer },
	{ "unsigned-echo", AT_ECHO, unsigned_answer },
	{ "signature-logon", AT_LOGON, signature },
	{ "signature-tree", AT_TREE, signature },
	{ "signature-validate", AT_VALIDATE, signature },
	{ "signature-echo", AT_ECHO, signature },
	{ "changed-tree", AT_TREE, changed },
	{ "expired", AT_TREE, expired },
	{ "deleted", AT_ECHO, deleted },
	{ "lower", AT_NEGOTIATE_REQUEST, lower },
	{ "dialect", AT_NEGOTIATE, dialect },
	{ "wildcard", AT_NEGOTIATE, wildcard },
	{ "guid", AT_NEGOTIATE, guid },
	{ "capabilities", AT_NEGOTIATE, capabilities },
	{ "mode", AT_NEGOTIATE, mode },
	{ "token-offset", AT_NEGOTIATE, token_offset },
	{ "token-length", AT_NEGOTIATE, token_length },
	{ "token-wrong", AT_NEGOTIATE, token_wrong },
	{ "contexts-offset", AT_NEGOTIATE, contexts_offset },
	{ "contexts-count", AT_NEGOTIATE, contexts_count },
	{ "contexts-more", AT_NEGOTIATE, contexts_more },
	{ "contexts-none", AT_NEGOTIATE, contexts_none },
	{ "context-length", AT_NEGOTIATE, context_length },
	{ "hash", AT_NEGOTIATE, hash },
	{ "salt", AT_NEGOTIATE, salt },
	{ "algorithm", AT_NEGOTIATE, algorithm },
	{ "no-algorithm", AT_NEGOTIATE, no_algorithm },
	{ "guest", AT_LOGON, guest },
	{ "anonymous", AT_LOGON, anonymous },
	{ "sealed", AT_LOGON, sealed },
	{ "setup-offset", AT_SETUP, setup_offset },
	{ "setup-length", AT_SETUP, setup_length },
	{ "setup-empty", AT_SETUP, setup_empty },
	{ "setup-token", AT_SETUP, setup_token },
	{ "early", AT_SETUP, early },
	{ "silence-renewal", AT_RENEWAL, silence },
	{ "close-renewal", AT_RENEWAL, hang_up },
	{ "unsigned-renewal", AT_RENEWAL, unsigned_answer },
	{ "signature-renewal", AT_RENEWAL, signature },
	{ "session-id-renewal", AT_RENEWAL, session_id },
	{ "refused-renewal", AT_RENEWAL, access_denied },
	{ "setup-length-renewal", AT_RENEWAL, setup_length },
	{ "late", AT_LOGON, late },
};

const size_t smb_fault_count = COUNT(smb_faults);
