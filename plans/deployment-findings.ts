import { rootOf, type Application } from '../schema/application.ts'
import { membersIn } from '../commands/nginx.ts'
import { instancesOf } from './deployment-instances.ts'
import { proxyOf } from './deployment-proxy.ts'
import { deploymentQuestions, unitNames, type DeploymentSituation } from './deployment-wish.ts'

const leastBytes = 67_108_864
const littleBytes = 1_073_741_824

/** What stands in the way, as sentences; nothing is touched where there is any (spec DEPLOY-7). */
export function deploymentProblems(situation: DeploymentSituation): string[] {
  return [
    ...problemsOfRoot(situation),
    ...problemsOfTools(situation),
    ...problemsOfUnits(situation),
    ...problemsOfProxy(situation),
    ...problemsOfCanary(situation),
  ]
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
function toolsFor({ artifact, health, units, proxy }: Application): string[] {
  const checks = [...health, ...units.flatMap((unit) => unit.health)]
  return [
    'systemctl',
    'sha256sum',
    'awk',
    'realpath',
    ...(proxy === undefined ? [] : ['nginx']),
    ...(artifact.source.startsWith('host:') ? [] : ['curl or wget']),
    ...(artifact.kind === 'tar.gz' ? ['tar', 'gzip'] : []),
    ...(artifact.kind === 'zip' ? ['unzip'] : []),
    ...(checks.some(({ http }) => http !== undefined) ? ['curl'] : []),
    ...(checks.some(({ command }) => command !== undefined) ? ['runuser'] : []),
  ]
}

function problemsOfUnits({ application, facts, server }: DeploymentSituation): string[] {
  const { units } = deploymentQuestions(application, server.user)
  return units.flatMap(({ name, of, file }) => {
    const found = facts.units.get(name)
    if (found?.load === 'masked') return [`${name} is masked, so that nothing can start it.`]
    if (file !== undefined || found?.load === 'loaded') return []
    return [`There is no unit ${of}; the application can bring it, as "file".`]
  })
}

function problemsOfCanary({ application, part }: DeploymentSituation): string[] {
  const { strategy, proxy } = application
  return strategy.kind === 'canary' && proxy === undefined && part === undefined
    ? ['A canary on one server needs instances and a proxy.']
    : []
}

function problemsOfProxy({ application, facts, server }: DeploymentSituation): string[] {
  const proxy = proxyOf(application)
  if (proxy === null) return []
  const members = membersIn(facts.proxy.file ?? '')
  const moved = instancesOf(application, server.user).filter(({ name, port }) =>
    members.some((member) => member.name === name && member.port !== port),
  )
  return [
    ...(facts.tools.has('nginx') && !facts.proxy.runs ? ['nginx does not run.'] : []),
    ...moved.map(
      ({ name }) =>
        `${name} gets requests at another port than ${application.name} gives it now; change the port of an idle one.`,
    ),
  ]
}

export function deploymentWarnings({ application, facts, previous }: DeploymentSituation): string[] {
  const { strategy, units, instances } = application
  const kept = new Set(unitNames(application))
  const left = (previous === null ? [] : unitNames(previous)).filter((name) => !kept.has(name))
  return [
    ...(strategy.kind === 'recreate'
      ? ['Nobody answers between the stop of the old release and the start of the new one.']
      : []),
    ...(strategy.kind === 'rolling' && units.length === 1 && Object.keys(instances).length === 0
      ? ['It has one unit: while that restarts, only a socket of systemd or another server answers.']
      : []),
    ...(left.length === 0 ? [] : [`${left.join(', ')} belonged to the old release and stays as it is.`]),
    ...(facts.freeBytes < littleBytes && facts.freeBytes >= leastBytes
      ? [`There is little room: ${mebibytes(facts.freeBytes)} are free.`]
      : []),
  ]
}

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MiB`
