/** Programs whose verbs take away only what is one's own, and made anew: a work tree, a project, a session, a setting. */
const whole = new Set(
  `npm yarn pnpm bun cargo pip pip3 pipx pipenv poetry uv conda mamba gem bundle composer go dotnet nuget rustup nvm pyenv rbenv asdf mise sdk luarocks flutter ng mvn gradle gradlew make gmake cmake ninja bazel ant sbt meson scons tox nox pre-commit ccache sccache opkg robocopy xcopy tectonic tkn argo acme.sh
  tmux screen byobu zellij brew port mas choco winget scoop snap flatpak git svn hg fossil bzr jira
  pass gopass bw op buku kdbx keepassxc-cli task timew todo.sh taskwarrior bluetoothctl rfkill update-alternatives alternatives dpkg-divert apt-key add-apt-repository apt-add-repository
  ffmpeg convert magick mogrify gm xmllint xmlstarlet jq yq sed awk crudini augtool keytool gpg gpg2 openssl ssh-add resolvectl symfony valet sysctl read
  xrandr pactl pacmd amixer gsettings dconf kwriteconfig5 fc-cache code codium vim nvim emacs direnv ffprobe exiftool xattr jshell sass webpack vite eslint prettier jest vitest playwright cypress storybook
  alembic flyway liquibase prisma knex sequelize typeorm rails rake django-admin jupyter ipython pytest tsc turbo nx lerna changeset
  dialog whiptail zenity expect inotifywait systemd-tmpfiles pg_restore createdb pg_dump mysqldump clickhouse-client influx mysql mariadb psql sqlite3 redis-cli mongosh mongo cqlsh curl wget http httpie xh
  lsof fuser strace ltrace perf bpftrace gdb ausearch aureport journalctl dmesg last lastb atq promtool trivy grype syft shellcheck hadolint ansible-lint ansible-doc yamllint tflint kubeconform kubeval conftest opa
  gzip bzip2 xz zstd zstdmt pzstd lz4 lzip pigz pbzip2 lrzip brotli
  apt apt-get aptitude dpkg dnf yum zypper pacman apk rpm ansible-playbook ansible-galaxy ansible-vault ansible-inventory packer skaffold vzdump mount umount swapon swapoff truncate`.split(
    /\s+/,
  ),
)

/** Single small things of programs that are not tame in whole. */
const small: readonly (readonly [name: RegExp, words: RegExp])[] = [
  [/^(nginx|apachectl|httpd|postfix|caddy)$/, /^(-s )?(stop|quit|flush|reload|graceful-stop)$/],
  [/^(rndc|unbound-control|dnsmasq|pdns_control)$/, /^(flush\S*|reload\S*)( [\w.-]+)*$/],
  [/^(mailq|postqueue|exim|exim4)$/, /./],
  [/^console$/, /cache:/],
  [/^(ip|route|wg)$/, /./],
  [/^(passwd|gpasswd|usermod|adduser|deluser|chage|chsh|faillock|userdel|groupdel)$/, /./],
  [/^(iptables|ip6tables|ebtables|arptables|iptables-\w+)$/, /./],
  [/^(kill|pkill|killall|shutdown|reboot|poweroff|halt|init|telinit)$/, /./],
  [/^(rm|rmdir|unlink|shred|mv|cp|ln|tar|rsync|find|zip|unzip|7z|cpio|install|dd)$/, /./],
  [/^(module|ml)$/, /./],
  [/^puppet$/, /^node deactivate/],
  [/^squidclient$/, /PURGE/],
  [/^(crane|regctl|oras|skopeo|tkn|argo)$/, /\b(list|get|ls|copy|inspect)\b/],
]

/** Whether a program's words that take something away are of no weight. */
export const isTame = (name: string, text: string): boolean =>
  whole.has(name) || small.some(([programs, words]) => programs.test(name) && words.test(text))
