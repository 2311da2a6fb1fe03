import type { Backup } from '../commands/backup.ts'
import { isFileLike, restoreSavedFile, writeFile, type FileToWrite } from '../commands/file.ts'
import { allowTcp, showRule } from '../commands/firewall-rule.ts'
import { firewalldAsItWas, firewalldZoneFile, isFirewalldSet, setFirewalld } from '../commands/firewalld.ts'
import {
  containerTable,
  hostTable,
  isTableLoaded,
  loadTable,
  tableAsItWas,
  type NftTable,
} from '../commands/nft-table.ts'
import { hasRule, isLetIn, isTurnedAway, removableRules, strictDefaults, ufwFiles } from '../commands/ufw-rules.ts'
import {
  addUfwRules,
  areUfwRulesWritten,
  enableUfw,
  isUfwEnabled,
  removeUfwRules,
  restoreUfwRules,
  ufwOffAgain,
} from '../commands/ufw-setup.ts'
import { isThere } from '../commands/units.ts'
import type { FirewallRule } from '../schema/lockdown.ts'
import type { Step } from '../schema/plan.ts'
import type { LockdownSituation, LockdownWish } from './lockdown-wish.ts'

/** The port of SSH before all others, then what is wanted, and only then is the firewall turned on. */
export function setFirewall(situation: LockdownSituation, wanted: LockdownWish): Step[] {
  const containers = wanted.guardsContainers ? [guardContainers(situation, wanted)] : []
  switch (wanted.firewall) {
    case 'ufw':
      return [...setUfw(situation, wanted), ...containers]
    case 'firewalld':
      return [setByFirewalld(situation, wanted), ...containers]
    case 'nftables':
      return [setHostTable(situation, wanted), ...containers]
    case null:
      return []
    default:
      return wanted.firewall satisfies never
  }
}

const kept = ({ operationId }: LockdownSituation, item: string): Backup => ({ operationId, item })
const shown = (rules: readonly FirewallRule[]): string => rules.map(showRule).join(', ')

function setUfw(situation: LockdownSituation, wanted: LockdownWish): Step[] {
  return [
    ...strictByDefault(situation),
    allowSsh(situation, wanted),
    ...removeOthers(situation, wanted),
    ...allowOthers(situation, wanted),
    turnUfwOn(situation, wanted),
  ]
}

/** Its defaults as packaged are strict; only somebody's change to them needs a step. */
function strictByDefault(situation: LockdownSituation): Step[] {
  const found = situation.inspected.files.get(ufwFiles.defaults)
  if (found === undefined) return []
  const file: FileToWrite = { ...found.entry, path: ufwFiles.defaults, content: strictDefaults(found.content) }
  return [
    {
      id: 'firewall.defaults',
      title: 'Have ufw keep out what no rule lets in, over IPv4 and IPv6',
      as: 'root',
      check: isFileLike(file),
      apply: [writeFile(file, { backup: kept(situation, 'ufw-defaults') })],
      verify: isFileLike(file),
      undo: [restoreSavedFile(file.path, kept(situation, 'ufw-defaults'))],
      file: { path: file.path, before: found.content, after: file.content, mode: file.mode, owner: file.owner },
      alreadySo: found.content === file.content ? `${file.path} says so` : undefined,
    },
  ]
}

function allowSsh(situation: LockdownSituation, { sshPorts }: LockdownWish): Step {
  const lines = situation.inspected.firewall.ufw?.rules ?? []
  const client = situation.inspected.sshd.connection?.client ?? null
  const isIn = sshPorts.every((port) => isLetIn(lines, 4, port, client) && isLetIn(lines, 6, port, client))
  const where = sshPorts.some((port) => isTurnedAway(lines, port, client)) && !isIn ? 'first' : 'last'
  const rules = sshPorts.map(allowTcp)
  return {
    id: 'firewall.ssh',
    title: `Let SSH in: ${shown(rules)}`,
    as: 'root',
    check: areUfwRulesWritten(rules, where),
    apply: [addUfwRules(rules, where, kept(situation, 'ufw-ssh'))],
    verify: areUfwRulesWritten(rules, where),
    undo: [restoreUfwRules(kept(situation, 'ufw-ssh'))],
    alreadySo: isIn && rules.every((rule) => hasRule(lines, rule)) ? `ufw lets ${shown(rules)} in` : undefined,
  }
}

/** Only where it is asked for: rules that are there stay otherwise. */
function removeOthers(situation: LockdownSituation, { rules, sshPorts }: LockdownWish): Step[] {
  if (situation.settings.firewall.existing === 'keep') return []
  const others = removableRules(situation.inspected.firewall.ufw?.rules ?? [], [...sshPorts.map(allowTcp), ...rules])
  if (others.length === 0) return []
  const { check, apply } = removeUfwRules(others, kept(situation, 'ufw-others'))
  return [
    {
      id: 'firewall.others',
      title: `Remove the rules of others from ufw: ${others.map((words) => words.join(' ')).join('; ')}`,
      as: 'root',
      check,
      apply: [apply],
      verify: check,
      undo: [restoreUfwRules(kept(situation, 'ufw-others'))],
    },
  ]
}

function allowOthers(situation: LockdownSituation, { rules }: LockdownWish): Step[] {
  if (rules.length === 0) return []
  const lines = situation.inspected.firewall.ufw?.rules ?? []
  const missing = rules.filter((rule) => !hasRule(lines, rule))
  return [
    {
      id: 'firewall.rules',
      title: `Let in ${shown(rules)}`,
      as: 'root',
      check: areUfwRulesWritten(rules, 'last'),
      apply: [addUfwRules(missing.length === 0 ? rules : missing, 'last', kept(situation, 'ufw-rules'))],
      verify: areUfwRulesWritten(rules, 'last'),
      undo: [restoreUfwRules(kept(situation, 'ufw-rules'))],
      alreadySo: missing.length === 0 ? `ufw has rules for ${shown(rules)}` : undefined,
    },
  ]
}

function turnUfwOn(situation: LockdownSituation, { sshPorts }: LockdownWish): Step {
  const { ufw } = situation.inspected.firewall
  const unit = situation.inspected.units.get('ufw.service')
  return {
    id: 'firewall.on',
    title: 'Turn ufw on, now and at every boot',
    as: 'root',
    check: isUfwEnabled({ sshPorts }),
    apply: [enableUfw({ sshPorts }, kept(situation, 'ufw-on'))],
    verify: isUfwEnabled({ sshPorts }),
    undo: [
      ufw?.active === true ? restoreUfwRules(kept(situation, 'ufw-on')) : ufwOffAgain(unit, kept(situation, 'ufw-on')),
    ],
    alreadySo: ufw?.active === true && unit?.enabled === 'enabled' ? 'ufw is on' : undefined,
  }
}

function setByFirewalld(situation: LockdownSituation, { sshPorts, rules }: LockdownWish): Step {
  const { firewalld } = situation.inspected.firewall
  const goal = {
    zone: firewalld?.zone ?? 'public',
    rules: [...sshPorts.map(allowTcp), ...rules],
    runs: firewalld?.running === true,
  }
  return {
    id: 'firewall.firewalld',
    title: `Let in ${shown(goal.rules)}, by firewalld in its zone ${goal.zone}`,
    as: 'root',
    check: isFirewalldSet(goal),
    apply: [setFirewalld(goal, kept(situation, 'firewalld'))],
    verify: isFirewalldSet(goal),
    undo: [
      firewalldAsItWas(goal.zone, situation.inspected.units.get('firewalld.service'), kept(situation, 'firewalld')),
    ],
  }
}

function setHostTable(situation: LockdownSituation, { sshPorts, rules }: LockdownWish): Step {
  const { opened } = situation.inspected.firewall
  const all = [...sshPorts.map(allowTcp), ...rules, ...(situation.settings.firewall.existing === 'keep' ? opened : [])]
  return load(situation, hostTable(all), {
    id: 'firewall.host',
    title: `Let in ${shown(all)}, by a table of nftables of our own`,
  })
}

const guardContainers = (situation: LockdownSituation, { rules, sshPorts }: LockdownWish): Step =>
  load(situation, containerTable(rules.filter((rule) => !sshPorts.includes(rule.port))), {
    id: 'firewall.containers',
    title: 'Hold published ports of containers to the same rules, which they would pass by',
  })

function load(situation: LockdownSituation, table: NftTable, { id, title }: Pick<Step, 'id' | 'title'>): Step {
  const { units, files } = situation.inspected
  const wasThere = isThere(units.get(table.unit))
  const item = table.name.replace('_', '-')
  const [file] = table.files
  const isSo = table.files.every(({ path, content }) => files.get(path)?.content === content)
  return {
    id,
    title,
    as: 'root',
    check: isTableLoaded(table),
    apply: [loadTable(table, kept(situation, item))],
    verify: isTableLoaded(table),
    undo: [tableAsItWas(table, wasThere, kept(situation, item))],
    ...(file === undefined
      ? {}
      : {
          file: {
            path: file.path,
            before: files.get(file.path)?.content ?? null,
            after: file.content,
            mode: file.mode,
          },
        }),
    alreadySo:
      isSo && units.get(table.unit)?.active === 'active' ? `${file?.path} says so, and it is loaded` : undefined,
  }
}

/** What the steps above touch: for the host that restores itself. */
export function touchedByFirewall(
  situation: LockdownSituation,
  wanted: LockdownWish,
): { files: string[]; units: string[] } {
  const tables = [
    ...(wanted.firewall === 'nftables' ? [hostTable([])] : []),
    ...(wanted.guardsContainers ? [containerTable([])] : []),
  ]
  const zone = situation.inspected.firewall.firewalld?.zone ?? 'public'
  return {
    files: [
      ...(wanted.firewall === 'ufw' ? Object.values(ufwFiles) : []),
      ...(wanted.firewall === 'firewalld' ? [firewalldZoneFile(zone)] : []),
      ...tables.flatMap(({ files }) => files.map(({ path }) => path)),
    ],
    units: [
      ...(wanted.firewall === 'ufw' ? ['ufw.service'] : []),
      ...(wanted.firewall === 'firewalld' ? ['firewalld.service'] : []),
      ...tables.map(({ unit }) => unit),
    ],
  }
}
