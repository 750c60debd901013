#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# powershell.sh LINE: a command line that calls PowerShell with -EncodedCommand, as Ansible makes
# it. The command is run by sh: the test's commands are right for both.

encoded=${1##* }
case $1 in
*' -EncodedCommand '*) ;;
*)
	echo "not PowerShell: $1" >&2
	exit 1 ;;
esac
script=$(printf '%s' "$encoded" | base64 -d | iconv -f UTF-16LE -t UTF-8) || exit
exec sh -c "$script"
