/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcredssp: names and texts of numbers, target names, and conversions of text.
 * <credssp.h> includes it, and its rules hold here too.
 */
#ifndef CREDSSP_TEXT_H
#define CREDSSP_TEXT_H

#include "credssp.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * credssp_status_name() - names and texts of numbers
 *
 * Names are stable, for programs and logs: those of
 * Windows ("SEC_E_LOGON_DENIED", "STATUS_PASSWORD_EXPIRED", IANA's for cipher
 * suites) or, for legs, reasons, trust bits and mechanisms, short words ("pubkey",
 * "binding", "wrong-name", "kerberos").  Texts are English sentences without a full
 * stop.  Unknown numbers have the name "unknown", a general text, or NULL where said.
 */
const char *credssp_status_name(int32_t status);
const char *credssp_status_text(int32_t status);
const char *credssp_ntstatus_name(uint32_t ntstatus);	/* NULL when unknown */
const char *credssp_ntstatus_text(uint32_t ntstatus);	/* NULL when unknown */
const char *credssp_reason_name(uint32_t reason);
const char *credssp_reason_text(uint32_t reason);
const char *credssp_leg_name(uint32_t leg);
const char *credssp_leg_text(uint32_t leg);
const char *credssp_trust_name(uint32_t bit);		/* one CREDSSP_TRUST_* */
const char *credssp_trust_text(uint32_t bit);
const char *credssp_cipher_name(uint16_t suite);	/* NULL when unknown */
const char *credssp_alert_name(uint32_t description);	/* RFC 8446 6 */
const char *credssp_package_name(uint32_t package);	/* NULL when unknown */
const char *credssp_mech_name(uint32_t mech);		/* NULL when unknown */
const char *credssp_krb_error_name(uint32_t code);	/* RFC 4120 7.5.9; NULL when unknown */
const char *credssp_krb_error_text(uint32_t code);

/**
 * credssp_target_to_ascii() - a target name in the spelling that the kernel takes
 * @target: SPN or host in UTF-8, or a policy's pattern with a '*' in it
 * @ascii: out: NUL-terminated; CREDSSP_MAX_TARGET + 1 bytes always suffice; may be
 *	@target itself
 * @size: room at @ascii
 *
 * The host's labels become A-labels (IDNA2008 with UTS 46, non-transitional), an IPv6
 * address takes the form of RFC 5952 without a zone, and an IPv4-mapped one that of
 * IPv4.  Class, port and service are not changed, nor is a host that is ASCII.  The
 * calls that take a target name convert it themselves; the caller converts
 * descriptions of keys and patterns of policies.
 *
 * Return: 0, or -1 with errno EINVAL for a host that has no such form, or without
 * room.
 */
int credssp_target_to_ascii(const char *target, char *ascii, size_t size);

/**
 * credssp_utf8_to_utf16() - strict conversion, native byte order
 * @in: UTF-8, @in_length bytes; need not be NUL-terminated
 * @in_length: bytes
 * @out: room for @out_units 16-bit units; may be NULL when @out_units is 0
 * @out_units: units
 *
 * Return: units needed (more than @out_units: nothing useful was written), or
 * -1 with errno EILSEQ if @in is not valid UTF-8.  No NUL is added.
 */
ssize_t credssp_utf8_to_utf16(const char *in, size_t in_length, uint16_t *out,
			      size_t out_units);

/**
 * credssp_utf16_to_utf8() - strict conversion from native byte order
 * @in: UTF-16, @in_units 16-bit units; need not be NUL-terminated
 * @in_units: units
 * @out: room for @out_bytes bytes; may be NULL when @out_bytes is 0
 * @out_bytes: bytes
 *
 * Return: bytes needed (more than @out_bytes: nothing useful was written), or -1 with errno
 * EILSEQ for a lone surrogate.  No NUL is added.
 */
ssize_t credssp_utf16_to_utf8(const uint16_t *in, size_t in_units, char *out,
			      size_t out_bytes);

#ifdef __cplusplus
}
#endif

#endif /* CREDSSP_TEXT_H */
