import { type FilterChain, parseFilterTable, printFilterTable } from '../iptables.ts'
import { type NftChain, parseNftRuleset, printNftRuleset } from '../nft.ts'
import { lines, sh, type Script } from '../shell.ts'
import { parseUfwStatus, printUfwStatus, type UfwStatus } from '../ufw.ts'
import type { Answer, Reading } from './reading.ts'

const missing = 3

/** Asks a tool that may not be there. */
const asking = (tool: string, question: Script): Script =>
  lines(sh`command -v ${tool} > /dev/null || exit ${missing}`, question)

const orNull =
  <T>(parse: (text: string) => T) =>
  ({ text, exitCode }: Answer): T | null =>
    exitCode === 0 ? parse(text) : null

/** The kernel's own rules; null where there is no nft to ask. */
export const nftRuleset: Reading<readonly NftChain[] | null> = {
  name: 'nft',
  script: asking('nft', printNftRuleset),
  needsRoot: true,
  parse: orNull(parseNftRuleset),
}

/** The filter table of IPv4 as iptables sees it; null where there is no iptables. */
export const iptables4: Reading<readonly FilterChain[] | null> = {
  name: 'iptables-4',
  script: asking('iptables-save', printFilterTable('ipv4')),
  needsRoot: true,
  parse: orNull(parseFilterTable),
}

export const iptables6: Reading<readonly FilterChain[] | null> = {
  name: 'iptables-6',
  script: asking('ip6tables-save', printFilterTable('ipv6')),
  needsRoot: true,
  parse: orNull(parseFilterTable),
}

export const ufwStatus: Reading<UfwStatus | null> = {
  name: 'ufw',
  script: asking('ufw', printUfwStatus),
  needsRoot: true,
  parse: orNull(parseUfwStatus),
}

/** Whether the host speaks IPv6 at all. */
export const hasIpv6: Reading<boolean> = {
  name: 'ipv6',
  script: sh`cat /proc/net/if_inet6`,
  needsRoot: false,
  parse: ({ text }) => text.split('\n').some((line) => line !== '' && !line.endsWith(' lo')),
}
