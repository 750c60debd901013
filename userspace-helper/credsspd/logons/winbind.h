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

#endif
