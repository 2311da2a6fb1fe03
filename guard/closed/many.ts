import type { ActionType } from '../../schema/guard.ts'
import type { Call } from '../reading/call.ts'
import { isDynamic, isGlob } from '../reading/marks.ts'
import type { ClosedMatch } from './closed.ts'
import { isTaking, toneOf } from './verbs.ts'
import { leading, onlyTries, textOf } from './words.ts'

/** Programs that carry a command to many machines. */
const fleets = new Set('ansible salt salt-ssh pdsh clush pssh parallel-ssh dsh mussh knife bolt fab rundeck'.split(' '))

/** What stopping or removing is called by where it is done. */
const actionOf: ReadonlyMap<string, ActionType> = new Map(
  (
    [
      ['systemctl service rc-service supervisorctl pm2 sv initctl', 'service_bulk_disable'],
      ['docker', 'container_bulk_stop'],
      ['apt apt-get aptitude dnf yum zypper pacman apk snap flatpak dpkg rpm', 'package_bulk_remove'],
      ['userdel deluser groupdel', 'user_removal'],
      ['kill pkill killall', 'bulk_process_kill'],
    ] as const
  ).flatMap(([names, action]) => names.split(' ').map((name) => [name, action] as const)),
)
/** They take away whatever they are told. */
const inName = /^(userdel|deluser|groupdel|pkill|killall)$/

/** What takes one thing away is small on one machine and is not on many. */
export function fleetMatch(call: Call): ClosedMatch | null {
  const action = call.place === 'elsewhere' ? actionOf.get(call.name) : undefined
  if (action === undefined || !isOverMany(call)) return null
  const text = textOf(call)
  if (onlyTries(call, text) || /(^|\s)(-s|--assumeno|--test|-0|-HUP|--reload)(\s|$)/.test(text)) return null
  const takes = inName.test(call.name) || toneOf(leading(call).slice(0, 3)) === 'takes' || isUnit(call)
  return takes ? { action, match: { because: 'It takes something away on many machines at once.', targets: [] } } : null
}

/** `service NAME stop`: the verb stands last. */
const isUnit = ({ name, args }: Call): boolean => name.endsWith('service') && isTaking(args[1]?.text ?? '')

function isOverMany(call: Call): boolean {
  if (call.repeated) return true
  for (let parent = call.parent; parent !== null; parent = parent.parent) if (fleets.has(parent.name)) return true
  return false
}

/** Whether what it is told to take away is whatever a list holds. */
export const takesList = (call: Call): boolean =>
  (call.open !== null ||
    (call.repeated &&
      call.args.some(({ text, outputOf }) => outputOf !== undefined || isDynamic(text) || isGlob(text)))) &&
  toneOf(leading(call).slice(0, 3)) === 'takes'
