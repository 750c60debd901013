/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_SYSCALLS_H
#define CREDSSPD_SYSCALLS_H

/*
 * Allow only the system calls of the event loop, malloc and GnuTLS: no sockets, no files
 * by name, no processes, no executable memory. 0 or a negative errno.
 */
int syscalls_restrict(void);

/*
 * For a Kerberos worker: no other program, no process, no signals, no limits or priorities
 * of other processes, no tracing, no namespaces or mounts, and of the sockets only those of
 * AF_UNIX. Files and keyrings stay, because libkrb5 opens caches by name and loads modules. 0
 * or a negative errno.
 */
int syscalls_restrict_worker(void);

/*
 * Then, as soon as its cache is open: no further sockets and connections, beside the filter of
 * syscalls_restrict_worker(). 0 or a negative errno, logged.
 */
int syscalls_forbid_sockets(void);

/* For the relay: the same as for a worker, but it has the network and child processes. */
int syscalls_restrict_relay(void);

/*
 * For a child of the relay: as a worker, but it has the network. It parses what the network
 * sends, and has the user of the daemon, which it must not stop or end.
 */
int syscalls_restrict_courier(void);

#endif
