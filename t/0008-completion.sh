#!/bin/sh
# SPDX-License-Identifier: MIT
# Shells complete command lines of vonk: each shell that is there is asked what it offers.
cd "$(dirname "$0")/.." || exit 1
top=$(pwd -P)
case ${VONK:-./vonk} in
/*) vonk=$VONK ;;
*) vonk=$top/${VONK:-./vonk} ;;
esac
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. t/tap.sh
mkdir "$tmp/bin" "$tmp/empty" "$tmp/empty/roms"
ln -s "$vonk" "$tmp/bin/vonk"
: >"$tmp/empty/disk.img"
export PATH="$tmp/bin:$PATH" HOME="$tmp" LC_ALL=C

# A line to be completed, and what is offered for its last word, parted by blanks, in the order of the alphabet.
lines='vonk -M L|LX
vonk --machine SPARCb|SPARCbook
vonk -ker|-kernel
vonk --ker|KERNEL
vonk -clock |host virtual
vonk -d in|in_asm int
vonk -hda di|disk.img
vonk sn|snap
vonk snap d|diff disk
vonk snap info |disk.img roms'

said() # SHELL LINE WANT GOT
{
	want=$3 got=$(printf '%s\n' "$4" | tr '\n' ' ' | sed 's|/\( \)|\1|g; s/ *$//')
	# After two dashes, one or two.
	[ "$want" != KERNEL ] || { want=-kernel got=$(printf %s "$got" | sed 's/^--/-/'); }
	[ "$got" = "$want" ]
	ok $? "$1: $2"
	[ "$got" = "$want" ] || echo "# it offers '$got', not '$want'"
}

cat >"$tmp/ask.bash" <<'END'
source tools/completion/vonk.bash
cd "$1"
COMP_WORDS=($2)
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_vonk
printf '%s\n' "${COMPREPLY[@]}" | sort
END
cat >"$tmp/ask.fish" <<'END'
source tools/completion/vonk.fish
cd $argv[1]
complete -C $argv[2] | string replace -r '\t.*' '' | sort
END

# zsh completes at a terminal only. Here the one who is asked adds nothing to the line, but prints what he was given.
cat >"$tmp/ask.zsh" <<'END'
zmodload zsh/zpty
zpty -b z "$ZSH" -f -i
zpty -w z "fpath=($3 \$fpath); cd $1; source $4; print RE''ADY"
got=
for ((n = 0; n < 600; n++)); do
	while zpty -rt z x; do got+=$x; done
	[[ $got == *READY* ]] && break
	sleep 0.05
done
zpty -w -n z "$2"$'\t'
for ((n = 0; n < 600; n++)); do
	while zpty -rt z x; do got+=$x; done
	[[ -e $1/../offered.done ]] && break
	sleep 0.05
done
zpty -d z
END
cat >"$tmp/rc.zsh" <<END
PS1='% '
autoload -U compinit
compinit -u -d $tmp/zcompdump
# What matches is what compadd says it would add.
compadd()
{
	local -a them dscr
	if [[ \${@[1,(i)(-|--)]} != *-[OAD]* ]]; then
		builtin compadd -A them "\$@"
		print -rl -- \$them >>$tmp/offered
	fi
	builtin compadd "\$@"
}
done_now() { : >$tmp/offered.done }
comppostfuncs=(done_now)
END
mkdir "$tmp/fpath"
cp tools/completion/_vonk "$tmp/fpath"

ask() # SHELL LINE
{
	case $1 in
	bash) bash --norc "$tmp/ask.bash" "$tmp/empty" "$2" ;;
	fish) fish --no-config "$tmp/ask.fish" "$tmp/empty" "$2" ;;
	zsh)
		rm -f "$tmp/offered" "$tmp/offered.done"
		ZSH=$(command -v zsh) TERM=dumb timeout 60 zsh -f "$tmp/ask.zsh" "$tmp/empty" "$2" "$tmp/fpath" "$tmp/rc.zsh" >"$tmp/zsh.log" 2>&1
		[ ! -e "$tmp/offered" ] || sort -u "$tmp/offered" | grep .
		;;
	esac
}

for shell in bash fish zsh; do
	command -v $shell >/dev/null 2>&1 || {
		ok 0 "$shell # SKIP it is not installed"
		continue
	}
	printf '%s\n' "$lines" | while IFS='|' read -r line want; do
		printf '%s|%s|%s\n' "$line" "$want" "$(ask $shell "$line" </dev/null 2>&1 | tr '\n' ' ')"
	done >"$tmp/all"
	while IFS='|' read -r line want got; do
		said $shell "$line" "$want" "$got"
	done <"$tmp/all"
done
done_testing
