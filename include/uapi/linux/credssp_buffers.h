/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What stands in the SECBUFFER_PKG_PARAMS and SECBUFFER_CHANNEL_BINDINGS of a call.
 * Included by <linux/credssp.h>, which has the limits.
 */
#ifndef _UAPI_LINUX_CREDSSP_BUFFERS_H
#define _UAPI_LINUX_CREDSSP_BUFFERS_H

#include <linux/types.h>

/**
 * struct credssp_identity - head of a SECBUFFER_PKG_PARAMS buffer
 * @size: bytes of the whole buffer
 * @encoding: CREDSSP_IDENTITY_UTF8 or _UTF16, of the three strings
 * @user_length, @domain_length, @password_length: bytes of the strings; they
 *	follow this structure in that order, without NUL and without gaps.  The
 *	limits are those of CREDSSP_IOC_ACQUIRE; a user is required
 * @__reserved: zero
 *
 * The identity of one exchange with ISC_REQ_USE_SUPPLIED_CREDS; the credential
 * handle's own is not used.  The caller wipes the buffer.
 */
struct credssp_identity {
	__u32 size;
	__u32 encoding;
	__u32 user_length;
	__u32 domain_length;
	__u32 password_length;
	__u32 __reserved;
};

/**
 * struct credssp_channel_bindings - head of a SECBUFFER_CHANNEL_BINDINGS buffer
 * @initiator_type: address type of the initiator (RFC 2744 3.11), 0 for none
 * @initiator_length: bytes of the initiator's address
 * @initiator_offset: where it is
 * @acceptor_type, @acceptor_length, @acceptor_offset: likewise
 * @application_length: bytes of the application's data, such as "tls-server-end-point:"
 *	and a hash (RFC 5929 4)
 * @application_offset: where they are
 *
 * SEC_CHANNEL_BINDINGS of Windows. Offsets count from the start of this structure; each
 * part is behind the structure and inside of the buffer, which has at most
 * CREDSSP_MAX_BINDINGS bytes. The offset of an empty part has no meaning.
 */
struct credssp_channel_bindings {
	__le32 initiator_type;
	__le32 initiator_length;
	__le32 initiator_offset;
	__le32 acceptor_type;
	__le32 acceptor_length;
	__le32 acceptor_offset;
	__le32 application_length;
	__le32 application_offset;
};

#endif /* _UAPI_LINUX_CREDSSP_BUFFERS_H */
