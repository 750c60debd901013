/* SPDX-License-Identifier: GPL-2.0-only */
/* AppArmor: a process of the daemon has the profile of what it does on top of the daemon's. */
#ifndef CREDSSPD_CONFINE_H
#define CREDSSPD_CONFINE_H

/*
 * Take on the child profile @name of the profile credsspd, which is never less strict than
 * without it. Nothing happens where this process is not confined by the profile credsspd.
 * Returns 0 or a negative errno, logged.
 */
int confine(const char *name);
/* The same with another file than this process's. */
int confine_by(const char *file, const char *name);

#endif
