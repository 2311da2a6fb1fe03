import { nftRuleset } from '../../commands/audit/firewall.ts'
import { publishedPorts, sockets } from '../../commands/audit/network.ts'
import type { NftChain } from '../../commands/nft.ts'
import { isLocalOnly, type ListeningSocket } from '../../commands/ss.ts'
import { type Area, type Check, cis, noneOf, notApplicable, pass, passIf, unreadable, warn, listed } from './check.ts'

const shown = ({ protocol, address, port, program }: ListeningSocket): string =>
  `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}${program === null ? '' : ` ${program}`}`

const noSockets = unreadable('ss gave no answer')

/** Those that others reach as far as the address goes; what a firewall does is another check's business. */
const open = (all: readonly ListeningSocket[]): readonly ListeningSocket[] => all.filter((one) => !isLocalOnly(one))

type Ports = Pick<Check, 'id' | 'title' | 'severity' | 'remedy' | 'reference'> & {
  readonly ports: ReadonlySet<number>
  readonly kind: string
}

/** Nothing of a kind may listen where others reach it. */
const notOpen = ({ ports, kind, ...check }: Ports): Check => ({
  ...check,
  setting: `addresses that ${kind} listen on`,
  wanted: 'none but 127.0.0.1 and ::1',
  reads: [sockets],
  judge(see) {
    const all = see(sockets)
    if (all === null) return noSockets
    const found = open(all).filter(({ port }) => ports.has(port))
    return noneOf(found.map(shown), { none: `ss: no ${kind} listen to others`, some: `${kind} that others reach` })
  },
})

const isSsh = ({ protocol, port, program }: ListeningSocket): boolean =>
  protocol === 'tcp' && (port === 22 || program?.startsWith('sshd') === true)

/** Lockdown's chain, or the one that Docker leaves to others, where it drops something. */
const holdsContainers = ({ table, name, rules }: NftChain): boolean =>
  (name === 'DOCKER-USER' || (name === 'published' && table === 'drydock_containers')) &&
  rules.some((rule) => /\b(drop|reject)\b/.test(rule))

/** What others can reach from outside. */
export const network: Area = {
  area: 'network',
  checks: [
    notOpen({
      id: 'network.clear-text',
      title: 'No passwords cross the network in clear text',
      severity: 'high',
      ports: new Set([21, 23, 69, 110, 143, 512, 513, 514]),
      kind: 'services of clear text',
      remedy: 'Stop and disable them; SSH, SFTP and TLS take their place.',
    }),
    notOpen({
      id: 'network.databases',
      title: 'No database is open to others',
      severity: 'high',
      ports: new Set([
        1433, 1521, 3306, 5432, 5984, 6379, 7474, 8086, 9042, 9200, 9300, 11_211, 27_017, 27_018, 28_015, 33_060,
      ]),
      kind: 'databases',
      remedy: 'Have them listen on 127.0.0.1, or let the firewall name who may reach them.',
    }),
    notOpen({
      id: 'network.control-ports',
      title: 'Nobody can steer the host over an open control port',
      severity: 'critical',
      ports: new Set([2375, 2379, 2380, 8500, 10_250, 10_255]),
      kind: 'control ports of containers and clusters',
      remedy: 'Close them, or demand certificates of who connects.',
    }),
    notOpen({
      id: 'network.file-sharing',
      title: 'No file shares are open to everybody',
      severity: 'medium',
      ports: new Set([111, 137, 138, 139, 445, 548, 873, 2049]),
      kind: 'file shares',
      remedy: 'Stop them where nobody needs them, else let the firewall name who may reach them.',
      reference: cis('2.1.9, 2.1.12 to 2.1.14'),
    }),
    {
      id: 'network.listening',
      title: 'Only what this server is for listens to others',
      severity: 'low',
      setting: 'ports that listen to others',
      wanted: 'SSH, and what is known to be needed',
      reads: [sockets],
      judge(see) {
        const all = see(sockets)
        if (all === null) return noSockets
        const others = open(all).filter((one) => !isSsh(one))
        return others.length === 0
          ? pass(`ss: ${listed(open(all).map(shown))}`, 'SSH alone')
          : warn(`besides SSH:\n${listed(others.map(shown))}`, `${others.length} more`)
      },
      remedy: 'Stop what nobody needs, and let the firewall allow the rest by name.',
      reference: cis('2.1.22'),
    },
    {
      id: 'network.published-ports',
      title: 'No container is reached past the firewall',
      severity: 'high',
      setting: 'ports that Docker publishes',
      wanted: 'on 127.0.0.1, or none',
      reads: [publishedPorts, nftRuleset],
      judge(see) {
        const published = see(publishedPorts)
        if (published === null) return notApplicable('there is no Docker here')
        const past = published.filter(({ mapping }) => !/^(127\.|\[::1\])/.test(mapping))
        const held = see(nftRuleset)?.find(holdsContainers)
        if (past.length > 0 && held !== undefined)
          return pass(`nft: table ${held.family} ${held.table}, chain ${held.name} decides on them`, 'held to rules')
        return past.length === 0
          ? pass(`docker ps: ${published.length} published ports, none of them open to others`, 'none')
          : warn(
              `Docker lets these in before ufw is asked:\n${listed(past.map(({ container, mapping }) => `${container} ${mapping}`))}`,
              `${past.length}`,
            )
      },
      remedy: 'Publish on 127.0.0.1 (-p 127.0.0.1:8080:80), or filter in the chain DOCKER-USER.',
      fix: 'lockdown',
    },
    {
      id: 'network.ssh-listens',
      title: 'The way in is there',
      severity: 'medium',
      setting: 'port of SSH',
      wanted: 'listening',
      reads: [sockets],
      judge(see) {
        const all = see(sockets)
        if (all === null) return noSockets
        const doors = all.filter(isSsh)
        if (doors.length === 0 && all.some(({ program }) => program === null))
          return unreadable('ss does not name the programs without root, and none listens on port 22')
        return passIf(
          doors.length > 0,
          doors.length > 0 ? `ss: ${listed(doors.map(shown))}` : 'ss: no SSH listens on port 22 or by its name',
          doors.length > 0 ? 'listening' : 'not seen',
        )
      },
      remedy: 'Look at the unit ssh.service, and at the ports that sshd -T names.',
    },
  ],
}
