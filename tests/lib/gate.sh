# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the gates share. A gate is a function CHECK ROOT that prints one line per
# violation ("file:line: what is wrong") and nothing when all is well. Each rule has a
# canary: a violation planted in an empty tree, which CHECK must name.
# Results are TAP on stdout, violations on stderr.

gate_count=0
gate_failed=0

gate_result() { # ok|"not ok" NAME
	gate_count=$((gate_count + 1))
	echo "$1 $gate_count - $2"
	[[ $1 == ok ]] || gate_failed=$((gate_failed + 1))
}

# gate_files ROOT PATTERN...: the files under git (of a tree without git: all but build/)
# whose path matches a shell pattern, as paths relative to ROOT. * matches / as well.
gate_files() {
	local root=$1 path pattern
	shift
	if [[ -e $root/.git ]]; then
		git -C "$root" -c safe.directory='*' ls-files
	else
		(cd "$root" && find . -path ./build -prune -o -type f -printf '%P\n')
	fi | sort | while IFS= read -r path; do
		[[ -f $root/$path ]] || continue
		for pattern in "$@"; do
			# shellcheck disable=SC2053 # a pattern is meant
			if [[ $path == $pattern ]]; then
				printf '%s\n' "$path"
				break
			fi
		done
	done
}

# gate_tree NAME CHECK ROOT: the tree itself must be without violations.
gate_tree() {
	local name=$1 check=$2 root=$3 found status=0
	found=$("$check" "$root" 2>&1) || status=$?
	if [[ -z $found && $status -eq 0 ]]; then
		gate_result ok "$name"
	else
		gate_result "not ok" "$name"
		printf '%s\n' "${found:-$check ended with status $status}" >&2
	fi
}

# gate_canary NAME CHECK PATH TEXT: with TEXT in PATH, CHECK must print a line about PATH.
gate_canary() {
	local name="canary: $1" check=$2 path=$3 text=$4 root found
	root=$(mktemp -d)
	mkdir -p "$root/$(dirname "$path")"
	printf '%b' "$text" >"$root/$path"
	found=$("$check" "$root" 2>&1) || true
	if [[ $found == *"$path"* ]]; then
		gate_result ok "$name"
	else
		gate_result "not ok" "$name"
		printf 'planted in %s and not caught; the gate said: %s\n' "$path" "$found" >&2
	fi
	rm -rf "$root"
}

gate_end() {
	echo "1..$gate_count"
	[[ $gate_failed -eq 0 ]]
}
