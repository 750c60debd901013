# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The tree's version and files. Sourced after lib.sh.

# tree_version: dkms.conf has the only copy; debian/changelog and NEWS must agree with it.
tree_version() {
	sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$TOP/dkms.conf" | grep . ||
		die "no PACKAGE_VERSION in dkms.conf"
}

# tree_has_git: a tree without it is one of a tarball, also when it lies in a repository of
# something else.
tree_has_git() { [ -e "$TOP/.git" ]; }

# tree_files: the names of the tree's files, with NULs between them
tree_files() {
	if tree_has_git; then
		git -C "$TOP" ls-files -z --cached --others --exclude-standard |
			(cd "$TOP" && while IFS= read -r -d '' file; do
				[ ! -e "$file" ] || printf '%s\0' "$file"
			done)
	else
		(cd "$TOP" && find . -path ./build -prune -o ! -type d -print0)
	fi
}

# tree_copy DIRECTORY
tree_copy() {
	tree_files | rsync -a --from0 --files-from=- "$TOP/" "$1/"
}
