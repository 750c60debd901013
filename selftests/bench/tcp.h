/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP over loopback. These end the program on failure. */
#ifndef BENCH_TCP_H
#define BENCH_TCP_H

#include <stddef.h>

int tcp_connect(unsigned short port);
/* Both ends of a connection. */
void tcp_pair(int fd[2]);
void tcp_send(int fd, const void *data, size_t length);
void tcp_receive(int fd, void *data, size_t length);

/* Print @what failed and end the program. */
void fail(const char *what) __attribute__((noreturn));

#endif
