set -eu
umask 077
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
mkdir -p -- '/var/lib/drydock/reverts'
exec 9>/var/lib/drydock/reverts/lock
flock -w 30 9
if [ "$(id -u)" != 0 ]; then
printf '%s\n' 'an automatic revert can only be armed by root' >&2
exit 1
fi
if [ ! -d /run/systemd/system ]; then
printf '%s\n' 'systemd does not run on it, so it could not restore itself: an automatic revert cannot be armed' >&2
exit 1
fi
if ! command -v flock >/dev/null || ! command -v sha256sum >/dev/null || ! command -v timeout >/dev/null; then
printf '%s\n' 'flock, sha256sum or timeout is missing on it' >&2
exit 1
fi
for other in /var/lib/drydock/reverts/*/armed; do
  if [ -e "$other" ] && [ "$other" != '/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001/armed' ]; then
    printf '%s\n' "another automatic revert is armed on it: $other" >&2
    exit 1
  fi
done
at=/var/lib/drydock/reverts
until [ -d "$at" ]; do at=$(dirname -- "$at"); done
if [ ! -w "$at" ] || [ "$(($(stat -f -c '%a * %S' -- "$at") / 1024))" -lt '4096' ]; then
  printf '%s\n' "$at: no space left on device, or it cannot be written to: an automatic revert cannot be armed" >&2
  exit 1
fi
d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
if [ -e "$d" ]; then
printf '%s\n' 'this automatic revert was armed before' >&2
exit 1
fi
trap 'set +e
rm -f -- '\''/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001/armed'\''
systemctl --quiet stop -- '\''drydock-revert-01970000-0000-7000-8000-000000000001.timer'\'' 2>/dev/null
systemctl --quiet disable -- '\''drydock-revert-01970000-0000-7000-8000-000000000001.timer'\'' '\''drydock-revert-01970000-0000-7000-8000-000000000001.service'\'' 2>/dev/null
rm -f -- '\''/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.timer'\'' '\''/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.service'\''
systemctl daemon-reload
rm -f -- '\''/etc/default/.ufw.drydock-revert'\'' '\''/etc/ufw/.ufw.conf.drydock-revert'\'' '\''/etc/ufw/.user.rules.drydock-revert'\'' '\''/etc/ufw/.user6.rules.drydock-revert'\'' '\''/etc/.nftables.conf.drydock-revert'\'' '\''/etc/iptables/.rules.v4.drydock-revert'\'' '\''/etc/iptables/.rules.v6.drydock-revert'\'' '\''/etc/firewalld/.firewalld.conf.drydock-revert'\'' '\''/etc/firewalld/.direct.xml.drydock-revert'\'' '\''/etc/firewalld/zones/.public.xml.drydock-revert'\''' EXIT
mkdir -- "$d"
mkdir -- "$d/saved"
: >"$d/saved/begun"
save_file() {
  if [ -L "$2" ] || [ -f "$2" ]; then
    cp -a -- "$2" "$d/saved/$1"
    cp -a -- "$2" "$3"
  elif [ -e "$2" ]; then
    printf '%s\n' "$2 is neither a file nor a link, so it cannot be saved" >&2
    exit 1
  else
    : >"$d/saved/$1.absent"
  fi
}
save_file '0' '/etc/default/ufw' '/etc/default/.ufw.drydock-revert'
save_file '1' '/etc/ufw/ufw.conf' '/etc/ufw/.ufw.conf.drydock-revert'
save_file '2' '/etc/ufw/user.rules' '/etc/ufw/.user.rules.drydock-revert'
save_file '3' '/etc/ufw/user6.rules' '/etc/ufw/.user6.rules.drydock-revert'
save_file '4' '/etc/nftables.conf' '/etc/.nftables.conf.drydock-revert'
save_file '5' '/etc/iptables/rules.v4' '/etc/iptables/.rules.v4.drydock-revert'
save_file '6' '/etc/iptables/rules.v6' '/etc/iptables/.rules.v6.drydock-revert'
save_file '7' '/etc/firewalld/firewalld.conf' '/etc/firewalld/.firewalld.conf.drydock-revert'
save_file '8' '/etc/firewalld/direct.xml' '/etc/firewalld/.direct.xml.drydock-revert'
save_file '9' '/etc/firewalld/zones/public.xml' '/etc/firewalld/zones/.public.xml.drydock-revert'
(cd -- "$d/saved" && find . -type f -exec sha256sum -- '{}' +) >"$d/manifest"
: >"$d/hashes"
if [ -f '/etc/default/ufw' ] && [ ! -L '/etc/default/ufw' ]; then sha256sum -- '/etc/default/ufw' >>"$d/hashes"; fi
if [ -f '/etc/ufw/ufw.conf' ] && [ ! -L '/etc/ufw/ufw.conf' ]; then sha256sum -- '/etc/ufw/ufw.conf' >>"$d/hashes"; fi
if [ -f '/etc/ufw/user.rules' ] && [ ! -L '/etc/ufw/user.rules' ]; then sha256sum -- '/etc/ufw/user.rules' >>"$d/hashes"; fi
if [ -f '/etc/ufw/user6.rules' ] && [ ! -L '/etc/ufw/user6.rules' ]; then sha256sum -- '/etc/ufw/user6.rules' >>"$d/hashes"; fi
if [ -f '/etc/nftables.conf' ] && [ ! -L '/etc/nftables.conf' ]; then sha256sum -- '/etc/nftables.conf' >>"$d/hashes"; fi
if [ -f '/etc/iptables/rules.v4' ] && [ ! -L '/etc/iptables/rules.v4' ]; then sha256sum -- '/etc/iptables/rules.v4' >>"$d/hashes"; fi
if [ -f '/etc/iptables/rules.v6' ] && [ ! -L '/etc/iptables/rules.v6' ]; then sha256sum -- '/etc/iptables/rules.v6' >>"$d/hashes"; fi
if [ -f '/etc/firewalld/firewalld.conf' ] && [ ! -L '/etc/firewalld/firewalld.conf' ]; then sha256sum -- '/etc/firewalld/firewalld.conf' >>"$d/hashes"; fi
if [ -f '/etc/firewalld/direct.xml' ] && [ ! -L '/etc/firewalld/direct.xml' ]; then sha256sum -- '/etc/firewalld/direct.xml' >>"$d/hashes"; fi
if [ -f '/etc/firewalld/zones/public.xml' ] && [ ! -L '/etc/firewalld/zones/public.xml' ]; then sha256sum -- '/etc/firewalld/zones/public.xml' >>"$d/hashes"; fi
{ stat -c '%F %a %u %g %N' -- '/etc/default/ufw' '/etc/ufw/ufw.conf' '/etc/ufw/user.rules' '/etc/ufw/user6.rules' '/etc/nftables.conf' '/etc/iptables/rules.v4' '/etc/iptables/rules.v6' '/etc/firewalld/firewalld.conf' '/etc/firewalld/direct.xml' '/etc/firewalld/zones/public.xml' 2>/dev/null || true; } >"$d/attributes"
: >"$d/units"
save_unit() {
  printf '%s %s %s\n' "$1" "$(systemctl is-enabled -- "$1" 2>/dev/null | head -n 1 | grep . || echo none)" "$(systemctl is-active -- "$1" || true)" >>"$d/units"
}
save_unit 'ufw.service'
save_unit 'nftables.service'
save_unit 'firewalld.service'
save_unit 'netfilter-persistent.service'
: >"$d/kernel"
save_parameter() {
  if value=$(sysctl -n -- "$1"); then printf '%s=%s\n' "$1" "$value" >>"$d/kernel"; fi
}
own_tables() {
  nft list tables 2>/dev/null | while read -r word family name; do
    case "$family $name" in
      'ip filter' | 'ip nat' | 'ip mangle' | 'ip raw' | 'ip security') tool=iptables ;;
      'ip6 filter' | 'ip6 nat' | 'ip6 mangle' | 'ip6 raw' | 'ip6 security') tool=ip6tables ;;
      *) tool= ;;
    esac
    if [ -n "$tool" ] && "$tool-save" -t "$name" 2>/dev/null | grep -qx "[*]$name"; then continue; fi
    printf '%s %s\n' "$family" "$name"
  done
}
mkdir -- "$d/firewall"
for tool in iptables ip6tables iptables-legacy ip6tables-legacy; do
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
fi
links() { ip -o link show | sed -n 's/^[0-9]*: \([^:@]*\)[@:].*<\([^>]*\)> mtu \([0-9]*\) .*$/\1 \3 \2/p' | while read -r name mtu flags; do
  case ",$flags," in *,UP,*) printf '%s up %s\n' "$name" "$mtu" ;; *) printf '%s down %s\n' "$name" "$mtu" ;; esac
done; }
addresses() { ip -o addr show | awk '$3 ~ /^inet6?$/ && $4 !~ /^fe80:/ { print $2, $4 }' | sort; }
routes() { ip "-$1" route show table main | sed 's/ expires [0-9a-z]*//; s/ linkdown//; s/ dead//; s/ *$//' | grep -v '^fe80:' | sort || true; }
command -v ip >/dev/null || { echo "ip is missing on it, so the network cannot be saved" >&2; exit 1; }
mkdir -- "$d/network"
links >"$d/network/links"
addresses >"$d/network/addresses"
routes 4 >"$d/network/routes4"
routes 6 >"$d/network/routes6"
head -c '524288' /dev/urandom >"$d/reserve"
printf '%128s' '' >"$d/outcome"
cat >"$d/restore" <<'DRYDOCK_END'
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
note() {
  line="$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"
  printf '%s\n' "$line"
  printf '%s\n' "$line" >>"$d/log"
} 2>/dev/null
if mv -T -- "$d/armed" "$d/claimed-by-restore" 2>/dev/null; then sync -- "$d"
elif [ -e "$d/claimed-by-restore" ] && ! grep -q '^restored ' "$d/outcome"; then :
else exit 0
fi
exec 9<"$d/claimed-by-restore"
flock -n 9 || exit 0
rm -f -- "$d/reserve"
note "no log-in was proved in time: restoring"
left() { grep -lzE '^DRYDOCK_RUN=01970000-0000-7000-8000-000000000001\.' /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3; }
tries=0
while [ $tries -lt 30 ] && [ -n "$(left)" ]; do
  if [ $tries -lt 10 ]; then kill -TERM $(left) 2>/dev/null; else kill -KILL $(left) 2>/dev/null; fi
  tries=$((tries + 1))
  sleep 0.1
done
[ $tries = 0 ] || note "ended what the operation still ran"
problems=0
problem() { problems=$((problems + 1)); note "problem: $*"; }
is_back() {
  cmp -s -- "$d/saved/$1" "$2" && [ "$(stat -c '%F %a %u %g %N' -- "$2" | cut -d "'" -f 1)" = "$(stat -c '%F %a %u %g %N' -- "$d/saved/$1" | cut -d "'" -f 1)" ]
}
file_back() {
  if [ -e "$d/saved/$1.absent" ]; then rm -f -- "$2"; return; fi
  is_back "$1" "$2" && return
  note "$2 is put back"
  mkdir -p -m 755 -- "$(dirname -- "$2")"
  mv -fT -- "$3" "$2" 2>/dev/null
  is_back "$1" "$2" || { cp -a --remove-destination -- "$d/saved/$1" "$3" && mv -fT -- "$3" "$2"; }
}
quietly() { timeout 60 "$@" >/dev/null 2>&1; }
enabling_back() {
  now=$(systemctl is-enabled -- "$1" 2>/dev/null | head -n 1 | grep . || echo none)
  if [ "$now" != "$2" ]; then
    case $now in masked*) quietly systemctl unmask -- "$1" ;; esac
    case $2 in
      enabled) quietly systemctl enable -- "$1" || problem "$1 could not be enabled" ;;
      masked) quietly systemctl mask -- "$1" || problem "$1 could not be masked" ;;
      *) case $now in enabled*) quietly systemctl disable -- "$1" || problem "$1 could not be disabled" ;; esac ;;
    esac
    note "$1 is $2 again"
  fi
}
activity_back() {
  case $2 in
    active | activating | reloading)
      if ! systemctl is-active --quiet -- "$1"; then
        quietly systemctl reset-failed -- "$1"
        quietly systemctl start -- "$1"
        changed_units=1
        if systemctl is-active --quiet -- "$1"; then note "$1 runs again"; else problem "$1 does not run"; fi
      fi
      ;;
    *)
      if systemctl is-active --quiet -- "$1"; then
        quietly systemctl stop -- "$1" || problem "$1 could not be stopped"
        changed_units=1
        note "$1 was stopped"
      fi
      ;;
  esac
}
reload_back() {
  grep -qxE "$1 [^ ]+ (active|activating|reloading)" "$d/units" || return 0
  quietly systemctl reset-failed -- "$1"
  case $1 in
    *.socket) quietly systemctl restart -- "$1" ;;
    *)
      # A daemon that has its sockets from systemd loses them when it runs itself anew, as sshd does on a reload.
      if systemctl is-active --quiet -- "$(basename -- "$1" .service).socket"; then
        quietly systemctl restart -- "$1"
      else
        quietly systemctl reload-or-restart -- "$1" || quietly systemctl restart -- "$1"
      fi
      ;;
  esac
  if systemctl is-active --quiet -- "$1"; then note "$1 has read its files"; else problem "$1 does not run"; fi
}
own_tables() {
  nft list tables 2>/dev/null | while read -r word family name; do
    case "$family $name" in
      'ip filter' | 'ip nat' | 'ip mangle' | 'ip raw' | 'ip security') tool=iptables ;;
      'ip6 filter' | 'ip6 nat' | 'ip6 mangle' | 'ip6 raw' | 'ip6 security') tool=ip6tables ;;
      *) tool= ;;
    esac
    if [ -n "$tool" ] && "$tool-save" -t "$name" 2>/dev/null | grep -qx "[*]$name"; then continue; fi
    printf '%s %s\n' "$family" "$name"
  done
}
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
  for tool in iptables ip6tables iptables-legacy ip6tables-legacy; do
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
}
links() { ip -o link show | sed -n 's/^[0-9]*: \([^:@]*\)[@:].*<\([^>]*\)> mtu \([0-9]*\) .*$/\1 \3 \2/p' | while read -r name mtu flags; do
  case ",$flags," in *,UP,*) printf '%s up %s\n' "$name" "$mtu" ;; *) printf '%s down %s\n' "$name" "$mtu" ;; esac
done; }
addresses() { ip -o addr show | awk '$3 ~ /^inet6?$/ && $4 !~ /^fe80:/ { print $2, $4 }' | sort; }
routes() { ip "-$1" route show table main | sed 's/ expires [0-9a-z]*//; s/ linkdown//; s/ dead//; s/ *$//' | grep -v '^fe80:' | sort || true; }
network_back() {
  while read -r name state mtu; do
    if [ -e "/sys/class/net/$name" ]; then ip link set dev "$name" mtu "$mtu" "$state" || problem "$name is not $state"
    else problem "the interface $name is gone"
    fi
  done <"$d/network/links"
  addresses >"$d/network/now"
  grep -vxFf "$d/network/now" "$d/network/addresses" | while read -r name address; do ip addr replace "$address" dev "$name"; done
  for turn in 1 2; do
    for family in 4 6; do
      routes $family >"$d/network/now"
      grep -vxFf "$d/network/now" "$d/network/routes$family" | while read -r route; do ip "-$family" route replace $route 2>/dev/null; done
    done
  done
  for family in 4 6; do
    routes $family >"$d/network/now"
    grep -vxFf "$d/network/routes$family" "$d/network/now" | while read -r route; do ip "-$family" route del $route; done
  done
  addresses >"$d/network/now"
  grep -vxFf "$d/network/addresses" "$d/network/now" | while read -r name address; do ip addr del "$address" dev "$name"; done
  links | cmp -s - "$d/network/links" || problem "not every interface is as it was"
  addresses | cmp -s - "$d/network/addresses" || problem "not every address is as it was"
  for family in 4 6; do routes $family | cmp -s - "$d/network/routes$family" || problem "not every route is as it was"; done
  note "the network's addresses and routes were put back"
}
(cd -- "$d/saved" && sha256sum -c --status -- ../manifest) || problem "the saved files are not what they were when they were saved"
file_back '0' '/etc/default/ufw' '/etc/default/.ufw.drydock-revert'
file_back '1' '/etc/ufw/ufw.conf' '/etc/ufw/.ufw.conf.drydock-revert'
file_back '2' '/etc/ufw/user.rules' '/etc/ufw/.user.rules.drydock-revert'
file_back '3' '/etc/ufw/user6.rules' '/etc/ufw/.user6.rules.drydock-revert'
file_back '4' '/etc/nftables.conf' '/etc/.nftables.conf.drydock-revert'
file_back '5' '/etc/iptables/rules.v4' '/etc/iptables/.rules.v4.drydock-revert'
file_back '6' '/etc/iptables/rules.v6' '/etc/iptables/.rules.v6.drydock-revert'
file_back '7' '/etc/firewalld/firewalld.conf' '/etc/firewalld/.firewalld.conf.drydock-revert'
file_back '8' '/etc/firewalld/direct.xml' '/etc/firewalld/.direct.xml.drydock-revert'
file_back '9' '/etc/firewalld/zones/public.xml' '/etc/firewalld/zones/.public.xml.drydock-revert'
rm -f -- '/etc/default/.ufw.drydock-new' '/etc/ufw/.ufw.conf.drydock-new' '/etc/ufw/.user.rules.drydock-new' '/etc/ufw/.user6.rules.drydock-new' '/etc/.nftables.conf.drydock-new' '/etc/iptables/.rules.v4.drydock-new' '/etc/iptables/.rules.v6.drydock-new' '/etc/firewalld/.firewalld.conf.drydock-new' '/etc/firewalld/.direct.xml.drydock-new' '/etc/firewalld/zones/.public.xml.drydock-new'
changed_units=
while read -r unit enabled active; do enabling_back "$unit" "$enabled"; done <"$d/units"
quietly systemctl daemon-reload || problem "systemd could not read its units anew"
firewall_back
network_back
while read -r unit enabled active; do activity_back "$unit" "$active"; done <"$d/units"
if [ -n "$changed_units" ]; then
firewall_back
fi
if [ -s "$d/kernel" ]; then
sysctl -q -p "$d/kernel" || problem "not every kernel parameter is back"
fi
[ ! -s "$d/hashes" ] || sha256sum -c --status -- "$d/hashes" || problem "not every file has its old content"
{ stat -c '%F %a %u %g %N' -- '/etc/default/ufw' '/etc/ufw/ufw.conf' '/etc/ufw/user.rules' '/etc/ufw/user6.rules' '/etc/nftables.conf' '/etc/iptables/rules.v4' '/etc/iptables/rules.v6' '/etc/firewalld/firewalld.conf' '/etc/firewalld/direct.xml' '/etc/firewalld/zones/public.xml' 2>/dev/null || true; } | cmp -s - "$d/attributes" || problem "not every file has its old owner, mode and kind"
printf 'restored %s %s .' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$problems" 1<>"$d/outcome"
note "restored, $problems problems"
sync
rm -f -- '/etc/default/.ufw.drydock-revert' '/etc/ufw/.ufw.conf.drydock-revert' '/etc/ufw/.user.rules.drydock-revert' '/etc/ufw/.user6.rules.drydock-revert' '/etc/.nftables.conf.drydock-revert' '/etc/iptables/.rules.v4.drydock-revert' '/etc/iptables/.rules.v6.drydock-revert' '/etc/firewalld/.firewalld.conf.drydock-revert' '/etc/firewalld/.direct.xml.drydock-revert' '/etc/firewalld/zones/.public.xml.drydock-revert'
systemctl --quiet stop -- 'drydock-revert-01970000-0000-7000-8000-000000000001.timer' 2>/dev/null
systemctl --quiet disable -- 'drydock-revert-01970000-0000-7000-8000-000000000001.timer' 'drydock-revert-01970000-0000-7000-8000-000000000001.service' 2>/dev/null
rm -f -- '/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.timer' '/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.service'
systemctl daemon-reload
DRYDOCK_END
sh -n "$d/restore"
umask 022
cat >'/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.service' <<'DRYDOCK_END'
[Unit]
Description=Drydock: bring back what operation 01970000-0000-7000-8000-000000000001 changed, unless its log-in was proved
After=local-fs.target network.target ufw.service nftables.service firewalld.service netfilter-persistent.service 

[Service]
Type=simple
ExecStart=/bin/sh /var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001/restore
Restart=on-abnormal
RestartSec=1
OOMScoreAdjust=-1000

[Install]
WantedBy=multi-user.target
DRYDOCK_END
cat >'/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.timer' <<'DRYDOCK_END'
[Unit]
Description=Drydock: the time in which operation 01970000-0000-7000-8000-000000000001 has to prove its log-in

[Timer]
OnActiveSec=120000ms
AccuracySec=100ms

[Install]
WantedBy=timers.target
DRYDOCK_END
umask 077
printf '%s\n' '01970000-0000-7000-8000-000000000001' >"$d/armed"
sync
systemctl daemon-reload
systemctl --quiet enable -- 'drydock-revert-01970000-0000-7000-8000-000000000001.service' 'drydock-revert-01970000-0000-7000-8000-000000000001.timer'
read -r up rest </proc/uptime
printf '%s %s\n' "$up" '120000' >"$d/clock"
systemctl start -- 'drydock-revert-01970000-0000-7000-8000-000000000001.timer'
sync -- "$d/clock"
trap - EXIT
