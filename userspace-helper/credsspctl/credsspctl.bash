# SPDX-License-Identifier: GPL-2.0-only
# Completion of credsspctl(1) for bash.

# Of auth, connect, doctor and winrm
_credsspctl_auth()
{
	local options='--user --key --saved --password-fd --password-file --ccache --ccache=
		--keytab --keytab= --pkinit --realm --u2u --target --mech --min-version
		--max-version --no-delegate --mutual --pin --cert --timeout --help'
	local carriers='rdp raw http' i

	case ${COMP_WORDS[1]} in
	auth) options+=' --carrier --path --transport --json --explain' ;;
	connect) options+=' --carrier --explain --ktls --exec' carriers='rdp raw' ;;
	doctor) options+=' --carrier --path --json' ;;
	winrm) options+=' --path --explain --stdin --run-time' ;;
	esac
	# What follows --exec is another command, and that behind -- another machine's.
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[1]},${COMP_WORDS[i]} in
		connect,--exec)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -A command -A file -- "$2")
			return ;;
		winrm,--) return ;;
		esac
	done

	# --keytab=FILE is three words, because = divides them.
	if [ "$3" = = ] || [ "$2" = = ]; then
		case ${COMP_WORDS[COMP_CWORD - 1]},${COMP_WORDS[COMP_CWORD - 2]} in
		=,--keytab | =,--ccache | --keytab,* | --ccache,*)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "${2#=}")
			return ;;
		esac
	fi

	case $3 in
	--password-file)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
		return ;;
	--carrier)
		mapfile -t COMPREPLY < <(compgen -W "$carriers" -- "$2")
		return ;;
	--transport)
		mapfile -t COMPREPLY < <(compgen -W 'socket token' -- "$2")
		return ;;
	--mech)
		mapfile -t COMPREPLY < <(compgen -W 'negotiate kerberos ntlm' -- "$2")
		return ;;
	--min-version | --max-version)
		mapfile -t COMPREPLY < <(compgen -W '2 3 4 5 6' -- "$2")
		return ;;
	--run-time | --pkinit | --user | --key | --password-fd | --realm | --target | --path | --timeout | --pin | --cert)
		return ;;
	esac
	case $2 in
	-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2") ;;
	*) mapfile -t COMPREPLY < <(compgen -A hostname -- "$2") ;;
	esac
}

_credsspctl_accept()
{
	local options='--listen --carrier --no-hybrid-ex --cert --domain --keytab --mech
		--min-version --max-version --restricted-admin --remote-guard --timeout --count
		--deliver --lifetime --json --exec --help'
	local i

	# What follows --exec is another command.
	for ((i = 2; i < COMP_CWORD; i++)); do
		[ "${COMP_WORDS[i]}" = --exec ] || continue
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -A command -A file -- "$2")
		return
	done
	case $3 in
	--keytab)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
		return ;;
	--carrier)
		mapfile -t COMPREPLY < <(compgen -W 'rdp raw http' -- "$2")
		return ;;
	--mech)
		mapfile -t COMPREPLY < <(compgen -W 'negotiate kerberos ntlm' -- "$2")
		return ;;
	--min-version | --max-version)
		mapfile -t COMPREPLY < <(compgen -W '2 3 4 5 6' -- "$2")
		return ;;
	--deliver)
		mapfile -t COMPREPLY < <(compgen -W 'user session' -- "$2")
		return ;;
	--listen | --cert | --domain | --timeout | --count | --lifetime)
		return ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2")
}

_credsspctl_cert()
{
	if [ "$COMP_CWORD" -eq 2 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'new' -- "$2")
		return
	fi
	case $3 in
	--cert-dir)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
	--user) mapfile -t COMPREPLY < <(compgen -u -- "$2") ;;
	--host) mapfile -t COMPREPLY < <(compgen -A hostname -- "$2") ;;
	--days) ;;
	*) mapfile -t COMPREPLY < <(compgen -W '--host --rsa --days --user --cert-dir --replace' -- "$2") ;;
	esac
}

_credsspctl_cred()
{
	local options='--user --password-fd --password-file --keyring --timeout'

	if [ "$COMP_CWORD" -eq 2 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'add bridge list remove' -- "$2")
		return
	fi
	case ${COMP_WORDS[2]},$3 in
	add,--password-file | bridge,--password-file)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
	add,--keyring | bridge,--keyring) mapfile -t COMPREPLY < <(compgen -W 'user session' -- "$2") ;;
	add,*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2") ;;
	bridge,*) mapfile -t COMPREPLY < <(compgen -W "$options --domain --also" -A hostname -- "$2") ;;
	list,*) mapfile -t COMPREPLY < <(compgen -W '--json' -- "$2") ;;
	esac
}

_credsspctl_account()
{
	local options='--domain --accounts'

	if [ "$COMP_CWORD" -eq 2 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'add remove list disable enable' -- "$2")
		return
	fi
	case $3 in
	--accounts | --password-file)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
		return ;;
	--domain | --password-fd) return ;;
	esac
	case ${COMP_WORDS[2]} in
	add) options+=' --password-fd --password-file --replace' ;;
	list) options='--accounts --json' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2")
}

_credsspctl_policy()
{
	if [ "$COMP_CWORD" -eq 2 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'show check load reset' -- "$2")
		return
	fi
	case ${COMP_WORDS[2]} in
	show) mapfile -t COMPREPLY < <(compgen -W '--initial --json' -- "$2") ;;
	check) mapfile -t COMPREPLY < <(compgen -W '--json TERMSRV/' -- "$2") ;;
	load)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -W '--if-present' -- "$2") ;;
	esac
}

_credsspctl()
{
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'accept account auth cert connect cred doctor policy status winrm help --help --version' -- "$2")
		return
	fi
	case ${COMP_WORDS[1]} in
	accept) _credsspctl_accept "$@" ;;
	account) _credsspctl_account "$@" ;;
	auth | connect | doctor | winrm) _credsspctl_auth "$@" ;;
	cert) _credsspctl_cert "$@" ;;
	cred) _credsspctl_cred "$@" ;;
	policy) _credsspctl_policy "$@" ;;
	status) mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$2") ;;
	help) mapfile -t COMPREPLY < <(compgen -W 'accept account auth cert connect cred doctor policy status winrm' -- "$2") ;;
	esac
}

complete -F _credsspctl credsspctl
