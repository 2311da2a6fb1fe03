import type { Call } from '../reading/call.ts'
import { readOptions } from '../reading/options.ts'

const shape = {
  short: 'tAIDRPNXFsdijpmw',
  long: 'table append insert delete replace policy source destination in-interface out-interface protocol match jump dport sport dports sports destination-port source-port destination-ports state ctstate comment to-destination to-ports reject-with src-range set limit icmp-type icmpv6-type mac-source tcp-flags uid-owner'.split(
    ' ',
  ),
}

const everyone = /^(0\.0\.0\.0\/0|0\/0|::\/0|any)$/
/** By these a server is administered, found and used: nobody shuts them for everybody. */
const inUse = /(^|,)(22|ssh|2222|53|domain|80|http|443|https|8006|6443|25|587|993|1:65535|0:65535)(,|:|$)/
const wholeRange = /^[01]?:(65535)?$/
const built = /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING|DOCKER-USER)$/

/** What a rule of iptables does to everybody who is not named in it; null where it is about some. */
export function reachOfRule(call: Call): string | null {
  const { values, flags } = readOptions(call.args, shape)
  const texts = call.args.map(({ text }) => text)
  const of = (...names: readonly string[]): string | undefined =>
    names.flatMap((name) => values.get(name) ?? []).find(Boolean)?.text
  const chain = of('A', 'I', 'append', 'insert', 'R', 'replace')
  const removed = of('D', 'delete')
  if (removed !== undefined) return afterRemoval(removed, texts.join(' '))
  if (chain === undefined || !built.test(chain)) return null
  const jump = behind(texts, /^(-j|--jump|-g|--goto)$/)
  if (!flags.has('j') && jump === undefined) return null
  const negated = texts.includes('!')
  const some =
    [of('s', 'source'), of('d', 'destination')].some((address) => address !== undefined && !everyone.test(address)) ||
    texts.some((text) =>
      /^--(src-range|dst-range|mac-source|limit|limit-burst|match-set|set|update|string|uid-owner|gid-owner|icmp-type|icmpv6-type|tcp-flags|hitcount|connlimit-above|hashlimit\S*|sport|sports|source-port|name|hex-string|pkt-type|ctproto)$/.test(
        text,
      ),
    )
  const port = behind(texts, /^--(dports?|destination-ports?)$/)
  const state = behind(texts, /^--(ct)?state$/) ?? ''
  const device = behind(texts, /^(-i|-o|--(in|out)-interface)$/)
  if (jump === 'DROP' || jump === 'REJECT') {
    if (/INVALID/.test(state) || device === 'lo') return null
    if (negated && some) return 'It shuts everybody out whom it does not name.'
    if (some || (port !== undefined && !inUse.test(port) && !wholeRange.test(port))) return null
    return port === undefined && behind(texts, /^(-p|--protocol)$/) !== undefined && /udp|icmp/.test(texts.join(' '))
      ? /icmp/.test(texts.join(' '))
        ? null
        : 'It shuts everything of a protocol out.'
      : 'It shuts everybody out.'
  }
  if (jump === 'ACCEPT') {
    const opensAll = port === undefined || wholeRange.test(port) || /(^|,)[01]:65535/.test(port)
    return chain !== 'OUTPUT' &&
      !some &&
      opensAll &&
      state === '' &&
      device === undefined &&
      !negated &&
      !/icmp/.test(texts.join(' '))
      ? 'It lets in everybody, from anywhere.'
      : null
  }
  return (jump === 'REDIRECT' || jump === 'DNAT') && !some && /(^|,)(22|ssh)(,|$)/.test(port ?? '')
    ? 'It leads those who log in to somewhere else.'
    : null
}

/** What held something out, or let us in, is taken away. */
function afterRemoval(chain: string, text: string): string | null {
  if (
    /-j (DROP|REJECT)\b/.test(text) &&
    /^(INPUT|FORWARD|DOCKER-USER)$/.test(chain) &&
    !/(^|\s)(-s|--source) (?!0)/.test(text)
  )
    return 'It lets in whom it shut out.'
  if (/-j MASQUERADE\b|-j SNAT\b/.test(text)) return 'Nothing behind this machine reaches the network any more.'
  return /(ESTABLISHED|-i lo)\b.*-j ACCEPT|-j ACCEPT.*(ESTABLISHED|-i lo)\b/.test(text)
    ? 'It cuts connections, ours among them.'
    : null
}

const behind = (texts: readonly string[], option: RegExp): string | undefined => {
  const at = texts.findIndex((text) => option.test(text))
  return at < 0 ? undefined : texts[at + 1]
}

const toUs = /^(add|insert|create|replace)\s+rule\b.*?\s(input|output|forward|prerouting)\b(.*)$/i

/** The same of nft, of what stands in a rule behind its chain. */
export function reachOfStatement(text: string): string | null {
  if (/\b(add|create)?\s*chain\b.*\bhook\s+input\b.*policy\s+accept|^\s*chain\b.*policy\s+accept/i.test(text))
    return 'It lets everything in that no rule shuts out.'
  if (/\bchain\b.*\binput\b.*policy\s+drop/i.test(text) && !/\baccept\b/.test(text))
    return 'It shuts everybody out whom no rule lets in.'
  const [, , , words = ''] = toUs.exec(text.trim()) ?? []
  const matches = words.replaceAll(/\b(counter|log(\s+prefix\s+\S+)?|comment\s+\S+|position\s+\d+|index\s+\d+)\b/g, ' ')
  if (!/\b(drop|reject)\b/.test(matches)) return null
  if (/\b(ip6?|ether)\s+[sd]addr\s*!=/.test(matches)) return 'It shuts everybody out whom it does not name.'
  if (/\b[sd]addr\b|@\w|\binvalid\b|\biif(name)?\b|limit\b|\bicmp/.test(matches)) return null
  const [, port] = /\bdport\s+(\{[^}]*\}|\S+)/.exec(matches) ?? []
  return port === undefined || inUse.test(port.replaceAll(/[{}\s]/g, '')) ? 'It shuts everybody out.' : null
}
