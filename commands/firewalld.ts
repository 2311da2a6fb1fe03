import { lines, sh, type Script } from './shell.ts'

export type FirewalldFacts = {
  readonly running: boolean
  /** The zone of the interface by which we come in, or the default one. */
  readonly zone: string
  /** What it says at boot: `22/tcp`, `8000-8010/udp`; services as the ports they stand for. */
  readonly ports: readonly string[]
  readonly richRules: readonly string[]
  /** What happens to packets that nothing names; 'default' rejects. */
  readonly target: string
}

/** While it does not run, its files are asked by firewall-offline-cmd, which has the same words. */
export const printFirewalld: Script = lines(
  sh`command -v firewall-cmd > /dev/null || exit 0`,
  sh`if firewall-cmd --state > /dev/null 2>&1; then echo running; ask='firewall-cmd --permanent'; zone=$(firewall-cmd --get-default-zone); else ask=firewall-offline-cmd; zone=$(firewall-offline-cmd --get-default-zone); fi`,
  sh`device=$(ip -o route get "$(printf '%s\n' "$connection" | cut -d ' ' -f 1)" 2> /dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')`,
  sh`[ -z "$device" ] || zone=$(firewall-cmd --get-zone-of-interface="$device" 2> /dev/null || echo "$zone")`,
  sh`echo "zone $zone"`,
  sh`echo "target $($ask --zone="$zone" --get-target)"`,
  sh`for port in $($ask --zone="$zone" --list-ports); do echo "port $port"; done`,
  sh`for service in $($ask --zone="$zone" --list-services); do for port in $($ask --service="$service" --get-ports); do echo "port $port"; done; done`,
  sh`$ask --zone="$zone" --list-rich-rules | sed 's/^/rich /'`,
)

export function parseFirewalld(stdout: string): FirewalldFacts {
  const all = (key: string): string[] =>
    [...stdout.matchAll(new RegExp(`^${key} (.+)$`, 'gm'))].map(([, value = '']) => value.trim())
  return {
    running: /^running$/m.test(stdout),
    zone: all('zone')[0] ?? 'public',
    ports: [...new Set(all('port'))],
    richRules: all('rich'),
    target: all('target')[0] ?? 'default',
  }
}
