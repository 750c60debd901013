/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_ACCEPT_WORK_H
#define CREDSSPD_KRB5_ACCEPT_WORK_H

/**
 * krb5_accept_work() - the main loop of an acceptor's worker: one AP-REQ
 * @fd: SOCK_SEQPACKET to the office. The packet in is the payload of KRB5_ACCEPT, with
 *	USER_TO_USER a struct krb5_tgt_key behind it; a struct credssp_hlp_krb5_reply and
 *	what follows it goes out
 * @replays: the directory of replay caches
 * @conf: path of krb5.conf
 *
 * Call it in a process as krb5_work(). It needs no KDC.
 *
 * Return: the exit status. EXIT_FAILURE without a reply: the packet is malformed.
 */
int krb5_accept_work(int fd, int replays, const char *conf);

/**
 * krb5_tgt_work() - the main loop of a worker that gets an acceptor's TGT
 * @fd: as above; the packet in is the payload of KRB5_TGT. The reply CONTINUE has
 *	a struct krb5_tgt_key as @saved_length, for the office
 * @relay: as of krb5_work()
 * @conf: path of krb5.conf
 *
 * Return: as krb5_accept_work().
 */
int krb5_tgt_work(int fd, int relay, const char *conf);

#endif
