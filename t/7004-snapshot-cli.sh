#!/bin/sh
# SPDX-License-Identifier: MIT
# Snapshots from the command line: -snap, -save-at, -restore, signals, streams, and vonk snap.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
case $VONK in /*) ;; *) VONK=$(pwd)/$VONK ;; esac
reader=$(pwd)/t/snap-reader.pl
tmp=$(mktemp -d) || exit 1
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

# The self-test of the demonstration: vonk arguments, its console to NAME.out, the rest to NAME.err.
demo() # NAME ARGUMENT...
{
	name=$1
	shift
	timeout 200 "$VONK" -vga none -m 4 -stats "$@" </dev/null >"$name.out" 2>"$name.err"
	echo $? >"$name.status"
}

# The same, but what the machine is built of comes from a snapshot.
resume() # NAME ARGUMENT...
{
	name=$1
	shift
	timeout 200 "$VONK" -stats "$@" </dev/null >"$name.out" 2>"$name.err"
	echo $? >"$name.status"
}

state() # NAME: the digest at its end
{
	sed -n 's/.*"state_hash": "\([0-9a-f]*\)".*/\1/p' "$1.err"
}

# --- the law, over processes ---
demo full
ok "$(cat full.status)" "a run without snapshots"
total=$(sed -n 's/.*"insns": \([0-9]*\),.*/\1/p' full.err)
instants=$(perl -e 'srand($ARGV[0]); print join " ", map { 1 + int rand $ARGV[1] } 1 .. $ARGV[2]' \
	"${SEED:-7}" "$total" "${VONK_ALL:+60}")
[ -n "$VONK_ALL" ] || instants=$(perl -e 'srand($ARGV[0]); print join " ", map { 1 + int rand $ARGV[1] } 1 .. 4' "${SEED:-7}" "$total")
bad=
for i in $instants; do
	demo a -snap a.snap -save-at insns="$i" -limit insns="$i"
	resume b -restore a.snap -snap b.snap -save-at insns="$i"
	cat a.out b.out >ab.out
	[ "$(cat a.status b.status | tr '\n' ' ')" = '124 0 ' ] && cmp -s ab.out full.out &&
		[ "$(state b)" = "$(state full)" ] && cmp -s a.snap b.snap || bad="$bad $i"
done
is "$bad" '' "stop at N, restore, go on: console, state and the snapshot made at once are the same ($instants)"
at=$((total / 3))
demo a -snap a.snap -save-at insns=$at
[ "$(state a)" = "$(state full)" ] && cmp -s a.out full.out
ok $? "a save is not seen by the guest"
grep -q "^vonk: saved a.snap ($(wc -c <a.snap) bytes, paused [0-9]* us)$" a.err
ok $? "and is told in one line"
resume b -restore a.snap
grep -q '^vonk: restored a.snap (paused [0-9]* us)$' b.err
ok $? "so is a restore"
resume b -restore a.snap,verify=header
grep -q '^vonk: restored a.snap (paused [0-9]* us), memory pages not verified$' b.err &&
	[ "$(state b)" = "$(state full)" ]
ok $? "verify=header says so"
demo a -snap raw.snap,compress=none -save-at insns=$at -limit insns=$at
resume b -restore raw.snap,verify=header -snap b.snap,compress=none -save-at insns=$at
[ "$(state b)" = "$(state full)" ] && cmp -s raw.snap b.snap
ok $? "raw pages, mapped"
perl -e 'local $/; open F, "<:raw", "raw.snap"; $_ = <F>; $i = index $_, "MEM \0\0\0\0ram\0";
	substr($_, $i + 47 + unpack("Q>", substr $_, $i + 32, 8), 1) ^= "\1"; binmode STDOUT; print' >bent.snap
resume b -restore bent.snap,verify=header -limit insns=$((at + 1))
[ "$(cat b.status)" = 124 ] && grep -q 'memory pages not verified$' b.err
ok $? "which are not looked at: a damaged one is taken"
resume b -restore bent.snap -limit insns=$((at + 1))
[ "$(cat b.status)" = 3 ] && grep -q '^vonk: bent.snap: record MEM ram: its contents are damaged$' b.err
ok $? "but not if every octet is verified"
resume b -restore raw.snap -snap b.snap -save-at insns=$at
cmp -s a.snap b.snap
ok $? "raw or deflated, it is the same machine"
cp a.snap c.snap
resume b -restore c.snap,verify=header -snap c.snap,compress=none -save-at insns=$((at + 1000000))
resume c -restore c.snap
[ "$(state b)" = "$(state full)" ] && [ "$(state c)" = "$(state full)" ]
ok $? "saving over the file that was restored"
resume b -restore raw.snap,verify=header -snap raw.snap,compress=none -save-at insns=$((at + 1000000))
resume c -restore raw.snap
[ "$(state b)" = "$(state full)" ] && [ "$(state c)" = "$(state full)" ]
ok $? "even where its pages are mapped"

# --- streams ---
resume b -restore - <a.snap
timeout 100 "$VONK" -stats -restore - <a.snap >b.out 2>b.err
[ "$(state b)" = "$(state full)" ]
ok $? "a snapshot from standard input"
demo b -serial null -snap - -save-at insns=$at -limit insns=$at
cmp -s b.out a.snap
ok $? "one to standard output"
demo b -snap '|gzip >b.gz' -save-at insns=$at -limit insns=$at
gzip -dc b.gz | cmp -s - a.snap && grep -q '^vonk: saved |gzip' b.err
ok $? "one to a command"
demo b -snap '|exit 3' -save-at insns=$at
grep -q '^vonk: not saved: |exit 3: ' b.err && [ "$(cat b.status)" = 0 ]
ok $? "a command that fails is told, and the guest goes on"

# --- another reader ---
for f in a.snap b.snap raw.snap; do
	perl "$reader" $f >reader.out 2>&1
	ok $? "the second reader agrees with $f"
	grep -q '^END 0 end' reader.out || sed 's/^/# /' reader.out
done
perl "$reader" a.snap ram ram.bin >/dev/null
[ "$(wc -c <ram.bin)" = 4194304 ]
ok $? "it finds all of the memory"
head -c 5000 a.snap >cut.snap
perl "$reader" cut.snap >/dev/null 2>&1
[ $? -ne 0 ]
ok $? "and refuses what is cut"

# --- what is refused ---
refused() # WHAT TEXT ARGUMENT...: status 3, one line with the text
{
	what=$1
	text=$2
	shift 2
	start=$(date +%s)
	timeout 20 "$VONK" "$@" </dev/null >r.out 2>r.err
	status=$?
	[ $status -eq 3 ] && [ "$(wc -l <r.err)" -eq 1 ] && grep -q -e "^vonk: .*$text" r.err && [ ! -s r.out ]
	ok $? "$what"
	[ $status -eq 3 ] && grep -q -e "$text" r.err || sed "s/^/# $status: /" r.err
}

refused "a directory" 'is a directory' -restore .
refused "a device" 'not a regular file' -restore /dev/zero
mkfifo fifo
refused "a FIFO" 'not a regular file' -restore fifo
: >empty
refused "an empty file" 'too short' -restore empty
refused "nothing on standard input" 'too short' -restore -
head -c 100000 /dev/urandom >noise
refused "noise" 'not a snapshot' -restore noise
truncate -s 1T sparse 2>/dev/null && refused "a terabyte of zeros" 'not a snapshot' -restore sparse
rm -f sparse
refused "a cut file" 'cut short' -restore cut.snap
(cat a.snap; echo) >long.snap
refused "a file with more at its end" "after the stream's end" -restore long.snap
cat a.snap a.snap >twice.snap
refused "two snapshots" "after the stream's end" -restore twice.snap
sed 's/\r$//' a.snap >text.snap 2>/dev/null
refused "one that lost its carriage returns" 'not a snapshot' -restore text.snap
perl -e 'local $/; open F, "<:raw", "a.snap"; $_ = <F>; substr($_, 11, 1) = "\7";
	use Compress::Zlib; substr($_, 252, 4) = pack("N", crc32(substr($_, 0, 252))); binmode STDOUT; print' >v7.snap
refused "another version" 'v7.snap: stream version 7, this vonk reads only 1 (written by vonk [0-9.]*, build [0-9a-f]*): newer .* snap disk v7.snap' -restore v7.snap
timeout 20 "$VONK" -restore none.snap >r.out 2>r.err
[ $? -eq 1 ] && grep -q '^vonk: none.snap: No such file' r.err
ok $? "a file that is not there is another kind of error"

# Options that contradict the file: both values are named.
contradicts() # TEXT ARGUMENT...
{
	text=$1
	shift
	timeout 20 "$VONK" -restore a.snap "$@" </dev/null >r.out 2>r.err
	[ $? -eq 1 ] && grep -q -e "^vonk: .*$text" r.err
	ok $? "-restore a.snap $*"
	grep -q -e "$text" r.err || sed 's/^/# /' r.err
}
contradicts '-M LX .*SS-5' -M LX
contradicts '65536 KiB .*4096 KiB' -m 64
contradicts 'LEON3.*Fujitsu' -cpu LEON3
contradicts '-icount 3 .* 0' -icount 3
contradicts 'kernel does not go with -restore' -kernel a.snap
contradicts "the snapshot has no drive scsi0" -hda a.snap
timeout 20 "$VONK" -restore a.snap -M ss-5 -m 4M -limit insns=$((at + 1)) </dev/null >r.out 2>r.err
[ $? -eq 124 ]
ok $? "options that agree are taken"

# --- how it is misused ---
misused() # STATUS TEXT ARGUMENT...: one line on stderr
{
	status=$1
	text=$2
	shift 2
	timeout 20 "$VONK" snap "$@" </dev/null >r.out 2>r.err
	[ $? -eq "$status" ] && [ "$(wc -l <r.err)" -eq 1 ] && grep -q -e "^vonk: .*$text" r.err
	ok $? "vonk snap $*"
}
misused 1 'snap bogus: there is no such command' bogus
misused 0 'a.snap: holds no disk' disk a.snap
misused 1 'are the same file' commit a.snap a.snap
misused 1 'usage: vonk snap diff A B' diff a.snap
misused 3 'noise: not a snapshot' info noise
misused 1 '--base needs DRIVE=IMAGE' disk --base scsi9=noise a.snap

# --- signals ---
# A machine that waits for ever, its stderr in sig.err.
begin() # ARGUMENT...
{
	: >sig.err
	"$VONK" -vga none -m 4 -append '' -serial null -pace real "$@" </dev/null >sig.out 2>sig.err &
	pid=$!
	# Ready once SIGUSR1 has its handler.
	for _ in $(seq 400); do
		grep -q '^SigCgt:.*[2367abef]..$' /proc/$pid/status && return
		sleep 0.05
	done
}

# Wait until N lines of sig.err match.
expect() # N TEXT
{
	for _ in $(seq 200); do
		[ "$(grep -c "$2" sig.err)" -ge "$1" ] && return 0
		kill -0 $pid 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}

rm -f s.snap
begin -snap s.snap
kill -USR2 $pid
expect 1 '^vonk: not restored: s.snap: No such file' && kill -0 $pid
ok $? "SIGUSR2 without a snapshot: a message, the machine goes on"
kill -USR1 $pid
expect 1 '^vonk: saved s.snap ([0-9]* bytes, paused [0-9]* us)$'
ok $? "SIGUSR1 saves"
"$VONK" snap check s.snap >check.out && [ "$(cat check.out)" = 's.snap: good' ]
ok $? "a good snapshot"
kill -USR2 $pid
expect 1 '^vonk: restored s.snap (paused [0-9]* us)$' && kill -0 $pid
ok $? "SIGUSR2 goes back"
cp s.snap keep.snap
echo damage >>s.snap
kill -USR2 $pid
expect 1 "^vonk: not restored: s.snap: there is more after" && kill -0 $pid
ok $? "not to a damaged one, and the machine goes on"
cp v7.snap s.snap
kill -USR2 $pid
expect 1 "^vonk: not restored: s.snap: stream version 7" && kill -0 $pid
ok $? "nor to one of another version"
cp keep.snap s.snap
kill -USR2 $pid
expect 2 "^vonk: restored s.snap"
ok $? "but to an older good one"
kill -USR1 $pid
expect 2 '^vonk: saved s.snap'
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -USR1 $pid; kill -USR2 $pid; done
kill -USR1 $pid
sleep 0.5
kill -TERM $pid
wait $pid
is $? 0 "SIGTERM stops with status 0, after a storm of signals"
pid=
"$VONK" snap check s.snap >/dev/null && [ ! -e s.snap.new ]
ok $? "the last snapshot is whole"

begin -snap t.snap
kill -TERM $pid
wait $pid
[ ! -e t.snap ]
ok $? "without -save-on-exit nothing is saved"
begin -snap t.snap -save-on-exit
kill -HUP $pid
wait $pid
is "$? $("$VONK" snap check t.snap)" '0 t.snap: good' "-save-on-exit saves, at SIGHUP too"
pid=
mkdir dir
begin -snap dir
kill -USR1 $pid
expect 1 '^vonk: not saved: dir: Is a directory' && kill -0 $pid
ok $? "a save that fails says why, and the machine goes on"
kill -TERM $pid
wait $pid
ln -s s.snap link.snap
begin -snap link.snap
kill -USR1 $pid
expect 1 '^vonk: not saved: link.snap: is a symbolic link' && [ -L link.snap ]
ok $? "a link is not followed"
kill -TERM $pid
wait $pid
pid=
(ulimit -f 20; "$VONK" -vga none -m 4 -snap big.snap,compress=none -save-at insns=$at </dev/null) >b.out 2>b.err
grep -q '^vonk: not saved: big.snap: File too large' b.err && cmp -s b.out full.out && [ ! -e big.snap ] && [ ! -e big.snap.new ]
ok $? "no room for it: nothing is left, and the guest does not see it"

# Killed while it saves: the old file or a new one.
bad=0
for i in $(seq "${VONK_ALL:+200}" 2>/dev/null || seq 12); do
	cp keep.snap k.snap
	begin -snap k.snap >/dev/null
	kill -USR1 $pid
	perl -e 'select undef, undef, undef, rand 0.02'
	kill -9 $pid
	wait $pid 2>/dev/null
	pid=
	"$VONK" snap check k.snap >/dev/null 2>&1 || bad=$((bad + 1))
	[ -n "$VONK_ALL" ] || [ "$i" -lt 12 ] || break
done
is $bad 0 "killed in the middle of a save, the file is whole"

# --- disks ---
head -c 2000000 /dev/urandom >disk.raw
cp disk.raw disk.was
head -c 700000 /dev/urandom >base.raw
cp base.raw base.was
demo d -hda disk.raw -drive file=base.raw,unit=1,overlay=over.cow -snap d.snap -save-at insns=$at
"$VONK" snap info d.snap | grep -q '^scsi1.holds = changes, 0 units$' &&
	"$VONK" snap info d.snap | grep -q '^scsi0.image = disk.raw$'
ok $? "a snapshot with two disks"
perl "$reader" d.snap >reader.out
is "$? $(grep -c ^DISK reader.out) $(sed -n 's/.*sha256=//p' reader.out | tail -n 1)" \
	"0 2 $(perl -MDigest::SHA -e '$s = Digest::SHA->new(256); $s->addfile("base.raw"); $s->add("\0" x (-700000 % 512)); print $s->hexdigest')" \
	"the second reader finds the base's digest"
mkdir out
"$VONK" snap disk d.snap out >/dev/null
cmp -s -n 2000000 out/scsi0.img disk.was && cmp -s -n 700000 out/scsi1.img base.was
ok $? "vonk snap disk writes them as raw images"
"$VONK" snap disk --base scsi1=base.was d.snap out >/dev/null
ok $? "the base may be elsewhere"
"$VONK" snap disk --base scsi1=disk.was d.snap out >/dev/null 2>r.err
[ $? -eq 3 ] && grep -q 'disk.was: is not the base image of scsi1' r.err
ok $? "but not another"
head -c 4096 /dev/zero | dd of=disk.raw conv=notrunc 2>/dev/null
resume e -restore d.snap -limit insns=$((at + 1))
cmp -s -n 2000000 disk.raw disk.was
ok $? "-restore puts the whole image back"
rm disk.raw
resume e -restore d.snap -limit insns=$((at + 1))
cmp -s -n 2000000 disk.raw disk.was
ok $? "even where it is gone"
rm disk.raw
echo x | dd of=base.raw bs=1 seek=350000 conv=notrunc 2>/dev/null
refused "a base with other contents" 'base.raw has other contents' -restore d.snap
[ ! -e disk.raw ]
ok $? "and nothing was written"
touch base.was
resume e -restore d.snap -drive file=base.was,unit=1 -limit insns=$((at + 1))
is "$(cat e.status)" 124 "-drive says where a base is now"
mv base.was base.raw
perl -e 'local $/; open F, "<:raw", "d.snap"; $_ = <F>; substr($_, 11, 1) = "\7";
	use Compress::Zlib; use Digest::SHA "sha256"; substr($_, 252, 4) = pack("N", crc32(substr($_, 0, 252)));
	substr($_, -40, 32) = sha256(substr($_, 0, -88)); substr($_, -8, 4) = pack("N", crc32(substr($_, -40, 32)));
	binmode STDOUT; print' >d7.snap
mkdir out7
"$VONK" snap disk d7.snap out7 >/dev/null && cmp -s out7/scsi0.img out/scsi0.img && cmp -s out7/scsi1.img out/scsi1.img
ok $? "disks come out of a snapshot of any version"
"$VONK" snap info d7.snap >r.out && grep -q '^version = 7$' r.out && grep -q '^scsi0.size = 2000384$' r.out
ok $? "and are shown"
"$VONK" snap check d7.snap >/dev/null 2>&1
is $? 3 "but the rest is refused"

# --- tools ---
"$VONK" snap info a.snap >info.out
for text in '^version = 1$' '^board = SS-5$' '^ram = 4194304$' "^cpu0.icount = 0x0*$(printf %x $at)$" '^nvram\.' '^esp\.'; do
	grep -q -e "$text" info.out || echo "# $text"
done >missing
[ ! -s missing ]
ok $? "vonk snap info prints every field"
cat missing
"$VONK" snap diff a.snap a.snap >diff.out
is "$? $(wc -c <diff.out)" '0 0' "vonk snap diff of a file and itself"
demo b -snap b.snap -save-at insns=$((at + 1)) -limit insns=$((at + 1))
"$VONK" snap diff a.snap b.snap >diff.out
[ $? -eq 2 ] && grep -q '^cpu0.icount: ' diff.out && grep -q '^cpu0.pc: ' diff.out
ok $? "an instruction later there are differences"
"$VONK" snap info - <a.snap >r.out 2>r.err
is "$? $(sed 1d r.out | cksum)" "0 $(sed 1d info.out | cksum)" "vonk snap info of standard input, which is read once"
"$VONK" snap check - <a.snap >r.out 2>r.err
is "$? $(cat r.out)" '0 standard input: good' "vonk snap check, too"
"$VONK" snap frob a.snap >/dev/null 2>&1
is $? 1 "an unknown command"
plan
