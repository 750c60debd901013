#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Exchanges that must succeed, with a peer that checks them itself: every version with both
# TLS versions, transports, mechanisms and carriers; odd but legal behaviour.
# guests: 6.1 backports trixie
# timeout: 400

. "$(dirname "$0")/../lib.sh"

need credsspctl tspeer ss

# good WHAT DELEGATED OPTION...: authenticated, and the peer saw it so
good() {
	local what=$1 delegated=$2
	shift 2
	auth "$@" "127.0.0.1:$PEER_PORT"
	next_line || problem "the peer has no line for it"
	want "exit status" "$RC" 0
	want reason "${JSON[reason]}" none
	want "the peer's result" "${PEER[result]}" ok
	want "the peer's reason" "${PEER[why]}" none
	want "delegated to the peer" "${PEER[delegated]}" "$delegated"
	want "user at the peer" "${PEER[user]}" alice
	want MIC "${PEER[mic]}" yes
	verdict "$what"
}

for version in 2 3 4 5 6; do
	for tls in 1.2 1.3; do
		start_peer --version $version --tls $tls
		for transport in socket token; do
			for mech in ntlm negotiate; do
				my_turn 20 || continue
				good "version $version, TLS $tls, $transport transport, $mech" \
					password --carrier raw --min-version 2 \
					--transport $transport --mech $mech
				want version "${PEER[version]}" $version
				want "reported version" "${JSON[credssp_version]}" $version
				want "TLS of the peer" "${PEER[tls]}" $tls
				want nonce "${PEER[nonce]}" "$([ $version -lt 5 ] && echo no || echo yes)"
				[ $mech = ntlm ] || want mechListMIC "${PEER[list_mic]}" yes
				want mech "${PEER[mech]}" "${mech/negotiate/spnego}"
				verdict "... and both sides agree on it"
			done
		done
	done
done

# A client with a lower version than the server
start_peer
for version in 2 3 4 5; do
	my_turn 8 || continue
	good "own version $version against a server of 6" password --carrier raw \
		--min-version 2 --max-version $version
	want version "${PEER[version]}" $version
	want "version as sent" "${PEER[peer_version]}" $version
	verdict "... and that is what was spoken"
done

for x224 in hybrid hybrid-ex; do
	start_peer --x224 $x224
	for transport in socket token; do
		for mech in ntlm negotiate; do
			my_turn 8 || continue
			good "RDP carrier, $x224, $transport transport, $mech" password \
				--transport $transport --mech $mech
			want x224 "${PEER[x224]}" $x224
			want early_auth "${JSON[early_auth]}" \
				"$([ $x224 = hybrid ] && echo false || echo true)"
			verdict "... and the result PDU is taken when it is due"
		done
	done
done

peer_pem rsa
for pem in rsa ec; do
	start_peer --pem "$WORK/$pem.pem"
	for transport in socket token; do
		my_turn 4 || continue
		good "${pem^^} certificate, $transport transport" password \
			--carrier raw --transport $transport
		good "${pem^^} certificate, version 2, $transport transport" password \
			--carrier raw --transport $transport --min-version 2 --max-version 2
		good "empty credentials with --no-delegate, $transport transport" empty \
			--carrier raw --transport $transport --no-delegate
		want delegated "${JSON[delegated]}" false
		want "user in TSCredentials" "${PEER[deleg_user]}" ''
		verdict "... and the report says so"
	done
done

for suite in AES-128-GCM AES-256-GCM CHACHA20-POLY1305; do
	for tls in 1.2 1.3; do
		start_peer --priority "NORMAL:-VERS-ALL:+VERS-TLS$tls:-CIPHER-ALL:+$suite"
		for transport in socket token; do
			my_turn 8 || continue
			good "$suite, TLS $tls, $transport transport" password \
				--carrier raw --transport $transport
			want cipher "${PEER[cipher]}" "$suite"
			verdict "... and it is what was chosen"
		done
	done
done

start_peer --ask-cert
for transport in socket token; do
	good "a server that asks for a client certificate, $transport transport" password \
		--carrier raw --transport $transport
done
start_peer --no-tickets
good "a server without tickets" password --carrier raw

start_peer --user 'Жанна' --password 'пароль🔑' --domain 'ДОМ'
printf 'пароль🔑\n' >"$WORK/utf8-password"
for transport in socket token; do
	run_auth credsspctl auth --json --user 'ДОМ\жанна' --password-file "$WORK/utf8-password" \
		--carrier raw --transport $transport "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 0
	want "the peer's result" "${PEER[result]}" ok
	want domain "${PEER[deleg_domain]}" 'ДОМ'
	verdict "names and passwords outside of ASCII, $transport transport"
done

# Variants of tspeer --list-wrong that must succeed
start_peer --every-wrong
while read -r name verdict needs text; do
	[[ $verdict = good && $needs != http && $needs != kerberos ]] || continue
	case $needs in
	early | x224) options=() ;;
	spnego) options=(--carrier raw --mech negotiate) ;;
	*) options=(--carrier raw --mech ntlm) ;;
	esac
	peer_port "$name"
	for transport in socket token; do
		my_turn 8 || continue
		good "$name ($text), $transport transport" password "${options[@]}" \
			--transport $transport
	done
done < <(tspeer --list-wrong)

# RFC 8449: TSRequests have more than 512 bytes. On a socket the kernel must keep the
# limit, since the caller sends there itself: it does so from 6.19 on.
keeps_limit() { printf '6.19\n%s\n' "$(uname -r)" | sort -CV; }
for tls in 1.2 1.3; do
	start_peer --record-limit 512 --tls $tls
	good "a server that takes records of 512 bytes, TLS $tls, token transport" password \
		--carrier raw --transport token
	if keeps_limit; then
		good "a server that takes records of 512 bytes, TLS $tls, socket transport" \
			password --carrier raw --transport socket
		continue
	fi
	auth --carrier raw --transport socket "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 4
	want reason "${JSON[reason]}" limit
	want status "${JSON[status]}" SEC_E_UNSUPPORTED_FUNCTION
	want "delegated to the peer" "${PEER[delegated]}" none
	verdict "a server that takes records of 512 bytes, TLS $tls, socket transport"
done

# --mutual needs a trusted certificate
for transport in socket token; do
	start_peer --pem "$WORK/ec.pem"
	auth --carrier raw --mutual --transport $transport "127.0.0.1:$PEER_PORT"
	next_line
	want "exit status" "$RC" 3
	want reason "${JSON[reason]}" server-not-proven
	want status "${JSON[status]}" SEC_E_MUTUAL_AUTH_FAILED
	want "delegated to the peer" "${PEER[delegated]}" none
	verdict "--mutual refuses an untrusted certificate, $transport transport"
done

stop_peer
nothing_left "no context and no credential is left"
finish
