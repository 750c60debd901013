/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The armorer: the process with the host's ticket for FAST. As root it reads the host's keytab
 * or credential cache; then it becomes an unprivileged user, gets a ticket from the KDC, and
 * gives it to the workers that exchange passwords for tickets. It ends when the ticket nearly
 * does, and the office starts another one.
 */
#ifndef CREDSSPD_KRB5_ARMORER_H
#define CREDSSPD_KRB5_ARMORER_H

/*
 * Read the keytab, or if that is NULL the cache of this name. Failures are logged, and told to
 * the workers later.
 */
void krb5_armorer_load(const char *conf, const char *keytab, const char *ccache);

/**
 * krb5_armorer_serve() - get the ticket and hand it out
 * @fd: SOCK_SEQPACKET from the office: each packet has a connection to a worker, to which one
 *	packet of struct krb5_armor_ticket goes
 * @relay: SOCK_SEQPACKET to the relay: see krb5_kdc.h
 * @conf: path of krb5.conf
 *
 * Call it after krb5_armorer_load(), in a process without privileges, network and dumps.
 *
 * Return: the exit status.
 */
int krb5_armorer_serve(int fd, int relay, const char *conf);

#endif
