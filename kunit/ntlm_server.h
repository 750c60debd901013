/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scripted NTLM acceptor for tests, raw or inside SPNEGO, with a knob for each
 * fault of a peer. It answers with SPNEGO if the first token had it. It is as strict
 * as CredSSP needs: NTLMv2 with a MIC.
 */
#ifndef KUNIT_NTLM_SERVER_H
#define KUNIT_NTLM_SERVER_H

#include "crypto/ntlm_crypto.h"
#include "mech/mech.h"

/* Faults and differences inside SPNEGO: @quirks. */
#define NTLM_SERVER_FIRST_REJECT	BIT(0)	/* negState reject */
#define NTLM_SERVER_FIRST_COMPLETED	BIT(1)	/* accept-completed with the CHALLENGE */
#define NTLM_SERVER_FIRST_REQUEST_MIC	BIT(2)	/* request-mic */
#define NTLM_SERVER_FIRST_NO_STATE	BIT(3)
#define NTLM_SERVER_FIRST_NO_MECH	BIT(4)	/* no supportedMech */
#define NTLM_SERVER_FIRST_KRB5		BIT(5)	/* supportedMech was not offered */
#define NTLM_SERVER_FIRST_NO_TOKEN	BIT(6)	/* no responseToken */
#define NTLM_SERVER_FIRST_MIC		BIT(7)	/* a mechListMIC out of nothing */
#define NTLM_SERVER_FIRST_RAW		BIT(8)	/* bare NTLM answers SPNEGO */
#define NTLM_SERVER_FINAL_NONE		BIT(9)	/* no final token at all */
#define NTLM_SERVER_FINAL_NO_MIC	BIT(10)
#define NTLM_SERVER_FINAL_BAD_MIC	BIT(11)	/* one bit of it is flipped */
#define NTLM_SERVER_FINAL_ECHO		BIT(12)	/* responseToken is a copy of the MIC */
#define NTLM_SERVER_FINAL_REJECT	BIT(13)
#define NTLM_SERVER_FINAL_INCOMPLETE	BIT(14)	/* accept-incomplete */
#define NTLM_SERVER_FINAL_NO_STATE	BIT(15)
#define NTLM_SERVER_FINAL_REQUEST_MIC	BIT(16)
#define NTLM_SERVER_FINAL_OTHER_MIC	BIT(17)	/* the MIC of another MechTypeList */

/**
 * struct ntlm_server_knobs - faults of the acceptor; all-zero for none
 * @clear_flags, @set_flags: CSSP_NTLM_* in the CHALLENGE
 * @omit_av: CSSP_NTLM_AV_BIT() of AV pairs to leave out (names, timestamp)
 * @repeat_av: CSSP_NTLM_AV_BIT() of AV pairs to send twice
 * @av_flags: MsvAvFlags to send if not 0
 * @send_av_flags: send MsvAvFlags even if 0 (CVE-2019-1166)
 * @target_info: raw TargetInfo in place of the default, if @target_info_len
 * @target_info_len: its length
 * @bindings: the digest of channel bindings that the client must send; NULL: none
 * @quirks: NTLM_SERVER_*
 */
struct ntlm_server_knobs {
	u32 clear_flags;
	u32 set_flags;
	u32 omit_av;
	u32 repeat_av;
	u32 av_flags;
	bool send_av_flags;
	const u8 *target_info;
	size_t target_info_len;
	const u8 *bindings;
	u32 quirks;
};

enum ntlm_server_state {
	NTLM_SERVER_START,
	NTLM_SERVER_CHALLENGED,
	NTLM_SERVER_ESTABLISHED,
	NTLM_SERVER_DEAD,
};

/**
 * struct ntlm_server - the acceptor; too large for the stack
 * @id: the only account, borrowed
 * @knobs: copied
 * @server_challenge, @time: set by ntlm_server_init(), may be overwritten
 * @state: state of the exchange
 * @spnego: answers are inside SPNEGO
 * @negotiate, @challenge, @authenticate: NTLM messages as on the wire
 * @mech_list: MechTypeList as received
 * @saw_list_mic: the initiator's mechListMIC was present and right
 * @client: the client's message, views into @authenticate
 * @v2, @av: its NTLMv2 response with the AV pairs
 * @session_key: the exported session key
 * @crypto: algorithms
 * @to_client, @to_server: sending and receiving directions
 */
struct ntlm_server {
	const struct cssp_identity *id;
	struct ntlm_server_knobs knobs;
	u8 server_challenge[CSSP_NTLM_CHALLENGE_SIZE];
	u64 time;
	enum ntlm_server_state state;
	bool spnego;
	bool saw_list_mic;
	struct cssp_vbuf negotiate;
	struct cssp_vbuf challenge;
	struct cssp_vbuf authenticate;
	struct cssp_vbuf mech_list;
	struct cssp_ntlm_authenticate client;
	struct cssp_ntlm_v2 v2;
	struct cssp_ntlm_av av;
	u8 session_key[CSSP_NTLM_KEY_SIZE];
	struct cssp_ntlm_crypto crypto;
	struct cssp_ntlm_dir to_client;
	struct cssp_ntlm_dir to_server;
};

/* Allocate; @knobs NULL for an acceptor without faults. NULL when out of memory. */
struct ntlm_server *ntlm_server_new(const struct cssp_identity *id,
				    const struct ntlm_server_knobs *knobs);
void ntlm_server_free(struct ntlm_server *s);

/**
 * ntlm_server_step() - take the initiator's token, append the answer to @out
 * @s: acceptor
 * @in: NEGOTIATE, AUTHENTICATE or the SPNEGO tokens around them
 * @out: CHALLENGE; nothing after AUTHENTICATE, or SPNEGO's final token
 * @established: out: the client is authenticated, messages have keys
 *
 * Return: 0; -EACCES for a wrong name or password, and for a response that is too
 * weak for CredSSP; -EKEYREJECTED for a wrong MIC or mechListMIC; -EBADMSG.
 */
int __must_check ntlm_server_step(struct ntlm_server *s, const struct cssp_rd *in,
				  struct cssp_vbuf *out, bool *established);

/* GSS_Wrap and GSS_Unwrap of the acceptor. */
int __must_check ntlm_server_wrap(struct ntlm_server *s, const struct cssp_rd *plain,
				  struct cssp_vbuf *out);
int __must_check ntlm_server_unwrap(struct ntlm_server *s, const struct cssp_rd *sealed,
				    struct cssp_vbuf *out);

/* An identity of UTF-8 strings. */
int __must_check ntlm_server_identity(struct cssp_identity *id, const char *user,
				      const char *domain, const char *password);
void ntlm_server_identity_free(struct cssp_identity *id);

#endif
