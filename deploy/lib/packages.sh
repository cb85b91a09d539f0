# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Debian packages that Readout needs to be built and tested, and one function that
# installs those that are missing. Sourced by deploy/quickstart and tests/run:
#
#     . deploy/lib/packages.sh
#     packages_install "${PACKAGES_BUILD[@]}"

# What a release build, the simulator and the queries of the quickstart need.
# shellcheck disable=SC2034 # used by whoever sources this file
PACKAGES_BUILD=(gcc libc6-dev cmake ninja-build pkg-config libuv1-dev libsqlite3-dev
	libjansson-dev libcurl4-openssl-dev libssl-dev libsystemd-dev zlib1g-dev sqlite3)

# What the tests need on top: the second compiler, its sanitizers, and the gates' tools.
# shellcheck disable=SC2034
PACKAGES_TEST=("${PACKAGES_BUILD[@]}" g++ clang libclang-rt-14-dev clang-format
	libcriterion-dev openssh-client openssh-server openssl python3 pmccabe shellcheck)

packages_is_installed() {
	[[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Prints how to become root: nothing, or sudo. Fails with advice if neither is possible.
packages_as_root() {
	if [[ $(id -u) -eq 0 ]]; then
		return 0
	elif command -v sudo >/dev/null; then
		echo sudo
	else
		return 1
	fi
}

# packages_install NAME...: installs what is missing and nothing else; asks apt for
# nothing when all is there. Returns 1 after saying what to do.
packages_install() {
	local missing=() name root
	if ! command -v dpkg-query >/dev/null; then
		echo "packages: this is no Debian; install the counterparts of: $*" >&2
		return 1
	fi
	for name in "$@"; do
		packages_is_installed "$name" || missing+=("$name")
	done
	[[ ${#missing[@]} -gt 0 ]] || return 0

	echo "packages: installing ${#missing[@]} of $#: ${missing[*]}"
	if ! root=$(packages_as_root); then
		echo "packages: neither root nor sudo; let an administrator run:" >&2
		echo "    apt-get update && apt-get install ${missing[*]}" >&2
		return 1
	fi
	packages_apt "$root" update &&
		packages_apt "$root" install -y --no-install-recommends "${missing[@]}"
}

# packages_apt ROOT ARGUMENT...: runs apt-get, shows a line per package, keeps the rest
# for the case that it fails.
packages_apt() {
	local root=$1 log status=0
	shift
	log=$(mktemp)
	echo "packages: apt-get $1 ..."
	# shellcheck disable=SC2086 # root is one word or none
	$root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" </dev/null 2>&1 |
		tee "$log" | sed -un 's/^\(Setting up [^ ]*\).*/packages:   \1/p' || status=$?
	# E: decides where the caller has not set pipefail.
	if [[ $status -ne 0 ]] || grep -q '^E:' "$log"; then
		status=1
		tail -n 15 "$log" >&2
		echo "packages: apt-get $1 failed (see above). Check the network and the" >&2
		echo "packages: sources in /etc/apt, then run this again; it goes on where it stopped." >&2
	fi
	rm -f "$log"
	return "$status"
}
