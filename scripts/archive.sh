# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Debian packages of this machine's suites and of other suites. Sourced after lib.sh.

# Options of apt-get and apt-cache: empty for this machine's own suites.
APT=()

# machine_codename: bookworm, trixie
machine_codename() {
	# shellcheck source=/dev/null
	( . /etc/os-release && printf '%s' "$VERSION_CODENAME" )
}

# archive_uri: the archive that this machine's own packages come from. Other suites
# come from there as well.
archive_uri() {
	local codename
	codename=$(machine_codename)
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' |
		awk -v codename="$codename" '$1 == codename { print $2; exit }' | grep . ||
		die "apt knows no archive of $codename: apt-get update"
}

# suite_line SUITE: the suite as a line of sources.list
suite_line() {
	local uri key=/usr/share/keyrings/debian-archive-keyring.gpg
	uri=$(archive_uri)
	printf 'deb [signed-by=%s] %s %s main\n' $key "$uri" "$1"
}

refresh_lists() {
	if [ ${#APT[@]} -gt 0 ]; then
		note "apt-get update of ${APT_SUITE:?}"
		apt-get -q "${APT[@]}" update >&2
	else
		note "apt-get update"
		as_root apt-get -q update >&2
	fi
}

# use_suite SUITE: from now on apt-get and apt-cache with "${APT[@]}" know the
# packages of SUITE alone. Lists and state are in the cache, where the machine's apt does
# not see them.
use_suite() {
	local dir=$CACHE/apt/$1
	APT_SUITE=$1
	mkdir -p "$dir"/{lists,archives}/partial
	: >"$dir/status"
	suite_line "$1" >"$dir/sources.list"
	APT=(-o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null
		-o "Dir::State::lists=$dir/lists" -o "Dir::State::status=$dir/status"
		-o "Dir::Cache=$dir" -o APT::Sandbox::User=root)
}

# add_suite SUITE: from now on they know the machine's own suites, and SUITE. The lists
# are in the cache; packages are installed on the machine.
add_suite() {
	local dir=$CACHE/apt/with-$1 file
	APT_SUITE=$1
	rm -rf "$dir/sources"
	mkdir -p "$dir"/{sources,lists/partial,archives/partial}
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		[ ! -f "$file" ] || ln -s "$file" "$dir/sources/"
	done
	suite_line "$1" >"$dir/sources/credssp.list"
	APT=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$dir/sources"
		-o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir"
		-o APT::Sandbox::User=root)
}

fetch() {
	# As root apt wants to download as _apt, which cannot write here, and warns.
	apt-get -q "${APT[@]}" -o APT::Sandbox::User=root download "$@" >&2
}

package_names() { apt-cache "${APT[@]}" pkgnames "$1"; }

# dependencies PACKAGE: the names of the packages that it depends on
dependencies() {
	apt-cache "${APT[@]}" depends --important "$1" | awk '/Depends: / { print $2 }'
}
