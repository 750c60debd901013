/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Service principal names and patterns of them, in the kernel's
 * spelling.  The kernel checks them itself; these checks give the user a
 * message, before anything is saved or loaded.
 */
#ifndef CRED_SPN_H
#define CRED_SPN_H

#include <credssp.h>

#define SPN_ROOM	(CREDSSP_MAX_TARGET + 1)

/**
 * spn_take() - convert a name to the kernel's spelling
 * @arg: "class/host", perhaps with ":port" or "/service", in UTF-8
 * @spn: out: SPN_ROOM bytes
 *
 * Return: NULL, or what is wrong.
 */
const char *spn_take(const char *arg, char *spn);

/* The same for a target, which can also be a host without a class. */
const char *spn_take_target(const char *arg, char *target);

/* The same for a policy's pattern: "class/host" with one '*' at most. */
const char *spn_take_pattern(const char *arg, char *pattern);

#endif
