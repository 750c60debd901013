/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening a record of the token transport through the loopback connection. */
#ifndef CSSP_TLS_TOKEN_OPEN_H
#define CSSP_TLS_TOKEN_OPEN_H

#include <linux/uio.h>

#include "../wire/tls_record.h"
#include "channel_impl.h"

/**
 * struct cssp_token_record - a sealed record
 * @head: its header
 * @type: its outer content type
 * @total: its length in bytes, header included
 * @room: the most bytes that it can contain
 */
struct cssp_token_record {
	u8 head[CSSP_TLS_HEADER];
	u8 type;
	size_t total;
	size_t room;
};

/**
 * cssp_token_open() - open a record
 * @ch: channel with a loopback connection, locked
 * @r: the record, whose number is used up
 * @body: what follows the header, all of it
 * @out: room for @r->room bytes; only data go there
 * @p: patience
 *
 * Context: may sleep.
 * Return: the number of bytes of data; after a failure the channel must be broken.
 */
int __must_check cssp_token_open(struct cssp_channel *ch, const struct cssp_token_record *r,
				 struct iov_iter *body, struct iov_iter *out,
				 const struct cssp_patience *p);

#endif
