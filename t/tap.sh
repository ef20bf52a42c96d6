# SPDX-License-Identifier: MIT
# Sourced by tests in shell: ok() counts and judges; the script ends with done_testing.
# shellcheck shell=sh
checks=0
failed=0

ok() # STATUS NAME
{
	checks=$((checks + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $checks - $2"
	else
		echo "not ok $checks - $2"
		failed=1
	fi
}

done_testing()
{
	echo "1..$checks"
	exit $failed
}
