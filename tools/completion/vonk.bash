# SPDX-License-Identifier: MIT
# Completion for bash: install as /usr/share/bash-completion/completions/vonk.

_vonk_options='-D -L -M -S -append -bios -boot -cdrom -clock -cov -cpu -d -device -dfilter -display -drive -expect -fail -fda -fuzz -fuzz-replay
	-g -gdb -h -hda -hdb -hdc -hdd -help -history -icount -initrd -kernel -limit -m -machine -monitor -name -net -netdev
	-nic -no-reboot -nographic -nouartrx -nvram -object -pace -profile -prom-env -r -record -replay -report -restore -rtc -s
	-sandbox -save-at -save-on-exit -serial -smp -snap -snapshot -stats -symbols -tlim -trace -uuid -version -vga'

# The first words that the program itself lists: boards or, with their blanks, processors.
_vonk_list()
{
	"$1" "$2" help 2>/dev/null
}

_vonk()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} line
	local IFS=$' \t\n'
	# Two dashes are as good as one.
	[[ $prev == --* ]] && prev=${prev#-}
	COMPREPLY=()
	if [[ ${COMP_WORDS[1]} == snap && $COMP_CWORD -gt 1 ]]; then
		case $COMP_CWORD:$cur in
		2:*) COMPREPLY=($(compgen -W 'info check diff disk commit help' -- "$cur")) ;;
		*:-*) COMPREPLY=($(compgen -W '--overlay --base' -- "$cur")) ;;
		*) COMPREPLY=($(compgen -f -- "$cur")) ;;
		esac
		return
	fi
	case $prev in
	-M | -machine)
		COMPREPLY=($(compgen -W "$(_vonk_list "${COMP_WORDS[0]}" -M | sed 's/ .*//')" -- "$cur"))
		return
		;;
	-cpu)
		cur=${cur#[\"\']}
		while IFS= read -r line; do
			[[ $line == "$cur"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
		done < <(_vonk_list "${COMP_WORDS[0]}" -cpu)
		return
		;;
	-device) COMPREPLY=($(compgen -W 'help' -- "$cur")); return ;;
	-clock) COMPREPLY=($(compgen -W 'virtual host' -- "$cur")); return ;;
	-sandbox) COMPREPLY=($(compgen -W 'on off' -- "$cur")); return ;;
	-pace) COMPREPLY=($(compgen -W 'real fast auto' -- "$cur")); return ;;
	-vga) COMPREPLY=($(compgen -W 'tcx cg3 none' -- "$cur")); return ;;
	-g) COMPREPLY=($(compgen -W '1024x768 1024x768x24 1152x900' -- "$cur")); return ;;
	-display) COMPREPLY=($(compgen -W 'none' -- "$cur")); return ;;
	-nic) COMPREPLY=($(compgen -W 'stream, socket, tap, none' -- "$cur")); return ;;
	-netdev) COMPREPLY=($(compgen -W 'stream,id= socket,id= tap,id=' -- "$cur")); return ;;
	-net) COMPREPLY=($(compgen -W 'nic stream, socket, tap, none' -- "$cur")); return ;;
	-object) COMPREPLY=($(compgen -W 'filter-dump,id=' -- "$cur")); return ;;
	-gdb) COMPREPLY=($(compgen -W 'tcp::1234 unix: stdio pty' -- "$cur")); return ;;
	-serial | -monitor) COMPREPLY=($(compgen -W 'stdio mon:stdio null none pty file: pipe: unix: tcp: fd:' -- "$cur")); return ;;
	-boot) COMPREPLY=($(compgen -W 'a c d n' -- "$cur")); return ;;
	-rtc) COMPREPLY=($(compgen -W 'base=' -- "$cur")); return ;;
	-save-at) COMPREPLY=($(compgen -W 'insns=' -- "$cur")); return ;;
	-limit) COMPREPLY=($(compgen -W 'insns= time=' -- "$cur")); return ;;
	-d) COMPREPLY=($(compgen -W 'in_asm exec cpu int mmu guest_errors unimp dev dev: fusion ref help' -- "$cur")); return ;;
	-L) COMPREPLY=($(compgen -d -- "$cur")); return ;;
	-append | -dfilter | -drive | -expect | -fail | -fuzz | -icount | -m | -name | -prom-env | -smp | -tlim | -uuid) return ;;
	esac
	if [[ $cur == -* ]]; then
		[[ $cur == --* ]] && cur=${cur#-}
		COMPREPLY=($(compgen -W "$_vonk_options" -- "$cur"))
	else
		COMPREPLY=($(compgen -f -- "$cur"))
		[[ $COMP_CWORD -eq 1 && -n $cur && snap == "$cur"* ]] && COMPREPLY+=(snap)
	fi
}
complete -o filenames -F _vonk vonk
