#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh DIR: the tests of credsspd that need no kernel module, with programs
# from DIR: the engine alone, the key keeper and the ticket office alone, with faulty workers, then
# handshakes with openssl s_server.

set -u
bin=$1
dir=$(mktemp -d) || exit 1
server=
passed=0
failed=0
# As in the service: poll() refuses more entries than that.
unit=$(dirname "$0")/../units/credsspd.service.in
ulimit -S -n "$(sed -n 's/^LimitNOFILE=//p' "$unit")" || exit 1

stop_server() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
	server=
}
trap 'stop_server; rm -rf "$dir"' EXIT

result() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok credsspd: $2"
	else
		failed=$((failed + 1))
		echo "not ok credsspd: $2"
		sed 's/^/# /' "$dir/log"
	fi
}

# certificate NAME CA KEY-TYPE DATES...: NAME.pem and NAME.key, for server.test
# and 127.0.0.1, issued by CA or, with "self", self-signed.
certificate() {
	local name=$1 ca=$2 type=$3 args=()
	shift 3
	case $type in
	rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$dir/$name.key" ;;
	# Of five primes: made in seconds
	huge) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:8256 -pkeyopt rsa_keygen_primes:5 -out "$dir/$name.key" ;;
	ec) openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$dir/$name.key" ;;
	esac 2>>"$dir/openssl.log"
	openssl req -new -key "$dir/$name.key" -subj "/CN=$name" -out "$dir/$name.csr"
	if [ "$ca" = self ]; then
		args=(-signkey "$dir/$name.key")
	else
		args=(-CA "$dir/$ca.pem" -CAkey "$dir/$ca.key" -CAcreateserial)
	fi
	printf 'subjectAltName=DNS:server.test,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' >"$dir/ext"
	# As the certificate that Windows makes for itself: a KeyUsage without signing.
	# openssl's server does not use an EC key of this kind.
	case $name,$type in
	own-* | *,ec) ;;
	*) printf 'keyUsage=keyEncipherment,dataEncipherment\n' >>"$dir/ext" ;;
	esac
	[ "$name" != ca ] || printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n' >"$dir/ext"
	openssl x509 -req -in "$dir/$name.csr" "${args[@]}" -extfile "$dir/ext" \
		"$@" -out "$dir/$name.pem" 2>>"$dir/openssl.log"
}

# up REGEX: waits until the server prints this; false if it ends, or after a minute.
up() {
	local i
	for ((i = 0; i < 1200; i++)); do
		! grep -q "$1" "$dir/server.log" || return 0
		kill -0 "$server" 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}

# A handshake that must fail would fail without a server as well: count that as a failure.
no_server() {
	cp "$dir/server.log" "$dir/log"
	result 1 "no server: $*"
}

# start_server CERTIFICATE ARGUMENT...: on a free port, $port.
start_server() {
	local cert=$1
	shift
	stop_server
	port=0
	: >"$dir/server.log"
	openssl s_server -accept 127.0.0.1:0 -cert "$dir/$cert.pem" -key "$dir/$cert.key" \
		-cert_chain "$dir/ca.pem" -rev "$@" >"$dir/server.log" 2>&1 &
	server=$!
	up '^ACCEPT .*:[0-9]' || { no_server "openssl s_server $cert $*"; return; }
	port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$dir/server.log")
}

# handshake NAME HOST FEED VERSION CIPHER TRUST [TRUST-FILE]
handshake() {
	timeout 30 "$bin/tls_test" "$port" "$2" "$3" "${7-$dir/ca.pem}" "$4" "$5" "$6" \
		>"$dir/log" 2>&1
	result $? "$1"
}

# usage_error NAME ARGUMENT...: credsspd must refuse its command line.
usage_error() {
	local name=$1
	shift
	"$bin/credsspd" "$@" >"$dir/log" 2>&1
	[ $? -eq 2 ]
	result $? "$name"
}

certificate ca self ec -days 30
certificate rsa ca rsa -days 30
certificate ec ca ec -days 30
certificate selfsigned self rsa -days 30
certificate expired ca ec -days -1
certificate huge ca huge -days 30

"$bin/engine_test" 2>"$dir/log" | tee "$dir/engine"
result "${PIPESTATUS[0]}" "engine"
"$bin/extensions_test" 2>"$dir/log" | tee "$dir/extensions"
result "${PIPESTATUS[0]}" "extensions"
"$bin/groups_test" 2>"$dir/log" | tee "$dir/groups"
result "${PIPESTATUS[0]}" "groups of the key exchange"
"$bin/memory_test" 2>"$dir/log" | tee "$dir/memory"
result "${PIPESTATUS[0]}" "memory"
"$bin/budget_test" 2>"$dir/log"
result $? "limits for memory"
"$bin/keeper_test" 2>"$dir/log" | tee "$dir/keeper"
result "${PIPESTATUS[0]}" "key keeper"
"$bin/sandbox_test" 2>"$dir/log" | tee "$dir/sandbox"
result "${PIPESTATUS[0]}" "what processes may take"
"$bin/office_test" 2>"$dir/log" | tee "$dir/office"
result "${PIPESTATUS[0]}" "ticket office"
"$bin/keyring_test" 2>"$dir/log" | tee "$dir/keyring"
result "${PIPESTATUS[0]}" "files with keys"
"$bin/certs_test" 2>"$dir/log" | tee "$dir/matrix"
result "${PIPESTATUS[0]}" "certificates"
"$bin/shelf_test" 2>"$dir/log"
result $? "parsed certificates between handshakes"
"$bin/asking_test" 2>"$dir/log" | tee "$dir/asking"
result "${PIPESTATUS[0]}" "handshakes that wait for a key"

"$bin/office_tgts_test" 2>"$dir/log"
result $? "TGTs of acceptors in the ticket office"
"$bin/krb5_kdcs_test" 2>"$dir/log"
result $? "Kerberos: what is known of KDCs"
"$bin/krb5_relay_test" 2>"$dir/log" | tee "$dir/relay"
result "${PIPESTATUS[0]}" "Kerberos: the relay to KDCs"
"$bin/krb5_faults_test" 2>"$dir/log" | tee "$dir/faults"
result "${PIPESTATUS[0]}" "Kerberos: an office, a relay or KDCs that fail"
"$bin/krb5_pkinit_test" 2>"$dir/log" | tee "$dir/pkinit"
result "${PIPESTATUS[0]}" "Kerberos: certificates, with a KDC of MIT"
"$bin/krb5_work_test" 2>"$dir/log" | tee "$dir/work"
result "${PIPESTATUS[0]}" "Kerberos: tickets, with a KDC of MIT"
"$bin/krb5_fast_test" 2>"$dir/log" | tee "$dir/fast"
result "${PIPESTATUS[0]}" "Kerberos: FAST, with a KDC of MIT"
"$bin/krb5_armor_test" 2>"$dir/log" | tee "$dir/armor"
result "${PIPESTATUS[0]}" "Kerberos: KDCs that strip FAST"
"$bin/krb5_accept_test" 2>"$dir/log" | tee "$dir/accept"
result "${PIPESTATUS[0]}" "Kerberos: an acceptor, with initiators of MIT"
"$bin/krb5_renew_test" 2>"$dir/log" | tee "$dir/renew"
result "${PIPESTATUS[0]}" "Kerberos: tickets that are renewed"
"$bin/kerberos_test" 2>"$dir/log" | tee "$dir/kerberos"
result "${PIPESTATUS[0]}" "Kerberos: ticket office, workers and relay together"

"$bin/dispatch_test" 2>"$dir/log" | tee "$dir/dispatch"
result "${PIPESTATUS[0]}" "threads and their requests"
"$bin/reload_test" 2>"$dir/log" | tee "$dir/reload"
result "${PIPESTATUS[0]}" "reading the configuration again"
"$bin/confine_test" 2>"$dir/log" | tee "$dir/confine"
result "${PIPESTATUS[0]}" "profiles of AppArmor"
"$bin/queue_test" 2>"$dir/log"
result $? "the queue of a thread"
"$bin/options_test" 2>"$dir/log"
result $? "number of threads by default"
"$bin/threads_test" 2>"$dir/log" | tee "$dir/threads"
result "${PIPESTATUS[0]}" "handshakes in threads"

# The suites that kTLS has, by their IANA numbers
for cert in rsa ec; do
	for feed in record byte flood; do
		auth=${cert^^}
		[ "$cert" = rsa ] || auth=ECDSA
		while read -r suite rsa_number ec_number; do
			number=$rsa_number
			[ "$cert" = rsa ] || number=$ec_number
			start_server "$cert" -tls1_2 -cipher "ECDHE-$auth-$suite"
			handshake "TLS 1.2, $cert, $suite, by $feed" server.test "$feed" 303 "$number" 0
		done <<-END
			AES256-GCM-SHA384 c030 c02c
			AES128-GCM-SHA256 c02f c02b
			CHACHA20-POLY1305 cca8 cca9
		END
		while read -r suite number; do
			start_server "$cert" -tls1_3 -ciphersuites "$suite"
			handshake "TLS 1.3, $cert, $suite, by $feed" server.test "$feed" 304 "$number" 0
		done <<-END
			TLS_AES_256_GCM_SHA384 1302
			TLS_AES_128_GCM_SHA256 1301
			TLS_CHACHA20_POLY1305_SHA256 1303
		END
	done
done

# TLS 1.2 without forward secrecy, which old Windows servers have
start_server rsa -tls1_2 -cipher AES256-GCM-SHA384
handshake "TLS 1.2, RSA key transport" server.test record 303 9d 0
# ... but not with a group that the server chooses
start_server rsa -tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384
handshake "TLS 1.2, DHE" server.test record fail 28 0
start_server ec -tls1_3 -groups ffdhe8192:ffdhe2048
handshake "TLS 1.3, DHE" server.test record fail 28 0
# A key that takes too long to use is refused
for version in "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384" \
	"-tls1_2 -cipher AES256-GCM-SHA384" -tls1_3; do
	# shellcheck disable=SC2086 # words
	start_server huge $version
	handshake "RSA key above 8192 bits ($version)" server.test record fail 0 7
done
# SHA-1 is accepted in certificates only
start_server rsa -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384@SECLEVEL=0 -sigalgs RSA+SHA1
handshake "TLS 1.2, the server signs with SHA-1" server.test record fail 0 2
# A HelloRetryRequest (RFC 8446 4.1.4)
start_server ec -tls1_3 -groups P-521
handshake "TLS 1.3, HelloRetryRequest" server.test record 304 any 0
# A server that asks for a client certificate gets none and goes on
for version in 1_2 1_3; do
	start_server ec "-tls$version" -verify 1
	handshake "TLS $version, certificate requested" server.test record any any 0
done
start_server ec -tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384
handshake "no suite in common" server.test record fail 28 any
start_server ec -tls1_3
handshake "no record protocol at all" server.test record 304 any 0

# Servers that send short records, and one that limits our records (RFC 8449). OpenSSL
# does not know that extension, and gnutls-serv cannot choose a port by itself.
gnutls_server() {
	local try
	stop_server
	for ((try = 0; try < 20; try++)); do
		port=$((20000 + RANDOM % 10000))
		: >"$dir/server.log"
		gnutls-serv --echo --port "$port" --x509certfile "$dir/ec.pem" \
			--x509keyfile "$dir/ec.key" "$@" >"$dir/server.log" 2>&1 &
		server=$!
		! up 'port.*\.\.\.done' || return 0
		# one that has ended may have chosen another program's port
		! kill -0 "$server" 2>/dev/null || break
	done
	stop_server
	no_server "gnutls-serv $*"
}

for version in 2 3; do
	for fragment in -max_send_frag -split_send_frag; do
		start_server ec "-tls1_$version" "$fragment" 512
		LIMIT=0 handshake "TLS 1.$version, $fragment 512" server.test record any any 0
	done
	gnutls_server --recordsize 1024 --priority "NORMAL:-VERS-ALL:+VERS-TLS1.$version"
	ECHO=1 LIMIT=1024 handshake "TLS 1.$version, gnutls-serv --recordsize 1024" \
		server.test record any any 0
done

# Resumption: the same certificate is evaluated again. No resumption if the server forgets.
for cert in rsa ec; do
	for version in 2 3; do
		start_server "$cert" "-tls1_$version"
		handshake "TLS 1.$version, $cert, resumed" server.test resume "30$((version + 1))" any 0
		handshake "TLS 1.$version, $cert, resumed, not trusted" other.test resume any any 8
	done
	start_server "$cert" -tls1_2 -no_cache -no_ticket
	handshake "TLS 1.2, $cert, the server does not resume" server.test refuse any any 0
done

# The key log has the same secrets as OpenSSL's own, but for those of exporters, also of sessions
# that are resumed. Root alone may have one.
mkdir "$dir/securityfs"
echo '[none] integrity confidentiality' >"$dir/securityfs/lockdown"
export SECURITYFS=$dir/securityfs

# same_secrets NAME LINES: $dir/keys and $dir/keys.openssl have the same lines, so many
same_secrets() {
	sort "$dir/keys" >"$dir/keys.sorted"
	grep -vE '^(#|EXPORTER_SECRET )' "$dir/keys.openssl" | sort >"$dir/keys.other"
	{ diff "$dir/keys.sorted" "$dir/keys.other" && [ "$(wc -l <"$dir/keys")" -eq "$2" ] &&
		[ "$(stat -c %u-%a "$dir/keys")" = 0-600 ]; } >"$dir/log" 2>&1
	result $? "$1: the key log is OpenSSL's"
}

"$bin/keylog_test" 2>"$dir/log" | tee "$dir/keylog"
result "${PIPESTATUS[0]}" "key log"

# Lines of two handshakes
lines_of() { [ "$1" = 2 ] && echo 2 || echo 8; }
own_keylog=no
[ "$(id -u)" -ne 0 ] || own_keylog=yes
for version in 2 3; do
	[ $own_keylog = yes ] || break
	rm -f "$dir/keys" "$dir/keys.openssl"
	start_server ec "-tls1_$version" -keylogfile "$dir/keys.openssl"
	KEYLOG=$dir/keys handshake "TLS 1.$version, resumed, with a key log" server.test resume \
		any any 0
	stop_server
	same_secrets "TLS 1.$version, resumed" "$(lines_of $version)"
done

# The group that a server asks for is remembered with the session
for group in P-256 P-384 P-521 X448; do
	start_server ec -tls1_3 -groups "$group"
	RETRY=1 handshake "TLS 1.3, resumed after a HelloRetryRequest for $group" \
		server.test resume 304 any 0
done

# Evaluation of the certificate (CREDSSP_TRUST_*)
start_server rsa
handshake "trusted for its address" 127.0.0.1 record any any 0
handshake "another name" other.test record any any 8
handshake "another address" 127.0.0.2 record any any 8
handshake "no name to check" "" record any any 80
handshake "unknown root" server.test record any any 1 ""
handshake "unknown root, another name" other.test record any any 9 ""
start_server expired
handshake "expired" server.test record any any 2
handshake "expired, unknown root" server.test record any any 3 ""
start_server selfsigned
handshake "self-signed" server.test record any any 1
handshake "self-signed, pinned as trusted" server.test record any any 0 "$dir/selfsigned.pem"
stop_server

# ---- client certificates -------------------------------------------------

certs=$dir/certs
uid=0
mkdir -p "$certs/$uid" "$certs/1000"
chmod -R go-w "$certs"

# own NAME CA KEY-TYPE: a client certificate of our user
own() {
	certificate "own-$1" "$2" "$3" -days 30
	(umask 077 && cat "$dir/own-$1.pem" "$dir/own-$1.key" >"$certs/$uid/$1.pem")
}

certificate otherca self ec -days 30
own ec ca ec
own rsa ca rsa
own foreign otherca ec
(umask 077 && cp "$certs/$uid/ec.pem" "$certs/1000/theirs.pem" &&
	cat "$dir/own-ec.pem" "$dir/own-rsa.key" >"$certs/$uid/mixed.pem" &&
	echo nonsense >"$certs/$uid/broken.pem")
cp "$certs/$uid/ec.pem" "$certs/$uid/readable.pem"
chmod 644 "$certs/$uid/readable.pem"
ln -s ec.pem "$certs/$uid/link.pem"

# asked NAME SENT CERT ANSWERS [FEED]: a handshake with the server, which accepts only
# certificates of ca
asked() {
	SENT=$2 CERT=$3 ANSWERS=$4 CERT_DIR=$certs ISSUER=ca \
		handshake "$1" server.test "${5:-record}" any any 0
}

# unusable NAME CERT ANSWERS: the handshake fails for its certificate
unusable() {
	CERT=$2 ANSWERS=$3 CERT_DIR=$certs handshake "$1" server.test record fail 0 9
}

for version in 1_2 1_3; do
	start_server ec "-tls$version" -Verify 3 -CAfile "$dir/ca.pem" -verify_return_error
	for key in ec rsa; do
		asked "TLS $version: a client certificate, $key" 1 $key ''
		asked "TLS $version: ... when the server asks" 1 '' $key
		asked "TLS $version: ... by byte" 1 '' $key byte
		asked "TLS $version: ... by flood" 1 '' $key flood
	done
	asked "TLS $version: several unsuitable certificates, then a good one" 1 foreign \
		'foreign none theirs ec'
	for cert in mixed broken readable link; do
		unusable "TLS $version: one that exists and cannot be used, $cert" $cert ''
		unusable "TLS $version: ... when the server asks" foreign "foreign $cert"
	done
	start_server ec "-tls$version" -verify 3 -CAfile "$dir/ca.pem"
	asked "TLS $version: one that does not exist, and no question" 0 none ''
	asked "TLS $version: going on without one" 0 '' -
	asked "TLS $version: ... although there was one" 0 foreign 'foreign -'
	start_server ec "-tls$version" -verify 3
	ISSUER='' asked "TLS $version: a server that names no issuers" 1 foreign ''
done
stop_server

# ---- as the server ------------------------------------------------------------

"$bin/server_test" 2>"$dir/log" | tee "$dir/server"
result "${PIPESTATUS[0]}" "engine as the server"
"$bin/server_keeper_test" 2>"$dir/log"
result $? "the server's keys: a keeper that is slow or lost"
"$bin/client_hello_test" 2>"$dir/log"
result $? "engine with wrong ClientHellos"
"$bin/ticket_keys_test" 2>"$dir/log"
result $? "keys of session tickets"

# serving NAME FEED COUNT: a server with the certificates of our user, on a free port, $port
serving() {
	stop_server
	port=0
	: >"$dir/server.log"
	"$bin/tls_server_test" "$certs" "$1" "$2" "$3" >"$dir/server.log" 2>&1 &
	server=$!
	up '^port' || { no_server "tls_server_test $*"; return; }
	port=$(sed -n 's/^port //p' "$dir/server.log")
}

# client NAME WANTED ARGUMENT...: openssl s_client gets its line back reversed, unless the
# handshake is to fail; the server's last line must match the regular expression WANTED.
client() {
	local name=$1 wanted=$2 lines
	shift 2
	lines=$(grep -c '^[dfg]' "$dir/server.log")
	echo drawer | timeout 30 openssl s_client -connect "127.0.0.1:$port" -quiet \
		-CAfile "$dir/ca.pem" "$@" >"$dir/log" 2>&1
	for ((i = 0; i < 600; i++)); do
		[ "$(grep -c '^[dfg]' "$dir/server.log")" -eq "$lines" ] || break
		kill -0 "$server" 2>/dev/null || break
		sleep 0.05
	done
	sed 's/^/server: /' "$dir/server.log" >>"$dir/log"
	tail -n 1 "$dir/server.log" | grep -qE "^$wanted$" &&
		case $wanted in
		done*) grep -q '^reward$' "$dir/log" ;;
		esac
	result $? "$name"
}

for cert in rsa ec; do
	for feed in record byte flood; do
		serving "$cert" "$feed" 6
		auth=${cert^^}
		[ "$cert" = rsa ] || auth=ECDSA
		while read -r suite rsa_number ec_number; do
			number=$rsa_number
			[ "$cert" = rsa ] || number=$ec_number
			client "server, TLS 1.2, $cert, $suite, by $feed" "done 303 $number 0 0" -tls1_2 \
				-cipher "ECDHE-$auth-$suite" -verify_return_error -verify_hostname server.test
		done <<-END
			AES256-GCM-SHA384 c030 c02c
			AES128-GCM-SHA256 c02f c02b
			CHACHA20-POLY1305 cca8 cca9
		END
		while read -r suite number; do
			client "server, TLS 1.3, $cert, $suite, by $feed" "done 304 $number 0 0" -tls1_3 \
				-ciphersuites "$suite" -verify_return_error -verify_hostname server.test
		done <<-END
			TLS_AES_256_GCM_SHA384 1302
			TLS_AES_128_GCM_SHA256 1301
			TLS_CHACHA20_POLY1305_SHA256 1303
		END
	done
done

# The certificate of the client's SNI, or the default one
cp "$certs/$uid/rsa.pem" "$certs/$uid/default.pem"
serving '' record 3
client "server, TLS 1.3, SNI" 'done 304 .*' -tls1_3 -servername server.test
client "server, TLS 1.3, no SNI" 'done 304 .*' -tls1_3 -noservername
client "server, TLS 1.3, HelloRetryRequest" 'done 304 .*' -tls1_3 -groups ffdhe2048:P-384
for version in 2 3; do
	serving ec byte 1
	client "server, TLS 1.$version, a client that refuses the certificate" 'failed 48 0' \
		"-tls1_$version" -CAfile "$dir/otherca.pem" -verify_return_error
done

# Certificates that credsspctl makes, as a client sees them that trusts nothing else
for key in "" --rsa; do
	name=made${key#--}
	# shellcheck disable=SC2086 # no word, or one
	"$bin/credsspctl" cert new $key --cert-dir "$certs" --user "$uid" --host server.test \
		"$name" 2>"$dir/log"
	result $? "credsspctl cert new $key"
	serving "$name" record 2
	for version in 2 3; do
		client "server, TLS 1.$version, credsspctl cert new $key" 'done .*' \
			"-tls1_$version" -CAfile "$certs/$uid/$name.pem" -verify_return_error \
			-verify_hostname server.test
	done
done

for version in 2 3; do
	[ $own_keylog = yes ] || break
	rm -f "$dir/keys" "$dir/keys.openssl" "$dir/session"
	KEYLOG=$dir/keys serving ec record 2
	for option in -sess_out -sess_in; do
		client "server, TLS 1.$version, with a key log, $option" 'done .*' "-tls1_$version" \
			$option "$dir/session" -keylogfile "$dir/keys.openssl"
	done
	same_secrets "server, TLS 1.$version" "$(lines_of $version)"
done

# What is not offered
serving rsa record 5
client "server, TLS 1.1" 'failed 0 1' -tls1_1 -cipher DEFAULT:@SECLEVEL=0
client "server, TLS 1.2, RSA key transport" 'failed 0 2' -tls1_2 -cipher AES256-GCM-SHA384
client "server, TLS 1.2, CBC" 'failed 0 2' -tls1_2 -cipher ECDHE-RSA-AES256-SHA384
client "server, TLS 1.2, DHE" 'failed 0 2' -tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384
client "server, TLS 1.2, SHA-1" 'failed 0 2' -tls1_2 -sigalgs RSA+SHA1 \
	-cipher ECDHE-RSA-AES256-GCM-SHA384@SECLEVEL=0
serving none record 1
client "server, no such certificate" 'failed 0 11' -tls1_3

# Resumption, again and again; and a client that does without a Diffie-Hellman exchange
for version in 2 3; do
	serving ec record 4
	rm -f "$dir/session"
	client "server, TLS 1.$version, a session" "done 30$((version + 1)) .* 0 0" \
		"-tls1_$version" -sess_out "$dir/session"
	for again in "" ", again"; do
		client "server, TLS 1.$version, resumed$again" "done 30$((version + 1)) .* 1 0" \
			"-tls1_$version" -sess_in "$dir/session" -sess_out "$dir/session"
	done
	client "server, TLS 1.$version, no_dhe_kex" "done 30$((version + 1)) .* 1 0" \
		"-tls1_$version" -sess_in "$dir/session" -allow_no_dhe_kex
done
stop_server

usage_error "unknown option" --nonsense
usage_error "unknown TLS version" --tls-min 1.1
usage_error "no TLS version left" --tls-min 1.3 --tls-max 1.2
for number in 0 17 -1 two 2x '' 99999999999999999999; do
	usage_error "number of threads: \"$number\"" --threads "$number"
done
usage_error "krb5.conf without a directory" --krb5-conf krb5.conf
usage_error "file of accounts without a directory" --accounts accounts
for option in --lockout-failures=x --lockout-failures=-1 --lockout-time=0 --failure-delay=10001 \
	--failure-delay= --address-failures=1e3 --address-time=0; do
	usage_error "limits of logons: $option" "$option"
done
usage_error "argument" extra
usage_error "key log without a directory" --keylog keys
usage_error "key log in no directory" --keylog "$dir/none/keys" --device "$dir/none"
for option in --winbind=maybe --no-kerberos= --verbose=1; do
	usage_error "neither yes nor no: $option" "$option"
done

# configured STATUS PATTERN TEXT [ARGUMENT...]: with this configuration the check ends with
# STATUS and prints what matches PATTERN; the daemon begins if STATUS is 0
configured() {
	local status=$1 pattern=$2 text=$3 rc
	shift 3
	# shellcheck disable=SC2059 # with escapes
	printf "$text" >"$dir/conf"
	"$bin/credsspd" --config "$dir/conf" --check-config "$@" >"$dir/log" 2>&1
	rc=$?
	[ $rc -eq "$status" ] && grep -qE "$pattern" "$dir/log"
	result $? "configuration: ${text:0:40} $*"
	[ "$status" -eq 0 ] || return 0
	"$bin/credsspd" --config "$dir/conf" --device "$dir/none" "$@" >"$dir/log" 2>&1
	[ $? -eq 3 ]
	result $? "the daemon begins with it"
}

configured 0 right '# nothing\n\n'
configured 0 right '\xef\xbb\xbfthreads=2\r\n \tuser =  nobody \r\nwinbind = no'
configured 0 right 'tls-min = 1.3\nno-accounts = yes\nverbose = yes\n' --verbose=no
# The command line wins
configured 0 right 'tls-max = 1.2\n' --tls-min 1.3 --tls-max 1.3
configured 2 'tls-min is above tls-max' 'tls-max = 1.2\n' --tls-min 1.3
configured 2 'conf:3: threads: "17"' '# x\n\nthreads = 17\n'
configured 2 'conf:2: accounts: "accounts"' 'verbose = no\naccounts = accounts'
configured 2 'conf:2: threads: line 1' 'threads = 2\nthreads = 3\n'
configured 2 'conf:1: nonsense: there is no such' 'nonsense = 1\n'
configured 2 'conf:1: config: .*command line' 'config = /etc/other\n'
configured 2 'conf:1: there is no "="' 'verbose\n'
configured 2 'conf:1: there is no name' '= yes\n'
configured 2 'conf:1: there is no value' 'user = \n'
configured 2 'conf: has a NUL' 'threads = 2\n\0threads = 3\n'
configured 2 'conf: is too long' "#$(printf '%070000d' 0)"
for option in --reload=0 --reload=x --reload; do
	usage_error "no process: $option" "$option"
done
usage_error "no configuration of that name" --config "$dir/none"
usage_error "a configuration that is a directory" --config "$dir"
printf 'threads = 2\n' >"$dir/conf"
chmod 666 "$dir/conf"
usage_error "a configuration that others can write" --config "$dir/conf"
for number in 1 16; do
	"$bin/credsspd" --threads "$number" --device "$dir/none" >"$dir/log" 2>&1
	[ $? -eq 3 ]
	result $? "no device, $number threads"
done
# With the ticket office, without a krb5.conf for it, and without Kerberos
touch "$dir/krb5.conf"
for option in "--krb5-conf $dir/krb5.conf" "--krb5-conf $dir/none" --no-kerberos \
	"--accounts $dir/none" --no-accounts "--lockout-failures 0 --failure-delay 0"; do
	# shellcheck disable=SC2086 # words
	"$bin/credsspd" $option --device "$dir/none" >"$dir/log" 2>&1
	[ $? -eq 3 ]
	result $? "no device, ${option%% *}"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
