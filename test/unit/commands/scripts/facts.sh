export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
printf '@%s ' 'os'; { cat /etc/os-release || cat /usr/lib/os-release; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'kernel'; { uname -r; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'architecture'; { uname -m; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'hostname'; { uname -n; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'init'; { cat /proc/1/comm; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'tools'; { for tool in apt-get dnf yum zypper pacman; do command -v "$tool"; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'boot'; { cat /proc/sys/kernel/random/boot_id; cut -d ')' -f 2- /proc/1/stat; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'user'; { id -un; id -u; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sudo'; { if command -v sudo; then sudo -n true 2>&1 && echo allowed; fi; } 2>/dev/null | base64 -w 0; echo
