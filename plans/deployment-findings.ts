import { rootOf, type Application } from '../schema/application.ts'
import { wholeUnitName } from '../schema/unit.ts'
import { unitNames, type DeploymentSituation } from './deployment-wish.ts'

const leastBytes = 67_108_864
const littleBytes = 1_073_741_824

/** What stands in the way, as sentences; nothing is touched where there is any (spec DEPLOY-7). */
export function deploymentProblems(situation: DeploymentSituation): string[] {
  return [...problemsOfRoot(situation), ...problemsOfTools(situation), ...problemsOfUnits(situation)]
}

function problemsOfRoot({ application, facts, server }: DeploymentSituation): string[] {
  const root = rootOf(application)
  return [
    ...(facts.rootIsElsewhere ? [`The way to ${root} leads through a symbolic link.`] : []),
    ...(facts.root !== null && facts.root.kind !== 'directory'
      ? [`${root} is no directory (${facts.root.kind}).`]
      : []),
    ...(facts.current.kind === 'other'
      ? [`${root}/current is no link to a release; nobody knows what serves there.`]
      : []),
    ...(facts.userGroup !== null ? [] : [`There is no user ${server.user}.`]),
    ...(facts.freeBytes < leastBytes ? [`There is no room: ${mebibytes(facts.freeBytes)} are free at ${root}.`] : []),
    ...(facts.freeInodes < 1_000 ? [`There is no room: ${facts.freeInodes} inodes are free at ${root}.`] : []),
  ]
}

function problemsOfTools({ application, facts }: DeploymentSituation): string[] {
  const missing = toolsFor(application).filter((one) => !one.split(' or ').some((tool) => facts.tools.has(tool)))
  return missing.length === 0 ? [] : [`It lacks ${missing.join(', ')}.`]
}

/** Each a program, or several of which one is enough. */
function toolsFor({ artifact, health, units }: Application): string[] {
  const checks = [...health, ...units.flatMap((unit) => unit.health)]
  return [
    'systemctl',
    'sha256sum',
    'awk',
    'realpath',
    ...(artifact.source.startsWith('host:') ? [] : ['curl or wget']),
    ...(artifact.kind === 'tar.gz' ? ['tar', 'gzip'] : []),
    ...(artifact.kind === 'zip' ? ['unzip'] : []),
    ...(checks.some(({ http }) => http !== undefined) ? ['curl'] : []),
    ...(checks.some(({ command }) => command !== undefined) ? ['runuser'] : []),
  ]
}

function problemsOfUnits({ application, facts }: DeploymentSituation): string[] {
  return application.units.flatMap(({ name, file }) => {
    const unit = wholeUnitName(name)
    const found = facts.units.get(unit)
    if (found?.load === 'masked') return [`${unit} is masked, so that nothing can start it.`]
    if (file !== undefined || found?.load === 'loaded') return []
    return [`There is no unit ${unit}; the application can bring it, as "file".`]
  })
}

export function deploymentWarnings({ application, facts, previous }: DeploymentSituation): string[] {
  const { strategy, units } = application
  const kept = new Set(unitNames(application))
  const left = (previous === null ? [] : unitNames(previous)).filter((name) => !kept.has(name))
  return [
    ...(strategy.kind === 'recreate'
      ? ['Nobody answers between the stop of the old release and the start of the new one.']
      : []),
    ...(strategy.kind === 'rolling' && units.length === 1
      ? ['It has one unit: while that restarts, only a socket of systemd or another server answers.']
      : []),
    ...(left.length === 0 ? [] : [`${left.join(', ')} belonged to the old release and stays as it is.`]),
    ...(facts.freeBytes < littleBytes && facts.freeBytes >= leastBytes
      ? [`There is little room: ${mebibytes(facts.freeBytes)} are free.`]
      : []),
  ]
}

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MiB`
