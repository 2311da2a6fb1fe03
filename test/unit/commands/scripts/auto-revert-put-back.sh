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
(cd -- "$d/saved" && sha256sum -c --status -- ../manifest) || problem "the saved files are not what they were when they were saved"
file_back '0' '/etc/ssh/sshd_config.d/00-drydock.conf' '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-revert'
file_back '1' '/etc/it'\''s here' '/etc/.it'\''s here.drydock-revert'
rm -f -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new' '/etc/.it'\''s here.drydock-new'
changed_units=
while read -r unit enabled active; do enabling_back "$unit" "$enabled"; done <"$d/units"
quietly systemctl daemon-reload || problem "systemd could not read its units anew"
firewall_back
reload_back 'ssh.service'
while read -r unit enabled active; do activity_back "$unit" "$active"; done <"$d/units"
if [ -n "$changed_units" ]; then
firewall_back
fi
if [ -s "$d/kernel" ]; then
sysctl -q -p "$d/kernel" || problem "not every kernel parameter is back"
fi
[ ! -s "$d/hashes" ] || sha256sum -c --status -- "$d/hashes" || problem "not every file has its old content"
{ stat -c '%F %a %u %g %N' -- '/etc/ssh/sshd_config.d/00-drydock.conf' '/etc/it'\''s here' 2>/dev/null || true; } | cmp -s - "$d/attributes" || problem "not every file has its old owner, mode and kind"
sync
[ "$problems" = 0 ]
