import type { Entry, SetupFacts } from '../../../commands/setup-facts.ts'
import type { SetupSituation } from '../../../plans/setup-wish.ts'
import type { HostFacts } from '../../../schema/facts.ts'
import { SetupSettings } from '../../../schema/setup.ts'

export const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHrbj2vNjkyf1rUXoYN8OqwHb8s5RcrRQ6rq8AuAOWcI ann@home'
export const operationId = '01970000-0000-7000-8000-000000000001'

export const debian: HostFacts = {
  os: { id: 'debian', idLike: [], versionId: '12', prettyName: 'Debian GNU/Linux 12', family: 'debian' },
  kernel: '6.1.0-18-amd64',
  architecture: 'x86_64',
  hostname: 'web-1',
  init: 'systemd',
  packageTool: 'apt',
  boot: 'x:1',
  user: { name: 'root', uid: 0 },
  sudo: 'root',
}
export const on = (family: HostFacts['os']['family'], packageTool: HostFacts['packageTool']): HostFacts => ({
  ...debian,
  packageTool,
  os: { ...debian.os, family },
})

export const nothingThere: SetupFacts = {
  user: null,
  shellExists: true,
  groups: new Set(['sudo', 'systemd-journal']),
  users: new Set(),
  home: null,
  sshDirectory: null,
  authorizedKeys: null,
  sudoers: null,
  sudo: { installed: true, readsDropIns: true },
  directories: new Map([['/opt/app', { entry: null, missingParents: [], differsInside: false }]]),
  packages: new Map([
    ['curl', 'available'],
    ['systemd', 'installed'],
    ['sudo', 'installed'],
  ]),
  keyFiles: ['.ssh/authorized_keys', '.ssh/authorized_keys2'],
}

const ofApp = (kind: string, mode: string): Entry => ({ kind, mode, owner: 'app', group: 'app' })

export const allThere: SetupFacts = {
  ...nothingThere,
  user: { uid: 1000, group: 'app', home: '/home/app', shell: '/bin/bash', groups: ['app', 'sudo', 'systemd-journal'] },
  groups: new Set(['sudo', 'systemd-journal', 'app']),
  users: new Set(['app']),
  home: ofApp('directory', '755'),
  sshDirectory: ofApp('directory', '700'),
  authorizedKeys: { entry: ofApp('regular file', '600'), content: `${key}\n` },
  sudoers: {
    entry: { kind: 'regular file', mode: '440', owner: 'root', group: 'root' },
    content: '# Written by Drydock for app.\napp ALL=(ALL:ALL) NOPASSWD: ALL\n',
  },
  directories: new Map([['/opt/app', { entry: ofApp('directory', '755'), missingParents: [], differsInside: false }]]),
  packages: new Map([
    ['curl', 'installed'],
    ['systemd', 'installed'],
    ['sudo', 'installed'],
  ]),
}

type Changes = {
  readonly facts?: HostFacts
  readonly settings?: unknown
  readonly inspected?: Partial<SetupFacts>
  readonly operationId?: string
}

/** A fresh Debian on which setup is asked for, with what differs. */
export function situation({ facts = debian, settings = {}, inspected = {}, ...rest }: Changes = {}): SetupSituation {
  const asked = { authorizedKeys: [key], packages: ['curl', 'systemd'] }
  return {
    operationId: rest.operationId ?? operationId,
    facts,
    server: { app: { user: 'app', authentication: { method: 'agent' } } },
    settings: SetupSettings.parse({ ...asked, ...Object(settings) }),
    inspected: { ...nothingThere, ...inspected },
  }
}
