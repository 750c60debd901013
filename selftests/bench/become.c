// SPDX-License-Identifier: GPL-2.0-only
#include <grp.h>
#include <unistd.h>

#include "become.h"
#include "tcp.h"

void become(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		fail("setresuid");
}
