/* SPDX-License-Identifier: GPL-2.0-only */
/* What the exported functions of an exchange share. */
#ifndef CSSP_API_EXPORT_EXCHANGE_H
#define CSSP_API_EXPORT_EXCHANGE_H

#include "isc.h"

/* @expiry, if it is not NULL, from UTC to local time, as SSPI recommends. */
void cssp_export_set_expiry(s64 *expiry, s64 utc);

/* The pointers of a call. 0 or CSSP_E_PARAMETER. */
int __must_check cssp_export_check_exchange(const struct credssp_context *context,
					    struct credssp_context **new_context,
					    const struct credssp_buffer_desc *input,
					    const struct credssp_buffer_desc *output,
					    const u32 *context_attr);

/* End a call whose pointers are wrong: cssp_isc_refuse(), charged to the user. */
int cssp_export_refuse(struct credssp_context *context, int err);

/*
 * Carry out the call, charged to the user of the context, or of the credential that a new
 * context is for. @target_name: as in credssp_initialize_security_context(), may be NULL.
 */
int cssp_export_exchange(struct cssp_isc_call *call, const __le16 *target_name);

/*
 * Copy the output to the caller's buffer, or give the caller a new one. @ret: result of
 * the call, which is returned unless there is no memory.
 */
int cssp_export_hand_out(struct cssp_isc_call *call, int ret);

#endif
