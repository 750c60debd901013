/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loans of session keyrings: for one request, the helper reaches what the requester reaches
 * by its session keyring. Private to kmod/upcall and its tests.
 */
#ifndef CSSP_UPCALL_KEYRING_H
#define CSSP_UPCALL_KEYRING_H

struct cssp_helper;
struct cssp_requester;
struct key;

/**
 * cssp_keyring_lend() - make a keyring with a link to the requester's session keyring
 * @h: helper, whose opener's user may link the keyring to another one
 * @who: requester
 *
 * The keyring is empty if the session keyring cannot be linked: it is revoked or expired,
 * or keyrings are nested too deeply in it.
 *
 * Context: may sleep.
 * Return: the keyring, which cssp_keyring_end() ends; NULL if the requester has no session
 * keyring; or an ERR_PTR.
 */
struct key * __must_check cssp_keyring_lend(const struct cssp_helper *h,
					    const struct cssp_requester *who);

/* End a loan: whoever has linked the keyring finds nothing by it. NULL is fine. May sleep. */
void cssp_keyring_end(struct key *keyring);

#endif
