/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that an NTLM acceptor announces, and those that its initiator claims. */
#ifndef CSSP_MECH_NTLM_NAMES_H
#define CSSP_MECH_NTLM_NAMES_H

#include "../base/vbuf.h"
#include "../wire/ntlm_msg.h"

/**
 * struct cssp_ntlm_machine - this machine's names in UTF-16LE
 * @netbios: its NetBIOS name: the first label in upper case, cut to 15 characters
 * @dns: its host name
 * @dns_domain: what follows the first label; of a name without a dot the name itself, as
 *	machines with Windows that have no domain announce it
 */
struct cssp_ntlm_machine {
	struct cssp_vbuf netbios;
	struct cssp_vbuf dns;
	struct cssp_vbuf dns_domain;
};

/**
 * cssp_ntlm_machine_init() - derive the names from a host name
 * @m: out: replaced; freed with cssp_ntlm_machine_free() in any case
 * @host: NUL-terminated; "localhost" takes the place of one that is no host name
 *
 * Return: 0, -ENOMEM or -EDQUOT.
 */
int __must_check cssp_ntlm_machine_init(struct cssp_ntlm_machine *m, const char *host);
void cssp_ntlm_machine_free(struct cssp_ntlm_machine *m);

/**
 * cssp_ntlm_claim() - the names of an AUTHENTICATE, for logs
 * @msg: the message
 * @account: out: replaced by DOMAIN\user, or the user alone, in UTF-8 with NUL; empty
 *	without user and domain
 * @workstation: out: likewise the initiator's machine
 *
 * A control character, an invisible or reordering one, and half a surrogate pair become '?'.
 * OEM characters are not looked at: the names are empty then.
 *
 * Return: 0; -EMSGSIZE for a name of more than CREDSSP_MAX_NAME bytes; -ENOMEM, -EDQUOT.
 */
int __must_check cssp_ntlm_claim(const struct cssp_ntlm_authenticate *msg,
				 struct cssp_vbuf *account, struct cssp_vbuf *workstation);

#endif
