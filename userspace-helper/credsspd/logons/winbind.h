/* SPDX-License-Identifier: GPL-2.0-only */
/* A worker that asks winbind about one logon: an account of a domain. */
#ifndef CREDSSPD_WINBIND_H
#define CREDSSPD_WINBIND_H

#include <stdbool.h>
#include <stdint.h>
#include "logon_impl.h"

/* Was credsspd built with it? */
bool winbind_is_built(void);

/* The main function of a worker: one question and one verdict on @fd. Returns the exit status. */
int winbind_work(int fd);

/*
 * Make @reply a refusal with what a domain controller has said. An initiator learns why an account
 * must not log on, but not whether the account exists, nor that it is locked.
 */
void winbind_refuse(struct credssp_hlp_ntlm_reply *reply, uint32_t ntstatus);

/*
 * Are these the NetBIOS names of computer and domain that the response was made for? A domain
 * controller takes it only from the computer that it was made for (MS-NRPC 3.5.4.5.1). True as
 * well if there are no names in it.
 */
bool winbind_names_fit(const uint8_t *response, size_t length, const char *computer,
		       const char *domain);

#endif
