# SPDX-License-Identifier: GPL-2.0-only
# Completion of credsspctl(1) for bash.

_credsspctl_auth()
{
	local options='--user --key --saved --password-fd --password-file --ccache --ccache=
		--keytab --keytab= --realm --u2u --target --carrier
		--path --transport --mech --min-version --max-version --no-delegate --mutual
		--pin --cert
		--timeout --json --explain --help'

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
		mapfile -t COMPREPLY < <(compgen -W 'rdp raw http' -- "$2")
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
	--user | --key | --password-fd | --realm | --target | --path | --timeout | --pin | --cert)
		return ;;
	esac
	case $2 in
	-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$2") ;;
	*) mapfile -t COMPREPLY < <(compgen -A hostname -- "$2") ;;
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
		mapfile -t COMPREPLY < <(compgen -W 'auth cred policy status help --help --version' -- "$2")
		return
	fi
	case ${COMP_WORDS[1]} in
	auth) _credsspctl_auth "$@" ;;
	cred) _credsspctl_cred "$@" ;;
	policy) _credsspctl_policy "$@" ;;
	status) mapfile -t COMPREPLY < <(compgen -W '--json --help' -- "$2") ;;
	help) mapfile -t COMPREPLY < <(compgen -W 'auth cred policy status' -- "$2") ;;
	esac
}

complete -F _credsspctl credsspctl
