set -eu
umask 077
d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
cat >"$d/put-back" <<'DRYDOCK_END'
(
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
note() { printf '%s\n' "$*"; }
if [ ! -s "$d/manifest" ]; then
printf '%s\n' 'nothing is saved in /var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001' >&2
exit 1
fi
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
sync
[ "$problems" = 0 ]
) || exit 1
d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
rules() { sed 's/ *\[[0-9]*:[0-9]*\]$//; /^#/d' | sort; }
for saved in "$d/firewall"/*tables*; do
  tool=$(basename -- "$saved")
  [ "$tool" = tables ] && continue
  now=$("$tool-save" 2>/dev/null | rules)
  if [ "$now" != "$(rules <"$saved")" ]; then
    printf '%s\n' "the rules of $tool are not what they were" >&2
    exit 1
  fi
done
DRYDOCK_END
sh -n "$d/put-back"
sync -- "$d/put-back"
