# SPDX-License-Identifier: MIT
# Completion for fish: install as vendor_completions.d/vonk.fish. The words are the program's own: its
# options and their help are read from `vonk -help`, boards and processors from `-M help` and `-cpu help`.

function __vonk_options
    # Two dashes are as good as one.
    set -l dash (string match -rg '^(-)-' -- (commandline -ct))
    vonk -help 2>/dev/null | string match -rg '^  (-.*)' | while read -l line
        set -l parts (string split -m1 '   ' -- $line)
        for word in (string split ' ' -- $parts[1] | string match -- '-*')
            printf '%s%s\t%s\n' "$dash" (string trim -rc , -- $word) (string trim -- "$parts[2]")
        end
    end
end

function __vonk_after
    contains -- (string replace -r '^--' - -- (commandline -opc)[-1]) $argv
end

# The first word after vonk is to come; after vonk snap.
function __vonk_first
    test (count (commandline -opc)) -eq 1
end

function __vonk_snap
    set -l words (commandline -opc)
    test (count $words) -eq 2; and test $words[2] = snap
end

complete -c vonk -n 'string match -q -- "-*" (commandline -ct)' -a '(__vonk_options)'
complete -c vonk -n __vonk_first -a snap -d 'look into snapshots'
complete -c vonk -n __vonk_snap -x -a 'info check diff disk commit help'
complete -c vonk -n '__vonk_after -M -machine' -x -a '(vonk -M help 2>/dev/null | string replace -r " .*" "")'
complete -c vonk -n '__vonk_after -cpu' -x -a '(vonk -cpu help 2>/dev/null)'
complete -c vonk -n '__vonk_after -device' -x -a help
complete -c vonk -n '__vonk_after -clock' -x -a 'virtual host'
complete -c vonk -n '__vonk_after -sandbox' -x -a 'on off'
complete -c vonk -n '__vonk_after -pace' -x -a 'real fast auto'
complete -c vonk -n '__vonk_after -vga' -x -a 'tcx cg3 none'
complete -c vonk -n '__vonk_after -g' -x -a '1024x768 1024x768x24 1152x900'
complete -c vonk -n '__vonk_after -display' -x -a none
complete -c vonk -n '__vonk_after -nic' -x -a 'stream, socket, tap, none'
complete -c vonk -n '__vonk_after -netdev' -x -a 'stream,id= socket,id= tap,id='
complete -c vonk -n '__vonk_after -net' -x -a 'nic stream, socket, tap, none'
complete -c vonk -n '__vonk_after -object' -x -a filter-dump,id=
complete -c vonk -n '__vonk_after -gdb' -x -a 'tcp::1234 unix: stdio pty'
complete -c vonk -n '__vonk_after -serial -monitor' -x -a 'stdio mon:stdio null none pty file: pipe: unix: tcp: fd:'
complete -c vonk -n '__vonk_after -boot' -x -a 'a c d n'
complete -c vonk -n '__vonk_after -rtc' -x -a base=
complete -c vonk -n '__vonk_after -save-at' -x -a insns=
complete -c vonk -n '__vonk_after -limit' -x -a 'insns= time='
complete -c vonk -n '__vonk_after -d' -x -a 'in_asm exec cpu int mmu guest_errors unimp dev dev: fusion ref help'
complete -c vonk -n '__vonk_after -L' -x -a '(__fish_complete_directories (commandline -ct))'
complete -c vonk -n '__vonk_after -append -dfilter -drive -expect -fail -fuzz -icount -m -name -prom-env -smp -tlim -uuid' -f
