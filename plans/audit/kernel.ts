import { kernelParameters } from '../../commands/audit/kernel.ts'
import { publishedPorts } from '../../commands/audit/network.ts'
import { container } from '../../commands/audit/units.ts'
import { protections } from '../../commands/kernel-parameters.ts'
import type { Risk } from '../../schema/guard.ts'
import { type Area, type Check, cis, fail, notApplicable, pass, unreadable, warn } from './check.ts'

type Parameter = {
  readonly id: string
  readonly title: string
  readonly severity: Risk
  readonly names: readonly string[]
  /** Values that are good; the first is the one that is recommended. */
  readonly good: readonly string[]
  readonly section?: string
}

const ofAll = (name: string, family: 'ipv4' | 'ipv6' = 'ipv4'): readonly string[] => [
  `net.${family}.conf.all.${name}`,
  `net.${family}.conf.default.${name}`,
]

const parameters: readonly Parameter[] = [
  {
    id: 'address-space',
    title: 'Programs lie at random addresses',
    severity: 'high',
    names: ['kernel.randomize_va_space'],
    good: ['2'],
    section: '1.5.1',
  },
  {
    id: 'ptrace',
    title: 'Programs cannot look into others',
    severity: 'low',
    names: ['kernel.yama.ptrace_scope'],
    good: ['1', '2', '3'],
    section: '1.5.2',
  },
  {
    id: 'core-dumps',
    title: "Programs with others' rights leave no memory behind",
    severity: 'medium',
    names: ['fs.suid_dumpable'],
    good: ['0'],
    section: '1.5.3',
  },
  {
    id: 'hard-links',
    title: "Nobody links others' files",
    severity: 'medium',
    names: ['fs.protected_hardlinks'],
    good: ['1'],
  },
  {
    id: 'symbolic-links',
    title: 'Links in shared directories lead nobody astray',
    severity: 'medium',
    names: ['fs.protected_symlinks'],
    good: ['1'],
  },
  {
    id: 'pointers',
    title: "The kernel's addresses are kept from users",
    severity: 'low',
    names: ['kernel.kptr_restrict'],
    good: ['1', '2'],
  },
  {
    id: 'messages',
    title: "The kernel's messages are kept from users",
    severity: 'low',
    names: ['kernel.dmesg_restrict'],
    good: ['1'],
  },
  {
    id: 'syn-cookies',
    title: 'A flood of half-open connections does no harm',
    severity: 'medium',
    names: ['net.ipv4.tcp_syncookies'],
    good: ['1', '2'],
    section: '3.3.10',
  },
  {
    id: 'redirects',
    title: 'Nobody tells the host another way',
    severity: 'medium',
    names: [...ofAll('accept_redirects'), ...ofAll('accept_redirects', 'ipv6')],
    good: ['0'],
    section: '3.3.5',
  },
  {
    id: 'secure-redirects',
    title: 'Not even gateways tell the host another way',
    severity: 'low',
    names: ofAll('secure_redirects'),
    good: ['0'],
    section: '3.3.6',
  },
  {
    id: 'send-redirects',
    title: 'The host tells nobody another way',
    severity: 'low',
    names: ofAll('send_redirects'),
    good: ['0'],
    section: '3.3.2',
  },
  {
    id: 'source-routes',
    title: 'Packets do not choose their own way',
    severity: 'medium',
    names: [...ofAll('accept_source_route'), ...ofAll('accept_source_route', 'ipv6')],
    good: ['0', '-1'],
    section: '3.3.8',
  },
  {
    id: 'reverse-path',
    title: 'Packets with a false sender are dropped',
    severity: 'medium',
    names: ofAll('rp_filter'),
    good: ['1', '2'],
    section: '3.3.7',
  },
  {
    id: 'strange-packets',
    title: 'Packets that cannot be are logged',
    severity: 'low',
    names: ofAll('log_martians'),
    good: ['1'],
    section: '3.3.9',
  },
  {
    id: 'broadcast-pings',
    title: 'Pings to everybody are not answered',
    severity: 'low',
    names: ['net.ipv4.icmp_echo_ignore_broadcasts'],
    good: ['1'],
    section: '3.3.4',
  },
  {
    id: 'bogus-answers',
    title: 'False answers do not fill the log',
    severity: 'low',
    names: ['net.ipv4.icmp_ignore_bogus_error_responses'],
    good: ['1'],
    section: '3.3.3',
  },
]

const forwarding = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding']
const reading = kernelParameters([...parameters.flatMap(({ names }) => names), ...forwarding].toSorted())

/** What of the kernel belongs to the machine, so that a container can only take it as it is. */
const isOfMachine = (name: string): boolean => /^(kernel|fs)\./.test(name)

const isSetByLockdown = (name: string): boolean => protections.some((protection) => protection.name === name)

const toCheck = ({ id, title, severity, names, good, section }: Parameter): Check => ({
  id: `kernel.${id}`,
  title,
  severity,
  setting: names.join(', '),
  wanted: good.length === 1 ? `${good[0]}` : `${good[0]} (or ${good.slice(1).join(', ')})`,
  reads: [reading, container],
  judge(see) {
    const inside = see(container)
    if (inside !== null && names.every(isOfMachine))
      return notApplicable(`it belongs to the machine that this container (${inside}) runs on`)
    const found = names.flatMap((name) => {
      const value = see(reading).get(name)
      return value === undefined ? [] : [{ name, value }]
    })
    if (found.length === 0) return unreadable(`this kernel does not show ${names.join(', ')}`)
    const evidence = found.map(({ name, value }) => `${name} = ${value}`).join('\n')
    const bad = found.filter(({ value }) => !good.includes(value))
    return bad.length === 0
      ? pass(evidence, found[0]?.value ?? '')
      : fail(evidence, bad.map(({ name, value }) => `${name} = ${value}`).join(', '))
  },
  remedy: `Set ${names.map((name) => `${name}=${good[0]}`).join(', ')} in a file of /etc/sysctl.d, and run: sysctl --system.`,
  ...(names.every(isSetByLockdown) ? { fix: 'lockdown' as const } : {}),
  ...(section === undefined ? {} : { reference: cis(section) }),
})

/** Kernel parameters as they are in force. */
export const kernel: Area = {
  area: 'kernel',
  checks: [
    ...parameters.map(toCheck),
    {
      id: 'kernel.forwarding',
      title: 'The host is no router',
      severity: 'low',
      setting: forwarding.join(', '),
      wanted: '0, unless containers or a tunnel need it',
      reads: [reading, publishedPorts],
      judge(see) {
        const values = forwarding.flatMap((name) => {
          const value = see(reading).get(name)
          return value === undefined ? [] : [{ name, value }]
        })
        if (values.length === 0) return unreadable('this kernel does not show them')
        const evidence = values.map(({ name, value }) => `${name} = ${value}`).join('\n')
        const isOn = values.some(({ value }) => value !== '0')
        if (isOn && see(publishedPorts) !== null) return notApplicable(`Docker needs it:\n${evidence}`)
        return isOn ? warn(evidence, 'on') : pass(evidence, 'off')
      },
      remedy: 'Set net.ipv4.ip_forward=0 in a file of /etc/sysctl.d, and run: sysctl --system.',
      reference: cis('3.3.1'),
    },
  ],
}
