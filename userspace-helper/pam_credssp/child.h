/* SPDX-License-Identifier: GPL-2.0-only */
/* A child process for what must not change the login process itself. */
#ifndef PAM_CREDSSP_CHILD_H
#define PAM_CREDSSP_CHILD_H

#define CHILD_FAILED	(-1)

/**
 * child_run() - run a function in a child
 * @run: its result is the child's exit status; it does not return to the caller's code
 * @data: for @run
 * @limit_ms: after that the child is killed
 *
 * Return: exit status, or CHILD_FAILED: no child, killed, or too late.
 */
int child_run(int (*run)(void *data), void *data, int limit_ms);

#endif
