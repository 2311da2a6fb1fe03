import type { Command } from '../schema/command.ts'
import { HostFacts, type OsFamily, type PackageTool } from '../schema/facts.ts'
import { parseSections, section } from './sections.ts'
import { command, lines, sh } from './shell.ts'

/** Reads what every plan needs to know of a host, in one round trip. Run it as the log-in user: it also asks what sudo would allow. */
export const readFacts = (): Command =>
  command({
    script: lines(
      sh`export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"`,
      section('os', sh`cat /etc/os-release || cat /usr/lib/os-release`),
      section('kernel', sh`uname -r`),
      section('architecture', sh`uname -m`),
      section('hostname', sh`uname -n`),
      section('init', sh`cat /proc/1/comm`),
      // dash gives `command -v` one name only.
      section('tools', sh`for tool in apt-get dnf yum zypper pacman; do command -v "$tool"; done`),
      section('boot', sh`cat /proc/sys/kernel/random/boot_id; cut -d ')' -f 2- /proc/1/stat`),
      section('user', sh`id -un; id -u`),
      section('sudo', sh`if command -v sudo; then sudo -n true 2>&1 && echo allowed; fi`),
    ),
    shown: 'detect operating system, architecture, packages, user and sudo',
    effect: 'read',
    category: 'system',
  })

/** Facts from the output of `readFacts`. Throws where the output is not that of a Linux host we can read. */
export function parseFacts(stdout: string): HostFacts {
  const sections = parseSections(stdout)
  const word = (name: string): string => (sections.get(name) ?? '').trim()
  const os = parseOsRelease(sections.get('os') ?? '')
  const [userName, uid] = word('user').split('\n')
  return HostFacts.parse({
    os,
    kernel: word('kernel'),
    architecture: word('architecture'),
    hostname: word('hostname'),
    init: word('init') === 'systemd' ? 'systemd' : 'other',
    packageTool: packageToolAmong(word('tools')),
    boot: bootIdentity(word('boot')),
    user: { name: userName, uid: uid === undefined ? undefined : Number(uid) },
    sudo: uid === '0' ? 'root' : sudoAnswer(word('sudo')),
  })
}

/** The fields of os-release(5) that name a distribution, and the family it belongs to. */
export function parseOsRelease(text: string): HostFacts['os'] {
  const field = (name: string): string => {
    const value = new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
    return value.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(["$`\\])/g, '$1')
  }
  const id = field('ID').toLowerCase()
  const idLike = field('ID_LIKE').toLowerCase().split(/\s+/).filter(Boolean)
  return {
    id,
    idLike,
    versionId: field('VERSION_ID'),
    prettyName: field('PRETTY_NAME') || id || 'unknown system',
    family: familyOf([id, ...idLike]),
  }
}

const families: Readonly<Record<string, OsFamily>> = {
  debian: 'debian',
  ubuntu: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  rocky: 'redhat',
  almalinux: 'redhat',
  ol: 'redhat',
  amzn: 'redhat',
  arch: 'arch',
  suse: 'suse',
  opensuse: 'suse',
  sles: 'suse',
  'opensuse-leap': 'suse',
  'opensuse-tumbleweed': 'suse',
}

const familyOf = (names: readonly string[]): OsFamily =>
  names.map((name) => families[name]).find((family) => family !== undefined) ?? 'unsupported'

/** dnf comes before yum, which is only its other name where both are there. */
function packageToolAmong(paths: string): PackageTool | null {
  const names = paths.split('\n').map((path) => path.slice(path.lastIndexOf('/') + 1))
  if (names.includes('apt-get')) return 'apt'
  const known = ['dnf', 'yum', 'zypper', 'pacman'] as const
  return known.find((tool) => names.includes(tool)) ?? null
}

/** Boot id and start time of PID 1: field 22 of proc(5) stat, the 20th after the command's closing parenthesis. */
function bootIdentity(text: string): string {
  const [bootId = '', stat = ''] = text.split('\n')
  return `${bootId}:${stat.trim().split(/\s+/)[19] ?? ''}`
}

function sudoAnswer(text: string): HostFacts['sudo'] {
  if (text === '') return 'none'
  if (text.endsWith('allowed')) return 'nopasswd'
  return /password/.test(text) ? 'password' : 'none'
}
