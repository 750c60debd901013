/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_COURIER_H
#define CREDSSPD_KRB5_COURIER_H

#include <stddef.h>
#include <stdint.h>
#include "krb5_kdc.h"

/* Bytes of a line for note() and its NUL; what is behind is cut off. */
#define KRB5_COURIER_LINE_MAX	200

/**
 * krb5_courier_carry() - send one message to a KDC, by libkrb5's own rules
 * @conf: path of krb5.conf
 * @realm: name of the realm
 * @message: @length bytes for the KDC
 * @reply: KRB5_KDC_MESSAGE_MAX bytes for the KDC's reply
 * @got: length of the reply
 * @note: called with each line about what is done, without its end; may be NULL
 * @data: for @note
 *
 * It may wait for half a minute.
 *
 * Return: 0 or a positive errno as in struct krb5_kdc_reply.
 */
int krb5_courier_carry(const char *conf, const char *realm, const uint8_t *message,
		       size_t length, uint8_t *reply, size_t *got,
		       void (*note)(void *data, const char *line), void *data);

#endif
