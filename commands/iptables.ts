import { sh, type Script } from './shell.ts'

/** A chain of the filter table that packets come through: its policy and its rules. */
export type FilterChain = {
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP'
  readonly rules: readonly string[]
}

/** Prints the filter table of one address family. Run it as root. */
export const printFilterTable = (family: 'ipv4' | 'ipv6'): Script =>
  family === 'ipv4' ? sh`iptables-save -t filter` : sh`ip6tables-save -t filter`

/** Reads the built-in chains in the output of `iptables-save -t filter`. */
export const parseFilterTable = (stdout: string): readonly FilterChain[] =>
  [...stdout.matchAll(/^:(INPUT|FORWARD|OUTPUT) (ACCEPT|DROP) /gm)].map(([, name = '', policy]) => ({
    name,
    policy: policy === 'DROP' ? 'DROP' : 'ACCEPT',
    rules: [...stdout.matchAll(new RegExp(`^-A ${name} (.*)$`, 'gm'))].map(([, rule = '']) => rule),
  }))
