import { pipe, sh } from '../shell.ts'
import { fieldsOf, type Answer, type Reading } from './reading.ts'

export type FileMode = { readonly mode: string; readonly owner: string; readonly group: string; readonly path: string }

const modesIn = (answer: Answer): readonly FileMode[] =>
  fieldsOf(answer, 4).map(([mode = '', owner = '', group = '', path = '']) => ({ mode, owner, group, path }))

/** Files that anybody may look up; those that are not there are left out. */
export const systemFiles: Reading<readonly FileMode[]> = {
  name: 'system-files',
  script: sh`stat -L -c '%a %U %G %n' -- /etc/passwd /etc/passwd- /etc/group /etc/group- /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow- /etc/sudoers /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/ssh_host_*_key /boot/grub/grub.cfg /root`,
  needsRoot: false,
  neverEmpty: true,
  parse: modesIn,
}

/** Files in directories that only root may look into. */
export const rootsFiles: Reading<readonly FileMode[]> = {
  name: 'roots-files',
  script: sh`stat -L -c '%a %U %G %n' -- /etc/sudoers.d /etc/sudoers.d/* /etc/ssh/sshd_config.d/* /etc/cron.d/* /var/spool/cron/crontabs`,
  needsRoot: true,
  parse: modesIn,
}

export type OddFiles = {
  readonly privileged: readonly FileMode[]
  readonly writable: readonly FileMode[]
  readonly openDirectories: readonly FileMode[]
}

/** One walk over the root file system: what runs with others' rights, and what anybody may write. Places for what comes and goes are left out. */
export const oddFiles: Reading<OddFiles> = {
  name: 'odd-files',
  // The root itself comes first, as a sign that this find can print at all.
  script: pipe(
    sh`{ find / -maxdepth 0 -printf 'root %m %u %g %p\n'; find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp -o -path /var/lib/docker -o -path /var/lib/containerd -o -path /var/lib/containers -o -path /snap \) -prune -o \( \( -type f -perm /6000 -printf 'privileged %m %u %g %p\n' \) , \( -type f -perm -0002 -printf 'writable %m %u %g %p\n' \) , \( -type d -perm -0002 ! -perm -1000 -printf 'open %m %u %g %p\n' \) \); }`,
    sh`sort`,
  ),
  needsRoot: true,
  neverEmpty: true,
  timeoutSeconds: 45,
  parse: ({ text }) => {
    const of = (kind: string): readonly FileMode[] =>
      modesIn({
        text: text
          .split('\n')
          .flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []))
          .join('\n'),
        exitCode: 0,
      })
    return { privileged: of('privileged'), writable: of('writable'), openDirectories: of('open') }
  },
}
