import { sh, type Script } from './shell.ts'

/** A chain of the kernel's ruleset. Only base chains have a hook; without a policy of its own one accepts. */
export type NftChain = {
  readonly family: string
  readonly table: string
  readonly name: string
  readonly type: string | null
  readonly hook: string | null
  readonly policy: 'accept' | 'drop'
  readonly rules: readonly string[]
}

/** Prints every table of both address families, those of iptables-nft among them, without counters. Run it as root. */
export const printNftRuleset: Script = sh`nft -s list ruleset`

/** Reads the output of `nft -s list ruleset`, where a table stands at the margin and its chains one tab in. */
export function parseNftRuleset(stdout: string): readonly NftChain[] {
  return [...stdout.matchAll(/^table (\S+) (\S+) \{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, family = '', table = '', body = '']) =>
      [...body.matchAll(/^\tchain (\S+) \{\n([\s\S]*?)^\t\}/gm)].map(([, name = '', text = '']) => {
        const [, type = null, hook = null] = /^\s*type (\S+) hook (\S+)/m.exec(text) ?? []
        const rules = text
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '' && !/^(type \S+ hook|comment |#)/.test(line))
        const policy = /\bpolicy drop;/.test(text) ? 'drop' : 'accept'
        return { family, table, name, type, hook, policy, rules }
      }),
  )
}
