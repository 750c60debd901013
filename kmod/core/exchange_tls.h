/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What both sides of CredSSP share, for exchange_credssp.c and exchange_accept.c: members
 * of struct cssp_exchange_ops, and what they call.
 */
#ifndef CSSP_CORE_EXCHANGE_TLS_H
#define CSSP_CORE_EXCHANGE_TLS_H

#include "context_impl.h"

/* A new channel for tokens in the place of the old one. 0 or -ENOMEM. */
int __must_check cssp_exchange_tls_create(struct credssp_context *ctx,
					  const struct cssp_channel_params *params);
/*
 * Is a record of the peer's token whole? 0, -ENODATA with @isc->missing, or CSSP_E_MALFORMED.
 * Nothing is taken.
 */
int __must_check cssp_exchange_tls_probe(struct cssp_isc *isc);
/* Give the whole records of the peer's token to the channel: @take. */
int __must_check cssp_exchange_tls_take(struct credssp_context *ctx, struct cssp_isc *isc);
int __must_check cssp_exchange_tls_collect(struct credssp_context *ctx);
void cssp_exchange_tls_notify(struct credssp_context *ctx, u8 alert);
/* The caller must not go on in plaintext on an attached socket whose exchange did not end. */
void cssp_exchange_tls_abandon(struct credssp_context *ctx);
void cssp_exchange_tls_wipe(struct credssp_context *ctx);
/* CONNECTION: the context does not format messages. */
int __must_check cssp_exchange_tls_check(const struct credssp_context *ctx, bool seals);
size_t cssp_exchange_tls_max(const struct credssp_context *ctx);
void cssp_exchange_tls_sizes(const struct credssp_context *ctx, bool seals,
			     struct credssp_sizes *sizes);
void cssp_exchange_tls_margins(const struct credssp_context *ctx, bool seals,
			       struct cssp_room *room);
int __must_check cssp_exchange_tls_seal(struct credssp_context *ctx, struct cssp_source *plain,
					struct cssp_sink *wire, bool *intact);
int __must_check cssp_exchange_tls_unseal(struct credssp_context *ctx, struct cssp_source *wire,
					  struct cssp_sink *plain, struct cssp_opened *o);
int __must_check cssp_exchange_tls_export(struct credssp_context *ctx, struct socket *sock,
					  bool *intact);

#endif
