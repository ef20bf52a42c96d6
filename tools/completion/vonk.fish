# SPDX-License-Identifier: MIT
# Completion for fish: install as vendor_completions.d/vonk.fish. The words are the program's own: its
# options and their help are read from `vonk -help`, boards and processors from `-M help` and `-cpu help`.

function __vonk_options
    vonk -help 2>/dev/null | string match -rg '^  (-.*)' | while read -l line
        set -l parts (string split -m1 '   ' -- $line)
        for word in (string split ' ' -- $parts[1] | string match -- '-*')
            printf '%s\t%s\n' (string trim -rc , -- $word) (string trim -- "$parts[2]")
        end
    end
end

function __vonk_after
    contains -- (commandline -opc)[-1] $argv
end

complete -c vonk -n 'string match -q -- "-*" (commandline -ct)' -a '(__vonk_options)'
complete -c vonk -n '__vonk_after -M -machine' -x -a '(vonk -M help 2>/dev/null | string replace -r " .*" "")'
complete -c vonk -n '__vonk_after -cpu' -x -a '(vonk -cpu help 2>/dev/null)'
