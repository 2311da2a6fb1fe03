import type { Command } from '../schema/command.ts'
import type { FirewallRule } from '../schema/lockdown.ts'
import { restoreFile, saveFile, temporaryBeside, type Backup } from './backup.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { familyOf } from './firewall-rule.ts'
import { command, lines, must, sh, strict, type Script } from './shell.ts'

/** A table of our own: rules of others stay in theirs, and a packet has to pass all of them. */
export type NftTable = { readonly name: string; readonly unit: string; readonly files: readonly FileToWrite[] }

const owned = { owner: 'root', group: 'root' } as const

const ofNftables = '/etc/systemd/system/nftables.service.d'

/**
 * The file with the table, and the unit that loads it at boot and again when nftables.service starts anew, which empties
 * everything. Its reload does so too, and units have no order in which they reload: it gets a line more.
 */
function table(name: string, title: string, chains: readonly string[]): NftTable {
  const path = `/etc/drydock/${name}.nft`
  const unit = `drydock-${name}.service`
  const away = `/etc/drydock/${name}-away.nft`
  const content = [
    '# Written by Drydock.',
    `table inet drydock_${name}`,
    `delete table inet drydock_${name}`,
    `table inet drydock_${name} {`,
    ...chains.map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n')
  const service = [
    '# Written by Drydock.',
    '[Unit]',
    `Description=${title}`,
    'DefaultDependencies=no',
    'Wants=network-pre.target',
    'Before=network-pre.target shutdown.target',
    'After=local-fs.target nftables.service netfilter-persistent.service',
    'Conflicts=shutdown.target',
    'PartOf=nftables.service',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=nft -f ${path}`,
    `ExecReload=nft -f ${path}`,
    `ExecStop=nft -f ${away}`,
    '',
    '[Install]',
    'WantedBy=sysinit.target nftables.service',
    '',
  ].join('\n')
  return {
    name: `drydock_${name}`,
    unit,
    files: [
      { path, content, mode: '600', ...owned },
      { path: away, content: `table inet drydock_${name}\ndelete table inet drydock_${name}\n`, mode: '600', ...owned },
      {
        path: `${ofNftables}/${unit.replace('.service', '.conf')}`,
        content: `# Written by Drydock.\n[Service]\nExecReload=-nft -f ${path}\n`,
        mode: '644',
        ...owned,
      },
      { path: `/etc/systemd/system/${unit}`, content: service, mode: '644', ...owned },
    ],
  }
}

/** Where the files of a table are, whatever is in them. */
export const nftTablePaths = ['host', 'containers'].flatMap((name) => [
  `/etc/drydock/${name}.nft`,
  `/etc/drydock/${name}-away.nft`,
  `${ofNftables}/drydock-${name}.conf`,
  `/etc/systemd/system/drydock-${name}.service`,
])
export const nftTableUnits = ['drydock-host.service', 'drydock-containers.service'] as const

function statement(rule: FirewallRule, port: string): string {
  const from = rule.source === 'any' ? [] : [`${familyOf(rule) === 6 ? 'ip6' : 'ip'} saddr ${rule.source}`]
  const ports = rule.toPort === undefined ? `${rule.port}` : `${rule.port}-${rule.toPort}`
  return [...from, port.replace('PROTOCOL', rule.protocol), ports, rule.action === 'allow' ? 'accept' : 'drop'].join(
    ' ',
  )
}

/** What may come in to the host itself; neighbour discovery, answers and addresses by DHCP go on. */
export const hostTable = (rules: readonly FirewallRule[]): NftTable =>
  table('host', 'What may come in to this host', [
    'chain input {',
    '  type filter hook input priority filter + 5; policy drop;',
    '  iif "lo" accept',
    '  ct state established,related accept',
    '  ct state invalid drop',
    // ICMP of both families, by number: a minimal Debian has no /etc/protocols to look names up.
    '  meta l4proto { 1, 58 } accept',
    '  udp sport 67 udp dport 68 accept',
    '  udp dport 546 accept',
    ...containerBridges.map((name) => `  iifname "${name}" accept`),
    ...rules.map((rule) => `  ${statement(rule, 'PROTOCOL dport')}`),
    '}',
  ])

/** Interfaces behind which container engines put their networks. */
const containerBridges = ['docker*', 'br-*', 'podman*', 'cni*'] as const

/**
 * What may come in to the published ports of containers, which pass by the rules for the host. It stands before the
 * engine's own chains and leaves these as they are; the port that counts is the published one.
 */
export const containerTable = (rules: readonly FirewallRule[]): NftTable =>
  table('containers', 'What may come in to published ports of containers', [
    'chain forward {',
    '  type filter hook forward priority filter - 5; policy accept;',
    '  ct state established,related accept',
    ...containerBridges.map((name) => `  iifname "${name}" accept`),
    ...containerBridges.map((name) => `  oifname "${name}" ct status dnat jump published`),
    '}',
    'chain published {',
    ...rules.map((rule) => `  ${statement(rule, 'meta l4proto PROTOCOL ct original proto-dst')}`),
    '  drop',
    '}',
  ])

const paths = ({ files }: NftTable): string => files.map(({ path }) => path).join(' and ')
const kept = (backup: Backup, index: number): Backup => ({ ...backup, item: `${backup.item}-${index}` })

/** Exit 0 when its files are there, the kernel has the table, and the host loads it at boot. */
export const isTableLoaded = (wanted: NftTable): Command =>
  command({
    script: lines(
      ...wanted.files.map((file) => must(isLike(file))),
      must(sh`systemctl is-enabled --quiet -- ${wanted.unit}`),
      must(sh`nft list table inet ${wanted.name} > /dev/null`),
    ),
    shown: `compare ${paths(wanted)} and nft list table inet ${wanted.name}`,
    effect: 'read',
    category: 'system',
  })

/** Has nft test the new table, writes it and loads it: one transaction, in which no packet is lost. */
export const loadTable = (wanted: NftTable, backup: Backup): Command =>
  command({
    script: strict(
      sh`mkdir -p -m 755 /etc/drydock ${ofNftables}`,
      ...wanted.files.flatMap((file, index) => [
        saveFile(file.path, kept(backup, index)),
        replaceFile(
          file,
          fillWith(file),
          file.path.endsWith('.nft') ? sh`nft -c -f ${temporaryBeside(file.path)}` : undefined,
        ),
      ]),
      sh`systemctl daemon-reload`,
      sh`systemctl enable -- ${wanted.unit}`,
      sh`systemctl restart -- ${wanted.unit}`,
    ),
    shown: `test and write ${paths(wanted)} and load them`,
    effect: 'change',
    category: 'system',
    timeoutMs: 60_000,
  })

/** One that was there before is loaded again as it was. */
export const tableAsItWas = (wanted: NftTable, wasThere: boolean, backup: Backup): Command =>
  command({
    script: strict(
      ...(wasThere ? [] : [sh`systemctl disable --now -- ${wanted.unit} 2> /dev/null || :`]),
      ...wanted.files.map(({ path }, index) => restoreFile(path, kept(backup, index))),
      sh`systemctl daemon-reload`,
      ...(wasThere ? [sh`systemctl restart -- ${wanted.unit}`] : [removeEmpty]),
    ),
    shown: `restore ${paths(wanted)} as they were`,
    effect: 'change',
    category: 'system',
    timeoutMs: 60_000,
  })

const removeEmpty: Script = sh`for folder in /etc/drydock ${ofNftables}; do [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty -- "$folder"; done`
