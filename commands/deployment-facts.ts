import type { Command } from '../schema/command.ts'
import { parseEntry, parseFile, printFile, statOf, type Entry, type FoundFile } from './entry.ts'
import type { Layout } from './release.ts'
import { parseSections, section } from './sections.ts'
import { command, lines, sh } from './shell.ts'
import { unitPath } from './unit-text.ts'

/** What a deployment has to look at. */
export type DeploymentQuestions = {
  readonly layout: Layout
  readonly units: readonly UnitQuestion[]
  readonly user: string
  readonly instances: readonly string[]
  /** The file of the proxy in nginx's configuration; null where there is no proxy. */
  readonly proxyFile: string | null
}

/** A unit, and whose file it is run by: that of a template for each of its instances. */
export type UnitQuestion = { readonly name: string; readonly of: string }

/** What is there of an application on a server. */
export type DeploymentFacts = {
  readonly root: Entry | null
  /** Whether the way to the root leads through a link. */
  readonly rootIsElsewhere: boolean
  /** `none` where there is no such name, `other` where it is no link that leads into the releases. */
  readonly current:
    | { readonly kind: 'none' }
    | { readonly kind: 'other' }
    | { readonly kind: 'release'; readonly release: string }
  readonly releases: readonly string[]
  readonly freeBytes: number
  readonly freeInodes: number
  readonly tools: ReadonlySet<string>
  /** The group of the application user; null where there is no such user. */
  readonly userGroup: string | null
  readonly units: ReadonlyMap<string, UnitFacts>
  /** Which release the link of an instance leads to; one that leads nowhere is not in it. */
  readonly instances: ReadonlyMap<string, string>
  readonly proxy: { readonly runs: boolean; readonly file: string | null }
}

export type UnitFacts = {
  readonly load: string
  readonly active: string
  readonly enabled: string
  /** The file in /etc/systemd/system, which is where a deployment writes it. */
  readonly file: FoundFile | null
}

const wanted = ['curl', 'wget', 'tar', 'gzip', 'unzip', 'sha256sum', 'awk', 'realpath', 'runuser', 'systemctl', 'nginx']

/** Reads all that a deployment needs to know, in one round trip. Run it as root. */
export const inspectForDeployment = ({ layout, units, user, instances, proxyFile }: DeploymentQuestions): Command =>
  command({
    script: lines(
      sh`export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"`,
      section('root', statOf(sh`${layout.root}`)),
      section('real', sh`realpath -m -- ${layout.root}`),
      section(
        'current',
        sh`if [ -L ${layout.current} ]; then readlink -- ${layout.current}; elif [ -e ${layout.current} ]; then echo /; fi`,
      ),
      section('releases', sh`ls -1 -- ${layout.releases}`),
      sh`at=${layout.root}; while [ ! -e "$at" ]; do at=$(dirname -- "$at"); done`,
      section('room', sh`stat -f -c '%a %S %d %c' -- "$at"`),
      section('tools', sh`for tool in ${wanted}; do command -v "$tool" > /dev/null && echo "$tool"; done`),
      section('user', sh`id -gn -- ${user}`),
      ...units.flatMap(({ name, of }, index) => [
        section(`unit-${index}`, sh`systemctl show --property=LoadState,ActiveState,UnitFileState -- ${name}`),
        section(`file-${index}`, printFile(sh`${unitPath(of)}`)),
      ]),
      ...instances.map((name) => section(`instance-${name}`, sh`readlink -- ${`${layout.instances}/${name}`}`)),
      ...(proxyFile === null
        ? []
        : [
            section('nginx', sh`systemctl show --property=ActiveState --value -- nginx.service`),
            section('proxy', printFile(sh`${proxyFile}`)),
          ]),
    ),
    shown: `look at ${layout.root} and ${units.map(({ name }) => name).join(', ')}`,
    effect: 'read',
    category: 'system',
    timeoutMs: 60_000,
  })

/** The facts in the output of `inspectForDeployment`, which must have been built from the same questions. */
export function parseDeploymentFacts(
  stdout: string,
  { layout, units, instances }: DeploymentQuestions,
): DeploymentFacts {
  const sections = parseSections(stdout)
  const text = (name: string): string => sections.get(name) ?? ''
  if (!sections.has('room')) throw new Error('the host did not answer what the deployment asked')
  const [blocks = 0, size = 0, inodes = 0, allInodes = 0] = text('room').trim().split(' ').map(Number)
  return {
    root: parseEntry(text('root')),
    rootIsElsewhere: text('real').trim() !== layout.root,
    current: currentOf(text('current').trim()),
    releases: text('releases')
      .split('\n')
      .filter((name) => name !== '' && !name.startsWith('.')),
    freeBytes: blocks * size,
    // Some file systems have no number of inodes, and tell 0 of 0.
    freeInodes: allInodes === 0 ? Number.MAX_SAFE_INTEGER : inodes,
    tools: new Set(text('tools').split('\n').filter(Boolean)),
    userGroup: text('user').trim() || null,
    units: new Map(units.map(({ name }, index) => [name, unitOf(text(`unit-${index}`), text(`file-${index}`))])),
    instances: new Map(
      instances.flatMap((name) => {
        const release = /^\.\.\/releases\/([A-Za-z0-9][A-Za-z0-9._+-]*)$/.exec(text(`instance-${name}`).trim())?.[1]
        return release === undefined ? [] : [[name, release] as const]
      }),
    ),
    proxy: { runs: text('nginx').trim() === 'active', file: parseFile(text('proxy'))?.content ?? null },
  }
}

function currentOf(target: string): DeploymentFacts['current'] {
  if (target === '') return { kind: 'none' }
  const release = /^releases\/([A-Za-z0-9][A-Za-z0-9._+-]*)$/.exec(target)?.[1]
  return release === undefined ? { kind: 'other' } : { kind: 'release', release }
}

function unitOf(shown: string, file: string): UnitFacts {
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(shown)?.[1] ?? ''
  return {
    load: value('LoadState'),
    active: value('ActiveState'),
    enabled: value('UnitFileState'),
    file: parseFile(file),
  }
}
