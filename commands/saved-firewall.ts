import { sh } from './shell.ts'

// Rules of iptables(8), whichever kernel side it has, are saved and put back by itself: nft(8) cannot read back all
// that it prints of them. Tables that are nft's own go through nft, one by one. What a tool that was not there could
// have kept is taken as empty, because the tool may come with what is applied.

const tools = sh`iptables ip6tables iptables-legacy ip6tables-legacy`

/** Names of nft's own tables, one `family name` a line: without those that an iptables of the host shows as its own. */
const ownTables = sh`own_tables() {
  nft list tables 2>/dev/null | while read -r word family name; do
    case "$family $name" in
      'ip filter' | 'ip nat' | 'ip mangle' | 'ip raw' | 'ip security') tool=iptables ;;
      'ip6 filter' | 'ip6 nat' | 'ip6 mangle' | 'ip6 raw' | 'ip6 security') tool=ip6tables ;;
      *) tool= ;;
    esac
    if [ -n "$tool" ] && "$tool-save" -t "$name" 2>/dev/null | grep -qx "[*]$name"; then continue; fi
    printf '%s %s\n' "$family" "$name"
  done
}`

/** Saves the rules of both families under `$d/firewall`, and refuses what could not be put back. */
export const saveFirewall = sh`${ownTables}
mkdir -- "$d/firewall"
for tool in ${tools}; do
  command -v "$tool-save" >/dev/null || continue
  "$tool-save" >"$d/firewall/$tool" 2>/dev/null || { rm -f -- "$d/firewall/$tool"; continue; }
  if ! "$tool-restore" --test <"$d/firewall/$tool"; then
    printf '%s\n' "the rules that $tool-save prints cannot be read back" >&2
    exit 1
  fi
done
: >"$d/firewall/tables"
if command -v nft >/dev/null; then
  nft list tables >/dev/null
  own_tables >"$d/firewall/tables"
  number=0
  while read -r family name; do
    number=$((number + 1))
    { printf 'table %s %s\ndelete table %s %s\n' "$family" "$name" "$family" "$name"; nft -s list table "$family" "$name"; } >"$d/firewall/$number.nft"
    if ! nft -c -f "$d/firewall/$number.nft"; then
      printf '%s\n' "the rules of the table $family $name cannot be read back" >&2
      exit 1
    fi
  done <"$d/firewall/tables"
fi`

/** Puts the rules back as they were saved. */
export const firewallBack = sh`${ownTables}
reset_rules() {
  for table in $("$1-save" 2>/dev/null | sed -n 's/^[*]//p'); do
    grep -qsx "[*]$table" "$d/firewall/$1" && continue
    { printf '*%s\n' "$table"
      "$1-save" -t "$table" 2>/dev/null | sed -n 's/^:\([A-Z]*\) [A-Z]* .*$/:\1 ACCEPT [0:0]/p'
      echo COMMIT
    } | "$1-restore" 2>/dev/null || problem "the table $table of $1 could not be emptied"
  done
}
firewall_back() {
  for tool in ${tools}; do
    command -v "$tool-save" >/dev/null || continue
    reset_rules "$tool"
    if [ -s "$d/firewall/$tool" ]; then
      "$tool-restore" <"$d/firewall/$tool" 2>/dev/null || problem "the rules of $tool are not back"
    fi
  done
  if command -v nft >/dev/null; then
    own_tables | while read -r family name; do
      grep -qxF "$family $name" "$d/firewall/tables" || nft delete table "$family" "$name"
    done
    number=0
    while read -r family name; do
      number=$((number + 1))
      nft -f "$d/firewall/$number.nft" || problem "the rules of the table $family $name are not back"
    done <"$d/firewall/tables"
  fi
  note "the firewall's rules were put back"
}`
