import { isIP } from 'node:net'
import type { Backup } from '../commands/backup.ts'
import { isFileLike, type FileToWrite } from '../commands/file.ts'
import { modernAlgorithms } from '../commands/sshd-algorithms.ts'
import { isReadFirst, linesAbout } from '../commands/sshd-config.ts'
import {
  asPrinted,
  dropIn,
  dropInDirectory,
  dropInNames,
  hardening,
  includeFirst,
  isHardened,
  reloadSshd,
  restoreSshdFile,
  writeDropIn,
  writeMain,
  type Daemon,
  type DropInWork,
} from '../commands/sshd-drop-in.ts'
import type { Step } from '../schema/plan.ts'
import { configuredPorts, ownAddresses, type LockdownSituation, type LockdownWish } from './lockdown-wish.ts'

/** What of the daemon is written where. */
export type SshdWish = {
  readonly work: DropInWork
  /** The main file with our file read first; null where it is read first already. */
  readonly main: FileToWrite | null
  readonly weakKeysKept: readonly string[]
}

export function sshdWish(
  situation: LockdownSituation,
  { user, sshPorts }: Pick<LockdownWish, 'user' | 'sshPorts'>,
): SshdWish {
  const { settings, server } = situation
  const { sshd } = situation.inspected
  const algorithms =
    settings.ssh.algorithms === 'modern'
      ? modernAlgorithms({
          known: sshd.known,
          hostKeys: sshd.hostKeys,
          pinned: server.hostKeys.map(({ type }) => type),
        })
      : { lines: [], weakKeysKept: [] }
  const paths = dropInNames.map((name) => `${dropInDirectory}/${name}`)
  const said = [...hardening(settings.ssh, user), ...algorithms.lines, ...unpunished(situation, paths)]
  const first = paths.find((path) => isReadFirst(sshd, path))
  const path = first ?? `${dropInDirectory}/${dropInNames[0]}`
  const client = sshd.connection?.client ?? '192.0.2.1'
  const login = {
    client,
    server: sshd.connection?.server ?? '127.0.0.1',
    port: sshd.connection?.port ?? sshPorts[0] ?? 22,
  }
  return {
    work: {
      file: dropIn(path, said),
      main: sshd.main?.path ?? '/etc/ssh/sshd_config',
      expected: [
        { login: { user, ...login }, settings: asPrinted(said) },
        { login: { user: 'root', ...login }, settings: ['permitrootlogin no', 'passwordauthentication no'] },
      ],
      daemon: daemonOf(sshd),
    },
    main:
      first !== undefined || sshd.main === null
        ? null
        : {
            ...sshd.main.entry,
            path: '/etc/ssh/sshd_config',
            content: includeFirst(sshd.main.content, path),
          },
    weakKeysKept: algorithms.weakKeysKept,
  }
}

/**
 * From 9.8 on sshd lets no address in for a while from which log-ins have failed: never ours, whoever fails from there.
 * Whom other files name stays exempt; our file would hide them.
 */
function unpunished(situation: LockdownSituation, ours: readonly string[]): readonly string[] {
  const { sshd } = situation.inspected
  if (!sshd.now.app.has('persourcepenaltyexemptlist')) return []
  const [named] = linesAbout(sshd, ['persourcepenaltyexemptlist']).filter(({ path }) => !ours.includes(path))
  const others = named === undefined || named.value === 'none' ? [] : named.value.split(',')
  const addresses = [...new Set([...others, ...ownAddresses(situation).filter((one) => isIP(one) !== 0)])]
  return addresses.length === 0 ? [] : [`PerSourcePenaltyExemptList ${addresses.join(',')}`]
}

const daemonOf = (sshd: LockdownSituation['inspected']['sshd']): Daemon => ({
  unit: sshd.unit,
  active: sshd.unitActive,
  ports: sshd.socketPorts.length > 0 ? [] : configuredPorts(sshd),
})

/** Last of all: from here on nobody logs in as root or with a password. */
export function hardenSshd(situation: LockdownSituation, { work, main }: SshdWish): Step[] {
  const { operationId, inspected } = situation
  const kept = (item: string): Backup => ({ operationId, item })
  const before = inspected.sshd.included.find(({ path }) => path === work.file.path)
  const { sshd } = inspected
  const inForce = work.expected.every(({ login, settings }) =>
    settings.every((setting) => {
      const space = setting.indexOf(' ')
      const now = login.user === 'root' ? sshd.now.root : sshd.now.app
      return now.get(setting.slice(0, space))?.includes(setting.slice(space + 1)) === true
    }),
  )
  const isThere =
    main === null && before?.content === work.file.content && before.entry.mode === work.file.mode && inForce
  return [
    ...(main === null ? [] : [readOursFirst(situation, main, work)]),
    {
      id: 'sshd.drop-in',
      title: 'Refuse root and passwords over SSH, and harden what is left',
      as: 'root',
      check: isHardened(work),
      apply: [writeDropIn(work, kept('sshd-drop-in')), reloadSshd(work.daemon)],
      verify: isHardened(work),
      undo: [restoreSshdFile(work.file.path, work.daemon, kept('sshd-drop-in'))],
      file: {
        path: work.file.path,
        before: before?.content ?? null,
        after: work.file.content,
        mode: work.file.mode,
        owner: 'root',
      },
      alreadySo: isThere ? `${work.file.path} says so, and it is in force` : undefined,
    },
  ]
}

function readOursFirst({ operationId, inspected }: LockdownSituation, main: FileToWrite, { daemon }: DropInWork): Step {
  const kept: Backup = { operationId, item: 'sshd-main' }
  return {
    id: 'sshd.include',
    title: `Have sshd read our file before everything else in ${main.path}`,
    as: 'root',
    check: isFileLike(main),
    apply: [writeMain(main, kept), reloadSshd(daemon)],
    verify: isFileLike(main),
    undo: [restoreSshdFile(main.path, daemon, kept)],
    file: {
      path: main.path,
      before: inspected.sshd.main?.path === main.path ? inspected.sshd.main.content : null,
      after: main.content,
      mode: main.mode,
      owner: main.owner,
    },
  }
}
