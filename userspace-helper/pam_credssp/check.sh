#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh DIRECTORY: pam_credssp.so of this directory in the system's libpam, behind modules of
# Linux-PAM: logins, password changes and unlocked screens. As root the user is nobody, else
# the caller.
set -u

O=$1
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT
chmod 755 "$DIR"
checks=0 failed=0
SECRET='Pa55-word' NEW='An0ther-one'
export PAM_TEST_PASSWORD=$SECRET

ROOT=
USER=$(id -un)
if [ "$(id -u)" = 0 ]; then
	ROOT=yes USER=nobody
fi
# Permissions, with the owner in front
KEY="^key logon;$(id -u "$USER");[0-9]*;0d000000;credssp:"
TARGETS=(target=TERMSRV/a.example target=HTTP/b.example domain=EXAMPLE)

# service NAME KEYINIT ARGUMENT...: the stacks of a login, with these arguments of
# pam_keyinit.so and of pam_credssp.so. Without the argument "config" there are settings of
# arguments only.
service() {
	local name=$1 keyinit=$2 module=$O/pam_credssp.so
	shift 2
	case " $* " in *' config='*) ;; *) set -- config="$DIR/empty" "$@" ;; esac
	cat >"$DIR/$name" <<-END
	auth	optional	pam_exec.so expose_authtok quiet /bin/true
	auth	optional	$module minimum-uid=1 $*
	auth	required	pam_permit.so
	session	optional	$keyinit
	session	required	$module minimum-uid=1 $*
	password	required	$O/pam_newpass.so
	password	optional	$module minimum-uid=1 $*
	END
}

# steps SERVICE STEP...: of pam_test; OUT is what it prints
steps() {
	local rc=0
	OUT=$("$O/pam_test" "$DIR" "$1" "$USER" "${@:2}" 2>&1) || rc=$?
	if [ $rc = 77 ]; then
		echo "ok - pam_credssp in libpam # SKIP $OUT"
		exit 0
	fi
	[ $rc = 0 ] || fail "exit status $rc"
	case $OUT in *"$SECRET"* | *"$NEW"*) fail "a password is in the output" ;; esac
}

fail() {
	failed=$((failed + 1))
	echo "not ok - pam_credssp: $*"
	printf '%s\n' "$OUT" | sed 's/^/#   /'
}

# has COUNT PATTERN: so many lines of the output
has() {
	local n
	checks=$((checks + 1))
	n=$(printf '%s\n' "$OUT" | grep -cE -- "$2")
	[ "$n" = "$1" ] || fail "line ${BASH_LINENO[0]}: $n lines like $2, not $1"
}

: >"$DIR/other"
: >"$DIR/empty"
FORCE='pam_keyinit.so force'
RENEW="$FORCE revoke"

# A login: the keys are there for the session, and only for it; no password is left behind.
service login "$FORCE" "${TARGETS[@]}"
steps login auth setcred open env keys abuse close keys end parked
has 1 '^auth ok' && has 1 '^open ok' && has 1 '^close ok'
has 3 "$KEY"
for name in TERMSRV/a.example HTTP/b.example EXAMPLE; do
	has 1 "$KEY$name\$"
done
has 0 '^env PAM_CREDSSP' && has 1 '^parked 0'
# The session cannot read a key, nor keep it for longer.
has 3 '^read no' && has 3 '^link no' && has 3 '^timeout no' && has 3 '^permissions no'
has 0 'YES'
# pam_keyinit.so takes the keyring away before.
service revoked "$RENEW" "${TARGETS[@]}"
steps revoked auth open keys close keys
has 3 "$KEY" && has 1 '^close ok'
# A login process of root's revokes the keys all the same, for what refers to them.
if [ "$ROOT" ]; then
	steps login auth open close-outside
	has 1 '^close ok' && has 1 '^found yes' && has 1 '^found .*revoked'
fi
# Without open_session nothing stays.
steps login auth end parked keys
has 0 "$KEY" && has 1 '^parked 0'
steps login auth open delete keys
has 0 "$KEY"

# sshd with keyboard-interactive authenticates in a child. Only root can hand over.
if [ "$ROOT" ]; then
	service sshd "$FORCE" "${TARGETS[@]}"
	service handover "$FORCE" "${TARGETS[@]}" handover
	for name in sshd handover; do
		steps $name auth-child parked env open env parked keys
		has 1 '^parked 1' && has 1 '^parked 0' && has 1 '^env PAM_CREDSSP' && has 3 "$KEY"
		steps $name auth parked env open env parked keys
		has 1 '^parked 1' && has 1 '^parked 0' && has 1 '^env PAM_CREDSSP' && has 3 "$KEY"
		steps $name auth-child PAM_CREDSSP_PASSWORD=00000000000000000000000000000000 \
			open keys
		has 1 '^open ok' && has 0 "$KEY"
		steps $name auth-child PAM_CREDSSP_PASSWORD=x open keys
		has 1 '^open ok' && has 0 "$KEY"
		# The session is another user's, or there is none.
		steps $name auth parked root open env keys parked
		has 1 '^open ok' && has 0 '^key' && has 0 '^env PAM_CREDSSP'
		has 1 '^parked 1' && has 1 '^parked 0'
		for step in 'root refresh' delete; do
			# shellcheck disable=SC2086 # words
			steps $name auth parked $step env parked open keys end-silent parked
			has 1 '^parked 1' && has 2 '^parked 0' && has 0 '^env PAM_CREDSSP'
			has 0 '^key'
		done
	done
	# The first setcred of a second process comes before its session.
	steps sshd auth-child refresh open keys parked
	has 3 "$KEY" && has 1 '^parked 0'
	service handover "$FORCE" "${TARGETS[@]}" handover=no
	for name in login handover; do
		steps $name auth-child parked env open keys
		has 1 '^open ok' && has 1 '^parked 0' && has 0 '^env PAM_CREDSSP' && has 0 "$KEY"
	done
fi

# sudo authenticates one user, and its command is another one's; Debian's stacks open no session
# with this module, and sudo's end is a silent one.
steps login auth env parked root refresh env parked end-silent parked
has 1 '^auth ok' && has 0 '^env PAM_CREDSSP' && has 3 '^parked 0'
steps login auth root refresh user open keys
has 1 '^open ok' && has 0 "$KEY"
if [ "$ROOT" ]; then
	# The command is of the same user, and a session is opened.
	steps login auth refresh open keys
	has 3 "$KEY"
	# Not in a session keyring of root's
	service shared 'pam_permit.so' "${TARGETS[@]}"
	steps shared auth open keys
	has 1 '^open ok' && has 0 '^key' && has 1 '^log 5 .*pam_keyinit'
fi

# Two logins in one keyring: the outer one's keys stay when the inner one ends.
service inner 'pam_permit.so' "${TARGETS[@]}"
steps login auth open @inner auth open close end keys
has 3 "$KEY"
# A key of the user's own is left alone, by a login and by an unlocked screen.
printf 'session required %s\n' "$FORCE" >"$DIR/ring"
steps ring open own-key @inner auth open close auth refresh keys delete keys
has 1 '^own-key ok' && has 2 "$KEY" && has 2 '^key .*;credssp:TERMSRV/a.example$'

# serials COUNT: so many different keys
serials() {
	local n
	checks=$((checks + 1))
	n=$(printf '%s\n' "$OUT" | grep '^serial' | sort -u | wc -l)
	[ "$n" = "$1" ] || fail "line ${BASH_LINENO[0]}: $n keys, not $1"
}

# An unlocked screen renews the keys; so does a new password, which makes none.
steps login auth open keys @inner auth refresh keys
has 6 "$KEY" && serials 6
steps login auth open keys @inner "%$NEW" change keys
has 1 '^change ok' && has 6 "$KEY" && serials 6
steps ring open @inner "%$NEW" change keys parked
has 1 '^change ok' && has 0 "$KEY" && has 1 '^parked 0'
# A password that has expired is changed before the session opens.
steps login auth "%$NEW" expired open keys parked
has 1 '^expired ok' && has 3 "$KEY" && has 1 '^parked 0'

# Tickets: klist finds a TGT, or none.
if command -v klist >/dev/null; then
	steps login auth KRB5CCNAME="FILE:$DIR/nothing" open keys
	has 3 "$KEY"
fi

# Settings: the file, and what is wrong with it
printf 'target = TERMSRV/of-file.example\ntimeout = 0\n' >"$DIR/conf"
service file "$FORCE" config="$DIR/conf" target=TERMSRV/of-argument.example
steps file auth open keys
has 1 "${KEY}TERMSRV/of-file.example" && has 1 "${KEY}TERMSRV/of-argument.example"
# refused PATTERN: a line of the log; the login goes on without a key
refused() {
	steps file auth open keys close
	has 1 '^auth ok' && has 1 '^open ok' && has 1 '^close ok'
	has 0 "$KEY" && has "${2:-2}" "^log 3 .*$1"
}
printf '\ntargte = TERMSRV/a.example\n' >"$DIR/conf"
refused 'conf:2: there is no such setting; nothing is saved'
printf 'target = TERMSRV/a.example\n' >"$DIR/conf"
chmod 666 "$DIR/conf"
refused 'conf: other users can write to it; nothing is saved'
rm "$DIR/conf"
refused 'conf: No such file or directory; nothing is saved'
mkfifo "$DIR/conf"
refused 'conf: not a regular file; nothing is saved'
service file "$FORCE" timeout=soon "${TARGETS[@]}"
refused 'timeout=soon: not a number; nothing is saved'
# Nobody below the minimum, and not root
service file "$FORCE" minimum-uid=4000000000 "${TARGETS[@]}"
steps file auth parked open keys
has 1 '^open ok' && has 0 "$KEY" && has 1 '^parked 0' && has 0 '^log'

# Passwords that no server would get to see
printf -v long '%5000s' ''
for password in '' "${long// /x}" $'\xff'; do
	steps login "%$password" auth open keys
	has 1 '^open ok' && has 0 "$KEY"
done

# A user whose domain is another one
service file "$FORCE" user-domain=OTHER "${TARGETS[@]}" debug
steps file auth open keys
has 2 "$KEY" && has 0 "${KEY}EXAMPLE" && has 2 '^log 7 .*saved the key'

[ $failed -eq 0 ] || exit 1
echo "ok - pam_credssp in libpam: $checks checks"
