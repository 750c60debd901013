#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pam_credssp behind the PAM stacks of Debian: pamtester, login and sshd. A session logs on with
# no password given; after it, its keys are of no use, not even to a process that stays.
# guests: 6.1
# timeout: 150

. "$(dirname "$0")/../lib.sh"
# shellcheck source=../kdc.sh
. "$TOP/selftests/kdc.sh"

need credsspctl tspeer keyctl pam-auth-update pamtester login sshd ssh sshpass ssh-keygen \
	socat setpriv kinit klist

TARGET=TERMSRV/server.example
NEW_PASSWORD='An0ther-Passw0rd!'
SSH_PORT=2200
SECURITY=$(dirname "$(find /lib /usr/lib -name pam_unix.so | head -n 1)")

# ---- a machine with pam_credssp -------------------------------------------

# As an administrator of Debian installs it
set_up() {
	cp "$TOP/build/user/pam_credssp.so" "$SECURITY/"
	cp "$TOP/userspace-helper/units/pam-config" /usr/share/pam-configs/credssp
	DEBIAN_FRONTEND=noninteractive pam-auth-update --enable credssp
	want "stacks with pam_credssp.so" "$(grep -l '^[a-z]*.*optional.*pam_credssp' \
		/etc/pam.d/common-* | wc -l)" 3
	mkdir -p /etc/credssp /run/sshd
	printf 'target = %s\ndomain = EXAMPLE\nuser-domain = EXAMPLE\n' $TARGET >/etc/credssp/pam.conf
	useradd --create-home --shell "$WORK/shell" alice || bail "no user can be made"
	printf 'alice:%s\n' "$PASSWORD" | chpasswd
	cat >/etc/pam.d/unlock <<-END
	auth required pam_unix.so
	auth optional pam_credssp.so
	END
	cat >/etc/pam.d/tickets <<-END
	auth required pam_unix.so
	auth optional pam_credssp.so
	session required pam_env.so conffile=$WORK/env
	session optional pam_credssp.so
	END
}

# The user's shell: each session runs $WORK/do, with a directory of its own for what it finds.
# A process of it stays, and tries again after the logout.
make_shell() {
	chmod 755 "$WORK"
	mkdir -m 777 "$WORK/out"
	cat >"$WORK/shell" <<-END
	#!/bin/bash
	export PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" OUT=$WORK/out
	. $WORK/do
	END
	cat >"$WORK/after" <<-END
	#!/bin/bash
	until [ -e "\$OUT/logged-out" ]; do read -r -t 0.1 <> <(:); done
	keyctl describe "\$(cat "\$OUT/serial")" >"\$OUT/after.key" 2>&1
	$WORK/logon after
	touch "\$OUT/after.done"
	END
	cat >"$WORK/logon" <<-END
	#!/bin/bash
	credsspctl auth --json --saved --mech ntlm --carrier raw --target $TARGET \
		--timeout $AUTH_TIMEOUT "127.0.0.1:\$(cat $WORK/port)" \
		>"\$OUT/\$1.json" 2>"\$OUT/\$1.err" </dev/null
	echo \$? >"\$OUT/\$1.rc"
	END
	chmod 755 "$WORK/shell" "$WORK/after" "$WORK/logon"
	# A terminal that hangs up does not end the process that stays.
	cat >"$WORK/do" <<-END
	trap '' HUP
	keyctl search @s logon credssp:$TARGET >\$OUT/serial 2>\$OUT/serial.err
	keyctl rdescribe "\$(cat \$OUT/serial)" >\$OUT/key 2>&1
	$WORK/logon during
	env >\$OUT/env
	setsid $WORK/after >/dev/null 2>&1 </dev/null &
	touch \$OUT/done
	END
}

# serve [OPTION...]: a server that takes alice of EXAMPLE with her password
serve() {
	start_peer --user alice --domain EXAMPLE --mech ntlm "$@"
	echo "$PEER_PORT" >"$WORK/port"
}

fresh() { rm -rf "$WORK/out" && mkdir -m 777 "$WORK/out"; }

out() { cat "$WORK/out/$1" 2>/dev/null; }

# nothing_stays: the process of the session that has ended finds no key
nothing_stays() {
	touch "$WORK/out/logged-out"
	until_true 20 test -e "$WORK/out/after.done" || problem "the process that stays is gone"
	want "exit status after the logout" "$(out after.rc)" '[1-9]*'
	[[ $(out after.json) =~ SEC_E_NO_CREDENTIALS ]] || problem "after: $(out after.json)"
	[[ $(out after.key) =~ 'Key has been revoked'|'Required key not available' ]] ||
		problem "the key after the logout: $(out after.key)"
	next_line
	want "the peer's result after the logout" "${PEER[result]}" fail
}

# logged_on WHAT: the session logged on with no password, then ended
logged_on() {
	want "exit status of the logon" "$(out during.rc)" 0
	next_line
	want "the peer's result" "${PEER[result]}" ok
	want "delegated to the peer" "${PEER[delegated]}" password
	want "the key" "$(out key)" "logon;$(id -u alice);*;0d000000;credssp:$TARGET"
	[[ $(out env) != *PAM_CREDSSP* ]] || problem "the session's environment has the variable"
	nothing_stays
	verdict "$1"
}

# ---- programs -----------------------------------------------------------------

# await PATTERN: of login's terminal
await() {
	local text='' char
	while [[ $text != *$1* ]]; do
		if ! IFS= read -r -t $((20 * HANG)) -n 1 -d '' -u "${LOGIN[0]}" char; then
			problem "login's terminal has no '$1': $text"
			return 1
		fi
		text+=$char
	done
}

# log_in PASSWORD: at a terminal, until the session is over or login asks again
log_in() {
	local pid
	fresh
	coproc LOGIN { exec socat - EXEC:login,pty,setsid,ctty,stderr 2>"$WORK/socat.err"; }
	pid=$LOGIN_PID
	await 'ogin: ' && printf 'alice\n' >&"${LOGIN[1]}"
	await 'assword: ' && printf '%s\n' "$1" >&"${LOGIN[1]}"
	if [ "$1" != "$PASSWORD" ]; then
		await 'ogin: '
		kill "$pid"
	fi
	until_true 60 gone "$pid" || problem "the session at the terminal does not end"
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}

# ssh_in METHOD [OPTION...]: one session of sshd's
ssh_in() {
	local method=$1
	shift
	fresh
	sshpass -f "$WORK/password" ssh -F none -p $SSH_PORT -o PreferredAuthentications="$method" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		-o NumberOfPasswordPrompts=1 "$@" alice@127.0.0.1 </dev/null >"$WORK/ssh" 2>&1 ||
		problem "ssh: $(tail -n 3 "$WORK/ssh")"
	until_true 20 test -e "$WORK/out/done" || problem "the session did not run"
	until_true 20 session_ended || problem "sshd keeps the session"
}

# Its process for the session is gone when it has closed it.
# shellcheck disable=SC2317 # until_true calls it
session_ended() { [ -z "$(pgrep -f '^sshd: alice')" ]; }

start_sshd() {
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/host_key"
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/user_key"
	cat >"$WORK/sshd_config" <<-END
	Port $SSH_PORT
	ListenAddress 127.0.0.1
	HostKey $WORK/host_key
	AuthorizedKeysFile $WORK/user_key.pub
	StrictModes no
	KexAlgorithms curve25519-sha256
	UsePAM yes
	PasswordAuthentication yes
	KbdInteractiveAuthentication yes
	PidFile none
	END
	"$(command -v sshd)" -D -f "$WORK/sshd_config" -E "$WORK/sshd.log" &
	SSHD=$!
	until_true 20 listens $SSH_PORT || bail "sshd does not listen: $(cat "$WORK/sshd.log")"
}

# as_alice COMMAND...: in a session keyring of her own
as_alice() {
	setpriv --reuid=alice --regid=alice --init-groups keyctl session - \
		env OUT="$WORK/out" "$@" >"$WORK/alice" 2>&1
}

# ---- the rows -----------------------------------------------------------------

make_shell
set_up
serve

log_in "$PASSWORD"
logged_on "login: the session logs on with no password, and its key ends with it"
log_in wrong
want "sessions" "$(ls "$WORK/out")" ''
verdict "login: a wrong password opens no session"

start_sshd
for method in password keyboard-interactive; do
	ssh_in $method
	logged_on "sshd, $method: the same"
done
ssh_in publickey -i "$WORK/user_key"
want "exit status of the logon" "$(out during.rc)" '[1-9]*'
want "the key" "$(out serial.err)" '*Required key not available'
next_line
want "the peer's result" "${PEER[result]}" fail
verdict "sshd, publickey: there is no password to save, and the session opens"
want "keys between processes" "$(keyctl list @u | grep -c pam_credssp)" 0
verdict "root's keyring has no password left"

# With a password of the user's that has been changed in the session
cat >"$WORK/passwd-do" <<END
keyctl search @s logon credssp:$TARGET >\$OUT/serial
printf '%s\n' '$PASSWORD' '$NEW_PASSWORD' '$NEW_PASSWORD' | passwd >\$OUT/passwd 2>&1
. $WORK/do-first
END
cp "$WORK/do" "$WORK/do-first"
cp "$WORK/passwd-do" "$WORK/do"
serve --password "$NEW_PASSWORD"
ssh_in password
logged_on "passwd: the session has the new password"
printf '%s\n' "$NEW_PASSWORD" >"$WORK/password"

# A screen locker of the user's: an unlocked screen is a new key
cat >"$WORK/unlock" <<END
#!/bin/bash
pamtester unlock alice authenticate 'setcred(PAM_REINITIALIZE_CRED)' <$WORK/password
keyctl search @s logon credssp:$TARGET >\$OUT/first
$WORK/logon during
pamtester unlock alice authenticate 'setcred(PAM_REINITIALIZE_CRED)' <$WORK/password
keyctl search @s logon credssp:$TARGET >\$OUT/second
END
chmod 755 "$WORK/unlock"
chmod 644 "$WORK/password"
fresh
as_alice "$WORK/unlock" || problem "$(cat "$WORK/alice")"
want "exit status of the logon" "$(out during.rc)" 0
want "keys" "$(sort -u "$WORK/out/first" "$WORK/out/second" | wc -l)" 2
verdict "an unlocked screen gives the session a key, and a new one the next time"

# With tickets there is nothing to save.
kdc_make && kdc_start 0
cat >"$WORK/tickets-do" <<END
#!/bin/bash
kinit -c FILE:$WORK/out/cache alice <$WORK/kdc-password
pamtester tickets alice authenticate open_session <$WORK/password
keyctl search @s logon credssp:$TARGET >\$OUT/first 2>&1
kdestroy -c FILE:$WORK/out/cache
pamtester tickets alice authenticate open_session <$WORK/password
keyctl search @s logon credssp:$TARGET >\$OUT/second 2>&1
END
printf '%s\n' "$PASSWORD" >"$WORK/kdc-password"
printf 'KRB5CCNAME DEFAULT=FILE:%s/out/cache\n' "$WORK" >"$WORK/env"
chmod 755 "$WORK/tickets-do"
fresh
KRB5_CONFIG=$KDC/krb5.conf as_alice "$WORK/tickets-do" || problem "$(cat "$WORK/alice")"
want "with tickets" "$(out first)" '*Required key not available'
want "without" "$(out second)" '[0-9]*'
verdict "a session with a TGT has no password in its keyring"

kill "$SSHD"
finish
