#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fail2ban.sh CTL_TEST: fail2ban's own matcher, with the filter of the examples, on lines that
# credsspctl prints of the test vectors, hostile names among them.

set -u
ctl_test=$1
filter=$(dirname "$0")/../../Documentation/examples/fail2ban/credssp.conf
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
count=0

# as_log PREFIX: the lines as a log has them
as_log() {
	sed "s|^|$(date '+%b %d %H:%M:%S') $1|" "$dir/lines"
}

# matches MODE LOG: "ADDRESS USER" of each line that counts as a failure
matches() {
	fail2ban-regex --raw -o '<ip> <F-USER>' "$2" "${filter}[mode=$1]" 2>"$dir/err"
}

# expect MODE LOG WANT: exactly the lines of the file WANT
expect() {
	count=$((count + 1))
	matches "$1" "$2" >"$dir/got"
	if ! diff "$3" "$dir/got" >"$dir/diff"; then
		failed=$((failed + 1))
		echo "not ok - fail2ban, $1, $2"
		sed 's/^/# /' "$dir/diff" "$dir/err"
	fi
}

"$ctl_test" verdicts >"$dir/lines"

# What must be found: who was refused, by address and account as the line has it
awk '/^credssp: accept from [0-9a-f].* status SEC_E_LOGON_DENIED reason logon / {
	account = $0; sub(/.* account "/, "", account)
	sub(/" user .*/, "", account); sub(/".*/, "", account)
	print $4 " " account
}' "$dir/lines" >"$dir/want"

# The words of an account must not have gone into an address.
count=$((count + 1))
if [ "$(wc -l <"$dir/want")" -lt 6 ] || grep -q '^10\.' "$dir/want"; then
	failed=$((failed + 1))
	echo "not ok - fail2ban: the vectors have too few refusals"
fi
: >"$dir/none"

as_log 'host kernel: ' >"$dir/kernel"
as_log 'host kernel: [  123.456789] ' >"$dir/kernel-time"
as_log 'kernel: [123456.789012] ' >"$dir/journal"
as_log 'host credsspctl[4711]: ' >"$dir/credsspctl"
for log in kernel kernel-time journal credsspctl; do
	expect normal "$dir/$log" "$dir/want"
done

# Other programs that repeat such a line
as_log 'host sshd[1]: ' >"$dir/sshd"
as_log 'host kernel: audit: ' >"$dir/audit"
as_log 'host app[1]: kernel: ' >"$dir/app"
for log in sshd audit app; do
	expect aggressive "$dir/$log" "$dir/none"
done

# Reasons: which mode counts which
for reason in logon account locked-out der binding timeout connection password-expired limit \
	tls-handshake busy; do
	printf 'credssp: accept from 192.0.2.9 port 1 status SEC_E_LOGON_DENIED reason %s leg nego mech ntlm version 6 ntstatus 0xc000006d delegated none account "%s" user "" workstation ""\n' \
		$reason $reason
done >"$dir/lines"
as_log 'host kernel: ' >"$dir/reasons"
printf '192.0.2.9 %s\n' logon account >"$dir/want"
expect normal "$dir/reasons" "$dir/want"
printf '192.0.2.9 %s\n' logon account locked-out der binding >"$dir/want"
expect aggressive "$dir/reasons" "$dir/want"

if [ "$failed" -eq 0 ]; then
	echo "ok - fail2ban's filter: $count checks"
else
	echo "not ok - fail2ban's filter: $failed of $count checks failed"
fi
[ "$failed" -eq 0 ]
