import type { ClusterAnswer, GuestAnswer } from '../../schema/host-questions.ts'
import { sh, type Script } from '../shell.ts'

export const askGuests = (): Script =>
  sh`{ timeout 10 qm list && timeout 10 pct list && echo ok; } || { timeout 10 virsh list --name && echo ok; }`

const states = 'running|stopped|paused|suspended|prelaunch|shutdown|internal-error|io-error'
const machine = new RegExp(`^(\\d+)\\s+(\\S.*?)\\s+(${states})\\b`)
const container = new RegExp(`^(\\d+)\\s+(${states})\\s+(?:(\\S+)\\s+)?(\\S+)$`)

/** Rows of `qm list`, `pct list` or names of `virsh list --name`: the tools put name and state in different columns. */
export const readGuests = (rows: readonly string[]): GuestAnswer[] =>
  rows
    .filter((row) => !/^VMID\b/.test(row))
    .map((row) => {
      const [, id, name, state] = machine.exec(row) ?? []
      if (id !== undefined && name !== undefined)
        return { id, name, running: state === 'running', lock: null, tool: 'qm' }
      const [, ct, how, lock, called] = container.exec(row) ?? []
      if (ct !== undefined)
        return { id: ct, name: called ?? ct, running: how === 'running', lock: lock ?? null, tool: 'pct' }
      return { id: row, name: '', running: true, lock: null, tool: null }
    })

export const labelOf = ({ id, name }: GuestAnswer): string => `${id} ${name}`.trim()

const parts = { ha: '--- ha', locks: '--- locks', tasks: '--- tasks' }

/** Locks stand in the guests' own files; a backup that is under way is a task of vzdump. */
export const askCluster = (): Script =>
  sh`if command -v pvecm > /dev/null; then
timeout 10 pvecm status
echo ${parts.ha}; timeout 10 ha-manager status
echo ${parts.locks}; grep -H '^lock:' /etc/pve/qemu-server/*.conf /etc/pve/lxc/*.conf
echo ${parts.tasks}; pgrep -a '^(task UPID.*)?vzdump'
echo ok
fi`

/** States in which the HA manager leaves a guest alone. */
const resting = /^(started|stopped|disabled|ignored)$/

export function readCluster(rows: readonly string[]): ClusterAnswer {
  const from = (part: string): number => rows.indexOf(part)
  const status = rows.slice(0, from(parts.ha)).join('\n')
  const ha = rows.slice(from(parts.ha) + 1, from(parts.locks))
  const locks = rows.slice(from(parts.locks) + 1, from(parts.tasks))
  const tasks = rows.slice(from(parts.tasks) + 1)
  const quorate = /^Quorate:\s+(Yes|No)/m.exec(status)?.[1]
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]
  const [votes, expected] = [field('Total votes'), field('Expected votes')]
  const services = ha.flatMap((row) => {
    const [, id, where] = /^service (\S+) \((.*)\)$/.exec(row) ?? []
    return id === undefined ? [] : [{ id, state: where?.split(', ').at(-1) ?? '' }]
  })
  const locked = locks.flatMap((row) => {
    const [, id, why] = /\/(\d+)\.conf:lock:\s*(\S+)/.exec(row) ?? []
    return id === undefined ? [] : [`guest ${id} is locked: ${why ?? ''}`]
  })
  return {
    quorate: quorate === undefined ? null : quorate === 'Yes',
    votes: votes === undefined || expected === undefined ? null : `${votes} of ${expected} votes`,
    managed: services.map(({ id }) => id),
    transitions: services.filter(({ state }) => !resting.test(state)).map(({ id, state }) => `${id} ${state}`),
    backups: [
      ...locked.filter((text) => text.endsWith('backup')),
      ...tasks.map((task) => `task ${task}`.slice(0, 100)),
    ],
  }
}
