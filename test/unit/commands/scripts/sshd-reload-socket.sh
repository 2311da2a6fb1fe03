set -eu
umask 077
sshd -t
