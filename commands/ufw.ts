import { sh, type Script } from './shell.ts'

export type UfwRule = { readonly to: string; readonly action: string; readonly from: string }
export type UfwStatus = {
  readonly active: boolean
  /** What happens to packets that no rule names: 'deny', 'reject', 'allow', 'disabled'; null where ufw is not active. */
  readonly defaults: { readonly incoming: string; readonly outgoing: string; readonly routed: string } | null
  readonly rules: readonly UfwRule[]
}

/** Prints ufw's state, defaults and rules. Run it as root. */
export const printUfwStatus: Script = sh`ufw status verbose`

/** Reads the output of `ufw status verbose`. */
export function parseUfwStatus(stdout: string): UfwStatus {
  const [, incoming, outgoing, routed] =
    /^Default: (\w+) \(incoming\), (\w+) \(outgoing\), (\w+) \(routed\)/m.exec(stdout) ?? []
  return {
    active: /^Status: active$/m.test(stdout),
    defaults:
      incoming === undefined || outgoing === undefined || routed === undefined ? null : { incoming, outgoing, routed },
    rules: [...stdout.matchAll(/^(\S.*?)\s{2,}((?:ALLOW|DENY|REJECT|LIMIT)(?: (?:IN|OUT|FWD))?)\s+(\S.*?)\s*$/gm)].map(
      ([, to = '', action = '', from = '']) => ({ to, action, from: from.replace(/\s+#.*$/, '') }),
    ),
  }
}
