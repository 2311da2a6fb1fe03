import type { LabHost } from '../../lab/index.ts'
import { run } from '../../lab/run.ts'
import { say } from './witness.ts'

/** What is written on a server, and what of it is in force. Lines; the server's own address and ours have names. */
export type ServerState = { readonly written: readonly string[]; readonly inForce: readonly string[] }

const units = 'ssh.service ssh.socket ufw.service fail2ban.service nftables.service unattended-upgrades.service'

/** Files of /etc by hash, owner and mode; settings of sshd for both users, firewall, units and kernel. From inside, past SSH. */
export async function stateOf(host: LabHost): Promise<ServerState> {
  const gateway = host.address.replace(/\d+$/, (last) => String(Number(last) - 1))
  const written = await say(
    host,
    `cd /etc
    find . -xdev -type f ! -name '*-' ! -name .pwd.lock -exec sha256sum {} + > /run/state-hashes
    for file in $(grep -rlF ${gateway} . 2> /dev/null); do
      sed -i "\\\\:  $file\\$:d" /run/state-hashes
      printf '%s  %s\\n' "$(sed 's/${gateway}/GATEWAY/g' $file | sha256sum | cut -c 1-64)" $file >> /run/state-hashes
    done
    cat /run/state-hashes; rm /run/state-hashes
    find . -xdev ! -name '*-' ! -name .pwd.lock -printf '%M %U:%G %p %l\\n'`,
  )
  const inForce = await say(
    host,
    `for user in root app; do sshd -T -C user=$user,host=${gateway},addr=${gateway},laddr=${host.address},lport=22 | sed "s/^/$user: /"; done
    for unit in ${units}; do printf '%s %s\\n' $unit "$(systemctl is-active $unit)"; done
    sysctl -a 2> /dev/null | grep -E '^net\\.ipv[46]\\.(conf\\.(all|default|host0)\\.|tcp_syncookies|icmp)'`,
  )
  return { written: lines(written).toSorted(), inForce: [...lines(inForce), ...(await rulesOf(host))] }
}

/** The kernel's rules of both families, seen from this machine: the server's tools have no say. Counters aside. */
async function rulesOf(host: LabHost): Promise<string[]> {
  const ended = await run('nsenter', ['--target', String(await host.pid()), '--net', 'nft', '-s', 'list', 'ruleset'])
  if (ended.exitCode !== 0) throw new Error(`the rules of ${host.name} cannot be read: ${ended.stderr}`)
  return lines(withoutIdle(ended.stdout))
}

/** Chains that let everything through as if they were not there, and tables of nothing else: iptables makes them by looking. */
export const withoutIdle = (ruleset: string): string =>
  ruleset
    .replace(/^#.*\n/gm, '')
    .replace(/^\tchain \S+ \{\n(\t\ttype .*; policy accept;\n)?\t\}\n\n?/gm, '')
    .replace(/^table \S+ \S+ \{\n\}\n/gm, '')

/** Lines that differ between any two servers: their keys, names and the key that lets us in. */
const ofEach = /(\.\/ssh\/ssh_host_\S+|\.\/machine-id|\.\/hostname|\.\/hosts|\.\/resolv\.conf)$/

/** As it would be on any other server that was made of the same files. */
export const onAnyServer = ({ written, inForce }: ServerState): ServerState => ({
  written: written.filter((line) => !(/^[0-9a-f]{64} /.test(line) && ofEach.test(line))),
  inForce,
})

/** What a look has and another does not, either way; nothing where both are the same. */
export const differences = (is: readonly string[], wanted: readonly string[]): string[] => [
  ...is.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
  ...wanted.filter((line) => !is.includes(line)).map((line) => `- ${line}`),
]

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')
