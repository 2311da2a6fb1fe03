import type { Call } from '../reading/call.ts'
import { isDynamic } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'

/** Verbs of systemctl that restart or end the machine, by themselves or as the name of a target. */
export const powerVerbs =
  'reboot kexec soft-reboot start isolate poweroff halt suspend hibernate hybrid-sleep suspend-then-hibernate exit'

type Power = 'reboot' | 'shutdown' | null

/** Whether a call restarts the machine or ends it, in any of the ways there are. */
export function powerOf(call: Call): Power {
  const words = call.args.map((arg) => arg.text)
  const options = readOptions(call.args)
  switch (call.name) {
    case 'reboot':
    case 'Restart-Computer':
      return hasAny(options, 'help', 'version', 'w', 'wtmp-only')
        ? null
        : hasAny(options, 'p', 'poweroff', 'halt')
          ? 'shutdown'
          : 'reboot'
    case 'halt':
    case 'poweroff':
    case 'Stop-Computer':
      return hasAny(options, 'help', 'version', 'w', 'wtmp-only')
        ? null
        : hasAny(options, 'reboot')
          ? 'reboot'
          : 'shutdown'
    case 'shutdown':
    case 'openrc-shutdown':
      if (hasAny(options, 'c', 'k', 'help', 'show') || words.some((word) => /^\/a$/i.test(word))) return null
      return hasAny(options, 'r', 'reboot') || words.some((word) => /^\/[rg]$/i.test(word))
        ? 'reboot'
        : words.length === 0 && call.open === null
          ? 'shutdown'
          : 'shutdown'
    case 'init':
    case 'telinit':
      return words[0] === '6' ? 'reboot' : words[0] === '0' ? 'shutdown' : null
    case 'systemctl':
    case 'loginctl':
      return systemctl(call)
    case 'kexec':
      return hasAny(options, 'e', 'exec') ? 'reboot' : null
    case 'busctl':
    case 'dbus-send':
    case 'gdbus':
      return /\b(Reboot|SoftReboot)\b/.test(words.join(' '))
        ? 'reboot'
        : /\b(PowerOff|Halt)\b/.test(words.join(' '))
          ? 'shutdown'
          : null
    case 'ipmitool':
      return /\bpower (cycle|reset)\b/.test(words.join(' '))
        ? 'reboot'
        : /\bpower (off|soft)\b/.test(words.join(' '))
          ? 'shutdown'
          : null
    default:
      return sysrq(call)
  }
}

function systemctl(call: Call): Power {
  const { rest } = readOptions(call.args, {
    short: 'HMtpPonsS',
    long: [
      'host',
      'machine',
      'type',
      'property',
      'output',
      'lines',
      'signal',
      'message',
      'when',
      'root',
      'firmware-setup',
    ],
  })
  if (
    call.args.some(
      (arg, index) =>
        arg.text === '--when=cancel' || (arg.text === 'cancel' && call.args[index - 1]?.text === '--when'),
    )
  )
    return null
  const [verb, target] = rest.map((arg) => arg.text)
  const unit = /^(start|isolate)$/.test(verb ?? '') ? (target ?? '') : ''
  if (/^(reboot|kexec|soft-reboot)$/.test(verb ?? '') || /^(reboot|ctrl-alt-del|kexec)\.target$/.test(unit))
    return 'reboot'
  if (
    /^(poweroff|halt|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|exit)$/.test(verb ?? '') ||
    /^(poweroff|halt|shutdown|suspend|hibernate)\.target$/.test(unit)
  )
    return 'shutdown'
  return null
}

/** The kernel's own door: what is written there acts at once, without a sync. */
function sysrq(call: Call): Power {
  const written = call.redirects.some(({ target }) => target.text.endsWith('/proc/sysrq-trigger'))
  const teed = call.name === 'tee' && call.args.some((arg) => arg.text.endsWith('/proc/sysrq-trigger'))
  if (!written && !teed) return null
  const text = call.name === 'tee' ? (call.stdin?.read() ?? '') : call.args.map((arg) => arg.text).join(' ')
  // Syncing, help and the like do no harm; ending processes is no matter of power. A crash starts nothing again.
  if (/^\s*[hstmwlpqdzv0-9eijkfr]\s*$/.test(text)) return null
  return text.includes('o') && !isDynamic(text) ? 'shutdown' : 'reboot'
}
