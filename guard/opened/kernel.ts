import { effectsOf } from '../effects/effects.ts'
import type { Call } from '../reading/call.ts'
import { readable } from '../reading/marks.ts'
import { writtenText } from '../rules/written-text.ts'
import type { Opened } from './files.ts'

/** Settings of the kernel, and the values with which a machine forwards, answers, starts or keeps nothing any more. */
const knobs: readonly (readonly [key: string, value: string])[] = [
  [String.raw`net\.ipv4\.ip_forward|net\.ipv[46]\.conf\.[^.=\s]+\.forwarding`, '0'],
  [String.raw`net\.ipv6\.conf\.[^.=\s]+\.disable_ipv6`, '1'],
  [String.raw`net\.ipv4\.icmp_echo_ignore_all`, '1'],
  [String.raw`net\.core\.somaxconn|net\.ipv4\.tcp_max_syn_backlog|net\.ipv4\.tcp_max_orphans`, String.raw`\d{1,2}`],
  [String.raw`net\.(?:netfilter\.|ipv4\.)?(?:netfilter\.ip_|nf_)conntrack_max`, String.raw`\d{1,4}`],
  [String.raw`kernel\.randomize_va_space|fs\.protected_(?:hardlinks|symlinks|fifos|regular)`, '0'],
  [String.raw`kernel\.modules_disabled|fs\.suid_dumpable|vm\.panic_on_oom`, '1'],
  [String.raw`kernel\.pid_max|kernel\.threads-max|fs\.file-max|fs\.nr_open`, String.raw`\d{1,4}`],
  [String.raw`vm\.nr_hugepages`, String.raw`\d{6,}`],
  [String.raw`vm\.min_free_kbytes`, String.raw`\d{8,}`],
  [
    String.raw`kernel\.core_pattern|kernel\.modprobe|kernel\.hotplug`,
    String.raw`\|?\/(?:tmp|var\/tmp|dev\/shm|home)\/.*`,
  ],
]

/** `KEY = VALUE` of sysctl and of its files. */
export const badKnob = new RegExp(
  String.raw`(?:^|[\s'"])(?:${knobs.map(([key, value]) => `(?:${key})\\s*=\\s*["']?(?:${value})`).join('|')})["']?(?=\s|$)`,
  'm',
)

type Control = { readonly path: RegExp; readonly says: RegExp; readonly because: string }

const gone = 'The kernel takes a device out of use, under whatever uses it.'
const fewer = 'The kernel takes processors or memory out of use.'

/** Files of /sys, /proc and /dev by which the kernel is told to take something out of use. */
const controls: readonly Control[] = [
  { path: /^\/sys\/devices\/system\/cpu\/.*\/online$/, says: /^0/, because: fewer },
  { path: /^\/sys\/devices\/system\/cpu\/smt\/control$/, says: /^(force)?off/, because: fewer },
  { path: /^\/sys\/devices\/system\/memory\/.*\/(state|online)$/, says: /^(0|offline)/, because: fewer },
  {
    path: /^\/sys\/.*\/(remove\w*|unbind|delete|delete_controller|reset|reset_controller|host_reset|issue_lip|unregister|detach)$/,
    says: /\S/,
    because: gone,
  },
  { path: /^\/sys\/.*\/bcache[^/]*\/(.*\/)?stop$|^\/sys\/fs\/bcache\/.*\/stop$/, says: /^1/, because: gone },
  { path: /^\/sys\/.*\/(authorized|carrier|sriov_numvfs)$/, says: /^0/, because: gone },
  { path: /^\/sys\/.*\/device\/state$/, says: /^offline|^blocked/, because: gone },
  { path: /^\/sys\/.*\/md\/dev-[^/]+\/state$/, says: /^(faulty|remove)/, because: gone },
  { path: /^\/proc\/scsi\/scsi$/, says: /remove-single-device/, because: gone },
  { path: /^\/sys\/class\/hwmon\/.*\/pwm\d+$/, says: /^0/, because: 'It stops a fan.' },
  {
    path: /^\/sys\/fs\/selinux\/(enforce|disable)$|^\/selinux\/enforce$/,
    says: /\S/,
    because: 'Nothing holds programs to what they may do any more.',
  },
  {
    path: /^\/sys\/fs\/cgroup\/.*\.slice(\/.*)?\/(memory\.(max|high|limit_in_bytes)|pids\.max|cpu\.max)$/,
    says: /^\d{1,8}([KM]|\s|$)/,
    because: 'It leaves a whole slice of the machine next to nothing.',
  },
  { path: /^\/dev\/watchdog\d*$/, says: /\S/, because: 'The machine restarts when nobody writes there again.' },
  {
    path: /^\/sys\/kernel\/debug\/provoke-crash\/|^\/sys\/class\/tpm\/.*\/ppi\/request$/,
    says: /\S/,
    because: 'It ends the kernel, or clears what keys are sealed with.',
  },
]

/** What a call tells the kernel by writing into its files, with which it takes something out of use. */
export function tellsKernel(call: Call): Opened | null {
  if (call.redirects.length === 0 && !writers.has(call.name)) return null
  let text: string | null | undefined
  for (const { path, how } of effectsOf(call)) {
    if (!ofKernel.test(path) || (how !== 'replaces' && how !== 'appends')) continue
    text ??= (writtenText(call) ?? call.args.map((arg) => arg.text).join(' ')).trim()
    const [, key] = /^\/proc\/sys\/(.+)$/.exec(path) ?? []
    if (key !== undefined && badKnob.test(`${key.replaceAll('/', '.')}=${text}`))
      return { because: 'With that setting the machine does not work as it did.', targets: [readable(path)] }
    for (const control of controls)
      if (control.path.test(path) && control.says.test(text))
        return { because: control.because, targets: [readable(path)] }
  }
  return null
}

const writers = new Set(['tee', 'dd', 'cp'])
const ofKernel = /^\/(sys|proc|dev\/watchdog|selinux)/
