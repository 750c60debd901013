/* SPDX-License-Identifier: GPL-2.0-only */
/* The keyrings of a Kerberos worker, in which caches of the type KEYRING are. */
#ifndef CREDSSPD_SESSION_H
#define CREDSSPD_SESSION_H

#include <stdint.h>

/* The worker reads no cache in a session keyring. */
#define SESSION_NONE	(-1)

/**
 * session_begin() - leave the daemon's session keyring for a new one
 * @lent: session_keyring of struct credssp_hlp_krb5_init, or SESSION_NONE
 *
 * Call it as the user of the helper's opener, who may link the keyring @lent, before the worker
 * becomes the requester. If it is not the keyring of a request that is still pending, the
 * worker has no session keyring but its own.
 *
 * Return: 0 or a negative errno, logged.
 */
int session_begin(int32_t lent);

/*
 * Then, as the requester: reach its user keyring and, if @lent is 0, its user-session keyring,
 * which is the session of processes that have joined none.
 */
void session_take(int32_t lent);

#endif
