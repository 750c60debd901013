/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_RELAY_H
#define CREDSSPD_KRB5_RELAY_H

/**
 * krb5_relay() - the main loop of the relay, which has the network and no secrets
 * @fd: SOCK_SEQPACKET from the office. Each packet has one byte and carries one descriptor
 *	(SCM_RIGHTS): the relay's end of a worker's connection, SOCK_SEQPACKET, in a packet
 *	with the number of the worker's owner. A packet without a descriptor is answered with
 *	one byte: the relay is alive. When the
 *	office closes its side, the relay ends
 * @kdcs: file for what it knows of KDCs, see krb5_kdcs.h; -1: none
 * @conf: path of krb5.conf, which must be readable for the user of this process
 *
 * Workers talk to it as krb5_kdc.h says. It forks a child for each message. SIGHUP: forget
 * which realms have no KDC; krb5.conf itself is read for each message. It clears the
 * environment.
 *
 * Return: the exit status.
 */
int krb5_relay(int fd, int kdcs, const char *conf);

#endif
