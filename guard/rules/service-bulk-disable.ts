import { isDataUnit } from '../data-units.ts'
import { devices, isNamed } from '../devices.ts'
import type { Arg, Call } from '../reading/call.ts'
import { isDynamic, isGlob, isLiteral, readable } from '../reading/marks.ts'
import { hasAny, readOptions, type Options } from '../reading/options.ts'
import type { Match, Rule } from './rule.ts'

const shape = {
  short: 'HMtpPonsS',
  long: ['host', 'machine', 'type', 'property', 'output', 'lines', 'signal', 'state', 'root'],
}
const unit = (name: string): string => name.replace(/\.(service|socket|target)$/, '')

export const serviceBulkDisable: Rule = {
  action: 'service_bulk_disable',
  programs: [
    'systemctl',
    'service',
    'rc-service',
    'rc-update',
    'update-rc.d',
    'chkconfig',
    'initctl',
    'pm2',
    'supervisorctl',
    'launchctl',
  ],
  verbs: { systemctl: 'isolate rescue emergency default set-default stop disable mask kill' },
  match(call, device) {
    if (call.name === 'systemctl') return systemctl(call, devices[device].criticalServices)
    const words = /^(pm2|supervisorctl)$/.test(call.name)
      ? readOptions(call.args, { short: 'csup' }).rest.map((arg) => arg.text)
      : call.args.map((arg) => arg.text)
    if (call.name === 'pm2')
      return /^(stop|delete|kill)$/.test(words[0] ?? '') && (words[0] === 'kill' || words.includes('all'))
        ? everything('pm2')
        : null
    if (call.name === 'supervisorctl')
      return (words[0] === 'stop' && words.includes('all')) || words[0] === 'shutdown' ? everything('supervisor') : null
    if (call.name === 'service' || call.name === 'rc-service') {
      const [name = '', verb = ''] = words
      if (words.includes('stop') && words.length > 3)
        return {
          because: 'It stops several services at once.',
          targets: words.filter((word) => word !== 'stop'),
          count: words.length - 1,
        }
      return verb === 'stop' && (isNamed(unit(name), critical(device)) || isDataUnit(name))
        ? protectedUnit([name], 'stop')
        : isGlob(name) || ((call.open !== null || (call.repeated && !isLiteral(name))) && verb === 'stop')
          ? everything('its list')
          : null
    }
    if (call.name === 'chkconfig' || call.name === 'rc-update' || call.name === 'update-rc.d') {
      const names = words.filter((word) => isNamed(unit(word), critical(device)))
      return /\b(off|del|delete|disable|remove)\b/.test(words.join(' ')) && names.length > 0
        ? protectedUnit(names, 'disable')
        : null
    }
    return null
  },
  act: ({ count, targets }) =>
    targets.length > 0 && targets.length < 4
      ? `stop or disable ${targets.join(', ')}`
      : count === null
        ? 'stop or disable all these services'
        : `stop or disable all ${count} services`,
  risk: 'by_count',
  things: 'services',
  downtime: '5 to 15 minutes',
  rollback: true,
  advice: () => [
    { text: 'Restart the one service that needs it.', command: 'systemctl restart NAME' },
    { text: 'Stop one service by its name.', command: 'systemctl stop NAME' },
  ],
  questions: (targets) =>
    targets.filter((target) => /[*?]/.test(target)).map((pattern) => ({ kind: 'services' as const, pattern })),
  counted: (answers, targets) => {
    const found = targets.flatMap((target) => answers.services?.[target] ?? [])
    return found.length > 0 ? { items: found } : null
  },
  examples: [
    "systemctl stop 'nginx*'",
    'systemctl disable --now docker-* ',
    'systemctl mask nginx mysql redis php-fpm',
    'systemctl stop $(systemctl list-units --type=service -q)',
    'systemctl list-units --plain | awk "{print \\$1}" | xargs systemctl stop',
    'systemctl stop systemd-networkd',
    'systemctl isolate rescue.target',
    'systemctl stop --all',
    'systemctl stop postgresql',
    'service mariadb stop',
    'pm2 delete all',
    'for s in nginx mysql redis; do service $s stop; done',
    'supervisorctl stop all',
  ],
  nearMisses: [
    'systemctl restart nginx',
    'systemctl stop nginx',
    'systemctl status "nginx*"',
    'systemctl disable --now apache2',
    'service nginx restart',
    'systemctl list-units --all',
    'systemctl reload ssh',
    'systemctl restart postgresql',
    'systemctl kill -s HUP haproxy',
    'pm2 restart shop',
  ],
}

const critical = (device: Parameters<Rule['match']>[1]): readonly string[] =>
  devices[device].criticalServices.filter((name) => !/^sshd?$/.test(name))
const everything = (of: string): Match => ({ because: `It stops everything that ${of} runs.`, targets: [] })
const protectedUnit = (names: readonly string[], verb: string): Match => ({
  because: `It would ${verb} what the system itself needs.`,
  targets: names,
  count: names.length,
  risk: 'high',
})

const asksToRead = ({ values }: Options): boolean =>
  [...(values.get('s') ?? []), ...(values.get('signal') ?? [])].some(({ text }) =>
    /^(SIG)?(HUP|USR[12]|WINCH|0|1|10|12)$/i.test(text),
  )

function systemctl(call: Call, services: readonly string[]): Match | null {
  const options = readOptions(call.args, shape)
  const [verb, ...units] = options.rest
  const kind = verb?.text ?? ''
  if (kind === 'isolate' || kind === 'rescue' || kind === 'emergency' || kind === 'default')
    return /^(rescue|emergency)/.test(units[0]?.text ?? kind)
      ? { because: 'It stops everything but a rescue shell.', targets: [], risk: 'high' }
      : null
  if (kind === 'set-default' && /^(rescue|emergency|poweroff|halt|reboot)\.target$/.test(units[0]?.text ?? ''))
    return { because: 'The next start would end in a state without services.', targets: [], risk: 'high' }
  if (!/^(stop|disable|mask|kill)$/.test(kind)) return null
  const given: readonly Arg[] = [...units, ...(call.open === null ? [] : [call.open])]
  const names = units.map((arg) => readable(arg.text))
  if (hasAny(options, 'all', 'a') && units.length === 0) return everything('systemd')
  if (given.some((arg) => isGlob(arg.text) || /[*?[]/.test(arg.text)))
    return { because: `It would ${kind} every unit that fits a pattern.`, targets: names }
  if (
    given.some((arg) => arg.outputOf !== undefined && /list-unit|list-timers|list-sockets/.test(arg.outputOf)) ||
    (call.open !== null && isDynamic(call.open.text))
  )
    return { because: `It would ${kind} whatever a list of units holds.`, targets: [] }
  if (names.some((name) => /^(-|system|user|machine)\.slice$/.test(name))) return everything('a slice')
  // A timer or a start at boot is no outage; a signal may only ask for a new reading.
  const spares = kind === 'disable' ? !hasAny(options, 'now') : kind === 'kill' && asksToRead(options)
  const needed = names.filter(
    (name) =>
      (isNamed(unit(name), services) || (isDataUnit(name) && !spares)) &&
      !/^(sshd?|ssh)$/.test(unit(name)) &&
      !/^systemd-(tmpfiles|run-|timesyncd|coredump|update)/.test(name),
  )
  if (needed.length > 0) return protectedUnit(needed, kind)
  return names.length > 2
    ? { because: `It would ${kind} ${names.length} units at once.`, targets: names, count: names.length }
    : null
}
