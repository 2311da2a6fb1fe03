import { sh, type Script } from './shell.ts'

/** A value that protects, and those that protect as well and stay. */
export type Protection = { readonly name: string; readonly value: string; readonly orAlready?: readonly string[] }

const both = (name: string, value: string, orAlready: readonly string[] = []): Protection[] =>
  ['all', 'default'].map((which) => ({ name: name.replace('*', which), value, orAlready }))

/** After the CIS benchmarks of Debian and Ubuntu, sections 1.5 and 3.3; forwarding stays as it is, containers need it. */
export const protections: readonly Protection[] = [
  ...both('net.ipv4.conf.*.accept_redirects', '0'),
  ...both('net.ipv4.conf.*.secure_redirects', '0'),
  ...both('net.ipv4.conf.*.send_redirects', '0'),
  ...both('net.ipv4.conf.*.accept_source_route', '0'),
  // Loose: the strict form drops answers on hosts with several uplinks or a VPN.
  ...both('net.ipv4.conf.*.rp_filter', '2', ['1']),
  ...both('net.ipv6.conf.*.accept_redirects', '0'),
  ...both('net.ipv6.conf.*.accept_source_route', '0', ['-1']),
  { name: 'net.ipv4.icmp_echo_ignore_broadcasts', value: '1' },
  { name: 'net.ipv4.icmp_ignore_bogus_error_responses', value: '1' },
  { name: 'net.ipv4.tcp_syncookies', value: '1', orAlready: ['2'] },
  { name: 'net.core.bpf_jit_harden', value: '2' },
  { name: 'kernel.randomize_va_space', value: '2' },
  { name: 'kernel.kptr_restrict', value: '1', orAlready: ['2'] },
  { name: 'kernel.dmesg_restrict', value: '1' },
  { name: 'kernel.yama.ptrace_scope', value: '1', orAlready: ['2', '3'] },
  { name: 'fs.suid_dumpable', value: '0' },
  { name: 'fs.protected_hardlinks', value: '1' },
  { name: 'fs.protected_symlinks', value: '1' },
]

/** What a parameter is now; one that the kernel does not have is left out. */
export type KernelValue = { readonly value: string; readonly settable: boolean }

/** `sysctl` spells a slash in a name as a dot; these names have none. */
const pathOf = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`

/** In a container the files are read-only, which `test -w` tells root too. */
export const printKernelValues = (names: readonly string[]): Script =>
  sh`for file in ${names.map(pathOf)}; do [ -e "$file" ] && { [ -w "$file" ] && settable=yes || settable=no; echo "$settable $file $(cat "$file")"; }; done`

export const parseKernelValues = (stdout: string): ReadonlyMap<string, KernelValue> =>
  new Map(
    [...stdout.matchAll(/^(yes|no) \/proc\/sys\/(\S+) (.*)$/gm)].map(([, settable, path = '', value = '']) => [
      path.replaceAll('/', '.'),
      { value: value.trim().replaceAll(/\s+/g, ' '), settable: settable === 'yes' },
    ]),
  )
