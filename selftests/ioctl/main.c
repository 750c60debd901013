// SPDX-License-Identifier: GPL-2.0-only
/* ioctl_test [FILTER]: the ioctls of /dev/credssp, used rightly and wrongly. */
#include <stdio.h>

#include "tap.h"

int main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: ioctl_test [FILTER]\n");
		return 64;
	}
	return tap_main(argv[1]);
}
