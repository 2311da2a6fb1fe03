LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
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
if ! command -v sysctl >/dev/null; then
printf '%s\n' 'sysctl is missing on it' >&2
exit 1
fi
if [ -e '/etc/ssh/sshd_config.d/00-drydock.conf' ] && [ ! -f '/etc/ssh/sshd_config.d/00-drydock.conf' ] && [ ! -L '/etc/ssh/sshd_config.d/00-drydock.conf' ]; then
printf '%s\n' '/etc/ssh/sshd_config.d/00-drydock.conf is neither a file nor a link, so it cannot be saved' >&2
exit 1
fi
if [ -e '/etc/it'\''s here' ] && [ ! -f '/etc/it'\''s here' ] && [ ! -L '/etc/it'\''s here' ]; then
printf '%s\n' '/etc/it'\''s here is neither a file nor a link, so it cannot be saved' >&2
exit 1
fi
