/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The directory of the acceptors' replay caches. Each uid has a file in it, which its workers
 * make: libkrb5 refuses a file that another user has made. So that no user can make that of
 * another in advance, the way to the directory leads through one that only the daemon's user
 * can enter; workers get a descriptor. It is on disk: after a restart of the machine within
 * five minutes an AP-REQ must not be good again.
 */
#ifndef CREDSSPD_REPLAYS_H
#define CREDSSPD_REPLAYS_H

/*
 * Make the directory @path, and the one that it is in, if they are not there. A descriptor, or
 * a negative errno, logged; NULL: -ENOENT.
 */
int replays_open(const char *path);

#endif
