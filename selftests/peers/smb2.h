/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A few messages of SMB 2.1 (MS-SMB2), as far as a logon needs them. A failure of the
 * connection ends the test.
 */
#ifndef PEER_SMB2_H
#define PEER_SMB2_H

#include "bytes.h"

#define SMB2_OK		0
#define SMB2_MORE	0xc0000016u	/* STATUS_MORE_PROCESSING_REQUIRED */

/**
 * struct smb2 - a connection
 * @sock: TCP socket
 * @message: number of the next request
 * @session: of the server's answer
 * @key: signs the requests if @signs
 * @answer: the last answer, without the length in front of it
 * @token: its security buffer, a part of @answer
 */
struct smb2 {
	int sock;
	uint64_t message;
	uint64_t session;
	uint8_t key[16];
	bool signs;
	struct bytes answer;
	struct span token;
};

void smb2_connect(struct smb2 *s, int port);
/* These return the status of the answer. */
uint32_t smb2_negotiate(struct smb2 *s);
uint32_t smb2_session_setup(struct smb2 *s, struct span token);
/* @path: "\\server\IPC$", in ASCII */
uint32_t smb2_tree_connect(struct smb2 *s, const char *path);
/* Is the last answer signed with @s->key? */
bool smb2_is_signed(const struct smb2 *s);
void smb2_close(struct smb2 *s);

#endif
