/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_WORK_H
#define CREDSSPD_KRB5_WORK_H

#include <stdbool.h>

/**
 * krb5_work() - the main loop of a Kerberos worker: one exchange of one requester
 * @fd: SOCK_SEQPACKET to the office. The first packet in is the payload of KRB5_INIT; a
 *	struct credssp_hlp_krb5_reply and what follows it goes out. If it says CONTINUE, the
 *	second packet in is the AP-REP, and another reply goes out. When the office closes
 *	its side, the worker ends, also while it waits for a KDC
 * @relay: SOCK_SEQPACKET to the relay: see krb5_kdc.h
 * @conf: path of krb5.conf
 *
 * Call it in a process of its own that runs as the requester's uid and gid, without
 * capabilities, network and dumps, with keyrings of session.h. It clears the environment, and
 * forbids itself to make sockets as soon as it can. A system call of the exchange may take
 * long (a cache on NFS, a FIFO): the office must kill the process when the time of the
 * request is over.
 *
 * Return: the exit status. EXIT_FAILURE without a reply: the packet is malformed.
 */
int krb5_work(int fd, int relay, const char *conf);

/*
 * The same for a password, in a process of the daemon's user. The second packet in has a
 * descriptor from the armorer (krb5_armorer.h), unless there is none, and the AP-REP is the
 * third one. With @required a password is not exchanged without armor.
 */
int krb5_work_armored(int fd, int relay, const char *conf, bool required);

#endif
