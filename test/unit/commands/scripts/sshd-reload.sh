set -eu
umask 077
[ ! -e /etc/debian_version ] || [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd
sshd -t
before=$(ss -H -t -l -n -e 'sport = :22' | grep -o 'ino:[0-9]*' | sort || true)
systemctl reload -- 'ssh.service'
waited=0
while now=$(ss -H -t -l -n -e 'sport = :22' | grep -o 'ino:[0-9]*' | sort || true); [ -z "$now" ] || [ "$now" = "$before" ]; do
[ "$waited" -lt 50 ] || break
sleep 0.1; waited=$((waited + 1))
done
if ! { systemctl is-active --quiet -- 'ssh.service'; } || [ -z "$now" ]; then
printf '%s\n' 'ssh.service does not run after its reload' >&2
exit 1
fi
