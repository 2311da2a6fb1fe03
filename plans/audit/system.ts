import { type FileMode, oddFiles, rootsFiles, systemFiles } from '../../commands/audit/system.ts'
import { type Area, type Check, cis, noneOf, notApplicable, pass, warn, listed } from './check.ts'
import { isWithin, othersMayWrite, showFile } from './modes.ts'

type Rule = Pick<Check, 'id' | 'title' | 'severity'> & {
  readonly path: RegExp
  /** What it may be at most. */
  readonly mode: string
  readonly groups?: readonly string[]
  readonly reference?: string
}

/** A check of files that have to be root's, with a mode that is not more than this. */
const rootsOwn = ({ path, mode, groups = ['root'], reference, ...check }: Rule): Check => ({
  ...check,
  setting: 'owner and mode',
  wanted: `${mode} root:${groups.join(' or ')}, or stricter`,
  reads: [systemFiles],
  judge(see) {
    const files = see(systemFiles).filter((file) => path.test(file.path))
    if (files.length === 0) return notApplicable('there is no such file')
    const wide = files.filter(
      (file) => file.owner !== 'root' || !isWithin(file.mode, mode) || !groups.includes(file.group),
    )
    return noneOf(wide.map(showFile), {
      none: listed(files.map(showFile)),
      some: 'wider than it should be',
    })
  },
  remedy: `Run: chown root FILE; chmod ${mode} FILE.`,
  ...(reference === undefined ? {} : { reference }),
})

/** What Debian, Ubuntu and the Red Hat family bring themselves; anything else is worth a look. */
const knownPrivileged = new Set(
  'at bsd-write chage chfn chsh crontab dotlockfile expiry fusermount fusermount3 gpasswd mlocate plocate locate mount mount.nfs mount.cifs newgidmap newgrp newuidmap passwd pkexec ping ping6 ssh-agent ssh-keysign su sudo sudoedit umount unix_chkpwd wall write write.ul dbus-daemon-launch-helper polkit-agent-helper-1 pppd exim4 postdrop postqueue utempter pam_extrausers_chkpwd snap-confine sg screen grub2-set-bootenv usernetctl userhelper sssd_pam krb5_child ldap_child selinux_child p11_child proxy_child pam_timestamp_check staprun cockpit-session'.split(
    ' ',
  ),
)
const nameOf = ({ path }: FileMode): string => path.slice(path.lastIndexOf('/') + 1)

/** Who may read and write what the system rests on. */
export const system: Area = {
  area: 'system',
  checks: [
    rootsOwn({
      id: 'system.shadow',
      title: 'Password hashes are kept from users',
      severity: 'critical',
      path: /^\/etc\/g?shadow-?$/,
      mode: '640',
      groups: ['root', 'shadow'],
      reference: cis('7.1.5 to 7.1.8'),
    }),
    rootsOwn({
      id: 'system.passwd',
      title: 'Only root may change accounts and groups',
      severity: 'critical',
      path: /^\/etc\/(passwd|group)-?$/,
      mode: '644',
      reference: cis('7.1.1 to 7.1.4'),
    }),
    rootsOwn({
      id: 'system.sudoers',
      title: 'Only root may change who may use sudo',
      severity: 'critical',
      path: /^\/etc\/sudoers$/,
      mode: '640',
    }),
    rootsOwn({
      id: 'system.host-keys',
      title: "The host's private keys are root's alone",
      severity: 'high',
      path: /^\/etc\/ssh\/ssh_host_.*_key$/,
      mode: '640',
      groups: ['root', 'ssh_keys'],
      reference: cis('5.1.2'),
    }),
    rootsOwn({
      id: 'system.sshd-config',
      title: 'Only root may change how SSH lets people in',
      severity: 'high',
      path: /^\/etc\/ssh\/sshd_config(\.d)?$/,
      mode: '755',
    }),
    rootsOwn({
      id: 'system.cron',
      title: 'Only root may change what runs by the clock',
      severity: 'high',
      path: /^\/etc\/cron/,
      mode: '755',
      reference: cis('2.4.1.2 to 2.4.1.7'),
    }),
    rootsOwn({
      id: 'system.boot-loader',
      title: 'Only root may change how the host boots',
      severity: 'high',
      path: /^\/boot\/grub\//,
      mode: '644',
    }),
    rootsOwn({
      id: 'system.root-home',
      title: "Root's home is closed",
      severity: 'medium',
      path: /^\/root$/,
      mode: '750',
    }),
    {
      id: 'system.drop-ins',
      title: 'Only root may add rules of sudo, SSH and cron',
      severity: 'high',
      setting: 'owner and mode of drop-ins',
      wanted: 'owned by root, not writable by others',
      reads: [rootsFiles],
      judge(see) {
        const files = see(rootsFiles).filter(({ path }) => !path.startsWith('/var/spool/'))
        if (files.length === 0) return notApplicable('there are no such files')
        return noneOf(files.filter(({ owner, mode }) => owner !== 'root' || othersMayWrite(mode)).map(showFile), {
          none: listed(files.map(showFile)),
          some: 'others may write rules',
        })
      },
      remedy: 'Run: chown root FILE; chmod go-w FILE.',
    },
    {
      id: 'system.world-writable',
      title: 'No file can be written by everybody',
      severity: 'high',
      setting: 'files with mode o+w',
      wanted: 'none',
      reads: [oddFiles],
      judge: (see) =>
        noneOf(see(oddFiles).writable.map(showFile), {
          none: 'find: none on the root file system outside of temporary places',
          some: 'everybody may write',
        }),
      remedy: 'Run: chmod o-w FILE, once it is clear who relies on it.',
      reference: cis('7.1.11'),
    },
    {
      id: 'system.sticky',
      title: 'Shared directories keep files apart',
      severity: 'medium',
      setting: 'directories with mode o+w',
      wanted: 'with the sticky bit',
      reads: [oddFiles],
      judge: (see) =>
        noneOf(see(oddFiles).openDirectories.map(showFile), {
          none: 'find: all of them on the root file system have it',
          some: 'everybody may replace files here',
        }),
      remedy: 'Run: chmod +t DIRECTORY.',
      reference: cis('7.1.11'),
    },
    {
      id: 'system.privileged',
      title: "Only known programs run with others' rights",
      severity: 'medium',
      setting: 'files with setuid or setgid',
      wanted: 'those of the distribution',
      reads: [oddFiles],
      judge(see) {
        const files = see(oddFiles).privileged
        const unknown = files.filter((file) => !knownPrivileged.has(nameOf(file)) || othersMayWrite(file.mode))
        return unknown.length === 0
          ? pass(`find: ${files.length} files, all of them known`, 'known ones')
          : warn(`worth a look:\n${listed(unknown.map(showFile))}`, `${unknown.length} unknown`)
      },
      remedy: 'Find out which package brought it (dpkg -S FILE); if none, run: chmod a-s FILE.',
      reference: cis('7.1.13'),
    },
  ],
}
