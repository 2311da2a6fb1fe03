# Supervises one lab host: sh host.sh FOLDER IMAGE NAME [nspawn option...]
# It is started in mount and network namespaces of its own, so that its mounts and its end of the cable vanish with it.
set -eu
folder=$1 image=$2 name=$3
shift 3

mkdir -p "$folder/upper" "$folder/work" "$folder/root"
# Nothing of it has to survive this machine: no time is spent on bringing it to the disk, where the kernel (5.10) can leave that.
overlay="lowerdir=$image,upperdir=$folder/upper,workdir=$folder/work"
mount -t overlay overlay -o "$overlay,volatile" "$folder/root" 2>/dev/null ||
  mount -t overlay overlay -o "$overlay" "$folder/root"
# nspawn refuses to tidy up after a reboot where /run is not a tmpfs.
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn

# nspawn puts its guest into the cgroup "payload" below its own: hosts without a systemd above them need one each.
keep_unit=
if [ ! -d /run/systemd/system ]; then
  keep_unit=--keep-unit
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [ -e "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/drydock-lab-$$"
    echo $$ >"$hierarchy/drydock-lab-$$/cgroup.procs"
  done
fi

# Whoever starts us connects the cable in the meantime; end of file means that it died.
read -r address gateway mtu || exit 0
exec </dev/null

# As on a real machine, addresses, interfaces and firewall rules that nobody wrote down are gone after a reboot.
reset_network() {
  nft flush ruleset
  for link in $(ip -o link show | sed -n 's/^[0-9]*: \([^:@]*\).*/\1/p'); do
    case $link in lo | host0) ;; *) ip link delete "$link" 2>/dev/null || true ;; esac
  done
  ip address flush dev host0
  ip link set lo up
  ip link set host0 mtu "$mtu" up
  ip address add "$address/30" dev host0
  ip route replace default via "$gateway"
}

while :; do
  rm -f "$folder/boot-again"
  reset_network
  status=0
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=network setpriv --pdeathsig TERM systemd-nspawn \
    --directory="$folder/root" --boot --machine="drydock-lab-$$" --hostname="$name" --settings=no \
    --register=no $keep_unit --link-journal=no --resolv-conf=off --timezone=off --capability=CAP_NET_ADMIN "$@" ||
    status=$?
  # 133: the guest asked for a reboot.
  [ "$status" -eq 133 ] || [ -e "$folder/boot-again" ] || exit "$status"
done
