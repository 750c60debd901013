/* SPDX-License-Identifier: GPL-2.0-only */
/* The relay between the wire and the helper, which does the TLS handshake. */
#ifndef CSSP_TLS_HANDSHAKE_H
#define CSSP_TLS_HANDSHAKE_H

struct cssp_channel;

/**
 * cssp_handshake_token() - go on with the handshake on the token transport
 * @ch: channel in NEW, HANDSHAKE or CERT_WANTED
 *
 * Context: the caller holds @ch->lock; may sleep.
 * Return: see cssp_channel_handshake(); after a failure @ch is DEAD.
 */
int cssp_handshake_token(struct cssp_channel *ch);

/**
 * cssp_handshake_socket() - the whole handshake on the socket transport
 * @ch: channel in NEW or CERT_WANTED
 *
 * Context: may sleep.
 * Return: see cssp_channel_handshake(), but never -EAGAIN; after a failure @ch is DEAD.
 */
int cssp_handshake_socket(struct cssp_channel *ch);

#endif
