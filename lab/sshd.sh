# Runs sshd from a lab image in mount and process namespaces of its own: sh sshd.sh FOLDER IMAGE CONFIG...
# It is number 1 of its process namespace: whatever it started ends with it. One sshd listens on 16 addresses at most,
# so there is one for each CONFIG.
set -eu
folder=$1 image=$2
shift 2
mkdir -p "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=$image,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
mount -t proc proc "$folder/root/proc"
mount --rbind /dev "$folder/root/dev"
mount -t tmpfs -o mode=755 tmpfs "$folder/root/run"
mkdir -p "$folder/root/run/sshd" "$folder/root/run/lock"
for config in "$@"; do
  chroot "$folder/root" /usr/sbin/sshd -D -e -f "/etc/ssh/$config" 2>>"$folder/sshd.log" &
done
wait
