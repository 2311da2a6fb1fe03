export LC_ALL=C
room=$(($(stat -f -c '%a * %S' -- '/srv/hello/releases')))
inodes=$(stat -f -c '%d %c' -- '/srv/hello/releases')
list() { tar -tvPzf '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' --numeric-owner --quoting-style=escape 2>&1 || echo unreadable; }
list | awk -v entries='200000' -v bytes='4294967296' -v room="$room" -v inodes="$inodes" -v zip='0' '
BEGIN { split(inodes, two, " "); free = two[1]; countable = two[2] > 0 } # btrfs counts none
function fail(why) { print "The artifact is refused: " why; failed = 1; exit 1 }
function climbs(target, depth,   parts, count, i, up) {
  count = split(target, parts, "/"); up = 0
  for (i = 1; i <= count; i++) if (parts[i] == "..") { if (i > up + 1) return 1; up++ }
  return up > depth
}
$0 == "unreadable" { fail("it cannot be read (" said ")") }
(zip ? !/^[^ ][-rwxsStTah]+ +[0-9]+\.[0-9]+ +[a-z]+ +[0-9]+ / : !/^[-dlhbcps][-rwxsStT]+[.+]? +[0-9]+\/[0-9]+ /) { said = $0; next }
{
  mode = substr($1, 1, 1)
  name = $0
  if (zip) { size = $4; sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[0-9]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ /, "", name) }
  else { size = $3; sub(/^[^ ]+ +[^ ]+ +[0-9]+ +[^ ]+ +[^ ]+ /, "", name) }
  if (mode !~ /[-dlh]/) fail("it holds a device, pipe or socket: " name)
  if (zip && mode == "l") fail("it holds a symbolic link, which is only allowed in a tar.gz: " name)
  target = ""
  if (mode == "l" || mode == "h") {
    by = mode == "l" ? " -> " : " link to "
    if (split(name, two, by) != 2) fail("it holds a link whose name cannot be read: " name)
    name = two[1]; target = two[2]
  } else if (mode != "l") sub(/ -> $/, "", name)
  sub(/^(\.\/)+/, "", name)
  if (name ~ /^\//) fail("it holds an absolute name: " name)
  if (name ~ /(^|\/)\.\.(\/|$)/) fail("it holds a name that leads out: " name)
  if (target ~ /^\//) fail("it holds a link to an absolute path: " name " -> " target)
  depth = gsub(/\//, "/", name)
  if (mode == "l" && climbs(target, depth)) fail("it holds a link that leads out: " name " -> " target)
  if (mode == "h" && target ~ /(^|\/)\.\.(\/|$)/) fail("it holds a link that leads out: " name " -> " target)
  if (++seen > entries) fail("it holds more than " entries " files and folders")
  total += size
  if (total > bytes) fail("it is larger than " bytes " bytes once it is unpacked")
  needed += int((size + 4095) / 4096) * 4096
  if (needed > room) fail("there is no space left on device: more than " room " bytes are needed")
  if (seen > free && countable) fail("there is no space left on device: no more than " free " files and folders fit")
}
END { if (!failed && seen == 0) { print "The artifact is refused: it is empty"; exit 1 } if (failed) exit 1 }' >&2 || exit 1
