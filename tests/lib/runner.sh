# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Runs test programs one after the other and sums their TAP up. The caller sets
# $root, and $results, a directory for what they print, and reads $passed, $failed and $skipped.
#
# A program fails for each "not ok"; and once if it prints no results, stops before its
# plan, ends with a status although all was ok, or leaves a sanitizer's report. The last
# is no pedantry: Criterion counts a test that leaks as passed.

root=${root:-}
results=${results:-}
passed=0
failed=0
skipped=0
child=

# Ctrl-C, or a kill: the program under way goes with everything it has started.
runner_interrupted() {
	trap '' INT TERM
	echo
	if [[ -n $child ]]; then
		kill -TERM -- "-$child" 2>/dev/null || true
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			kill -0 -- "-$child" 2>/dev/null || break
			sleep 0.2
		done
		kill -KILL -- "-$child" 2>/dev/null || true
	fi
	echo "interrupted"
	exit 130
}

# runner_execute NAME LIMIT STDOUT COMMAND...: the command in a process group of its own,
# for LIMIT seconds at most, with what it says on stderr in NAME.log. Sets $status.
runner_execute() {
	local name=$1 limit=$2 out=$3
	shift 3
	mkdir -p "$results/$(dirname "$name")"
	local report="log_path=$results/$name.san"
	status=0
	# Job control gives the group, and lets SIGINT reach the programs: a script's
	# background jobs would ignore it.
	set -m
	ASAN_OPTIONS="$report:detect_leaks=1" UBSAN_OPTIONS="$report:print_stacktrace=1" \
		TSAN_OPTIONS="$report:suppressions=$root/tests/lib/tsan.supp" timeout -k 10 "$limit" "$@" \
		</dev/null >"$out" 2>>"$results/$name.log" &
	child=$!
	set +m
	wait "$child" 2>/dev/null || status=$?
	child=
	[[ $status -ne 124 && $status -ne 137 ]] ||
		echo "killed, or stopped after the limit of $limit s" >>"$results/$name.log"
}

# Prints: passed failed skipped planned, the last as - if there is no plan.
tap_count() {
	awk '
		/^1\.\.[0-9]+/ { planned = substr($1, 4); if (planned == 0 && /# *[Ss][Kk][Ii][Pp]/) skipped++ }
		/^ok/ { if (/# *[Ss][Kk][Ii][Pp]/) skipped++; else passed++ }
		/^not ok/ { failed++ }
		END { print passed + 0, failed + 0, skipped + 0, (planned == "" ? "-" : planned) }
	' "$1"
}

# runner_judge NAME STATUS SECONDS: counts NAME.tap and prints the line of the program.
runner_judge() {
	local name=$1 status=$2 seconds=$3 ok bad skip plan report
	local log=$results/$name.log tap=$results/$name.tap
	read -r ok bad skip plan < <(tap_count "$tap")
	if [[ $((ok + bad + skip)) -eq 0 ]]; then
		bad=1
		echo "not ok - $name printed no results (status $status)" >>"$tap"
	elif [[ $plan != - && $((ok + bad + skip)) -lt $plan ]]; then
		bad=$((bad + 1))
		echo "not ok - $name stopped after $((ok + bad + skip - 1)) of $plan" >>"$tap"
	elif [[ $status -ne 0 && $bad -eq 0 ]]; then
		bad=1
		echo "not ok - $name ended with status $status" >>"$tap"
	fi
	for report in "$results/$name".san.*; do
		[[ -e $report ]] || continue
		cat "$report" >>"$log"
		bad=$((bad + 1))
		echo "not ok - $name left a sanitizer's report: ${report##*/}" >>"$tap"
	done
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
	runner_print "$name" "$ok" "$bad" "$skip" "$seconds"
}

runner_print() {
	local name=$1 bad=$3 word=ok
	[[ $bad -eq 0 ]] || word=FAILED
	printf '%-7s %-34s %4d passed, %d failed, %d skipped  %4d s\n' "$word" "$name" "$2" "$bad" \
		"$4" "$5"
	[[ $bad -ne 0 ]] || return 0
	grep '^not ok' "$results/$name.tap" | sed 's/^/    /'
	sed 's/^/    | /' "$results/$name.log"
}

# runner_tap NAME LIMIT COMMAND...: a program that prints TAP on stdout.
runner_tap() {
	local name=$1 limit=$2 status begin=$SECONDS
	shift 2
	runner_execute "$name" "$limit" "$results/$name.tap" "$@"
	runner_judge "$name" "$status" $((SECONDS - begin))
}

# runner_criterion NAME LIMIT COMMAND...: a Criterion program; its TAP goes to a file.
runner_criterion() {
	local name=$1 limit=$2 status begin=$SECONDS
	shift 2
	mkdir -p "$results/$(dirname "$name")"
	: >"$results/$name.tap"
	runner_execute "$name" "$limit" "$results/$name.out" "$@" "--tap=$results/$name.tap"
	cat "$results/$name.out" >>"$results/$name.log"
	runner_judge "$name" "$status" $((SECONDS - begin))
}

# runner_plain NAME LIMIT COMMAND...: a command whose exit status is its one result.
runner_plain() {
	local name=$1 limit=$2 status begin=$SECONDS
	shift 2
	runner_execute "$name" "$limit" "$results/$name.out" "$@"
	cat "$results/$name.out" >>"$results/$name.log"
	if [[ $status -eq 0 ]]; then
		echo "ok 1 - $name" >"$results/$name.tap"
	else
		echo "not ok 1 - $name ended with status $status" >"$results/$name.tap"
	fi
	runner_judge "$name" 0 $((SECONDS - begin))
	return "$status"
}

# runner_note NAME LINE: one result that no program prints, as a TAP line.
runner_note() {
	mkdir -p "$results/$(dirname "$1")"
	: >"$results/$1.log"
	echo "$2" >"$results/$1.tap"
	runner_judge "$1" 0 0
}

# The very last line; fails if anything failed or nothing ran.
runner_end() {
	local line="$passed passed, $failed failed"
	[[ $skipped -eq 0 ]] || line+=", $skipped skipped"
	echo "$line"
	[[ $failed -eq 0 && $passed -gt 0 ]]
}
