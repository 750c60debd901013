#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The ioctls of /dev/credssp, with right and wrong arguments, by root and by the user
# nobody.
# guests: 6.1 6.12 backports debug
# races: yes
# timeout: 300

. "$(dirname "$0")/../lib.sh"

need ioctl_test policy_test tspeer setpriv

start_peer --echo
export PEER_PORT
embed root ioctl_test
embed nobody setpriv --reuid=65534 --regid=65534 --clear-groups ioctl_test
embed policy policy_test
nothing_left "no context and no credential is left"
finish
