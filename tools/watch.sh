# SPDX-License-Identifier: MIT
# For build scripts, sourced: on a terminal a line tells how long a step takes already and what its log says; nothing
# is told elsewhere.
#
#	watch_begin LABEL STEP LOG
#	...
#	watch_end
watcher=

watch_loop() # LABEL STEP LOG
{
	local seconds=1 last

	# Who was killed has nobody left to wait for.
	while sleep 1 && kill -0 $$ 2>/dev/null; do
		last=$(tail -c 400 "$3" 2>/dev/null | tail -n 1 | tr -cd '[:print:]') || last=
		printf '\r\033[K  %-8s %s: %d s %.40s' "$1" "$2" "$seconds" "$last" >&2
		seconds=$((seconds + 1))
	done
}

watch_begin()
{
	[ -t 2 ] || return 0
	watch_loop "$@" &
	watcher=$!
}

watch_end()
{
	[ -n "$watcher" ] || return 0
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	watcher=
	printf '\r\033[K' >&2
}
