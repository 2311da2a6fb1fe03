import { rootOf, type Application } from '../schema/application.ts'
import { membersIn } from '../commands/nginx.ts'
import { instancesOf } from './deployment-instances.ts'
import { proxyOf } from './deployment-proxy.ts'
import { deploymentQuestions, unitNames, type DeploymentSituation } from './deployment-wish.ts'

const leastBytes = 67_108_864
const littleBytes = 1_073_741_824

/** What stands in the way of a deployment, and what to do about it. */
export type Finding = {
  readonly about: 'place' | 'storage' | 'tools' | 'services'
  readonly because: string
  readonly next: string
}

/** What stands in the way, as sentences; nothing is touched where there is any (spec DEPLOY-7). */
export const deploymentProblems = (situation: DeploymentSituation): string[] =>
  deploymentFindings(situation).map(({ because }) => because)

export function deploymentFindings(situation: DeploymentSituation): Finding[] {
  return [
    ...problemsOfRoot(situation),
    ...problemsOfTools(situation),
    ...problemsOfUnits(situation),
    ...problemsOfProxy(situation),
    ...problemsOfCanary(situation),
  ]
}

const about =
  (what: Finding['about']) =>
  (because: string, next: string): Finding => ({ about: what, because, next })

const place = about('place')
const storage = about('storage')
const tools = about('tools')
const services = about('services')

function problemsOfRoot({ application, facts, server }: DeploymentSituation): Finding[] {
  const root = rootOf(application)
  const free = `Free some at ${root}; "keep" says how many releases stay.`
  return [
    ...(facts.rootIsElsewhere
      ? [place(`The way to ${root} leads through a symbolic link.`, 'Name where it leads as "root".')]
      : []),
    ...(facts.root !== null && facts.root.kind !== 'directory'
      ? [place(`${root} is no directory (${facts.root.kind}).`, 'Name another "root", or move that away.')]
      : []),
    ...(facts.current.kind === 'other'
      ? [place(`${root}/current is no link to a release; nobody knows what serves there.`, 'Move it away.')]
      : []),
    ...(facts.userGroup !== null
      ? []
      : [place(`There is no user ${server.user}.`, `Set it up: \`drydock setup ${server.name}\`.`)]),
    ...(facts.freeBytes < leastBytes
      ? [storage(`There is no room: ${mebibytes(facts.freeBytes)} are free at ${root}.`, free)]
      : []),
    ...(facts.freeInodes < 1_000
      ? [storage(`There is no room: ${facts.freeInodes} inodes are free at ${root}.`, free)]
      : []),
  ]
}

function problemsOfTools({ application, facts }: DeploymentSituation): Finding[] {
  const missing = toolsFor(application).filter((one) => !one.split(' or ').some((tool) => facts.tools.has(tool)))
  return missing.length === 0 ? [] : [tools(`It lacks ${missing.join(', ')}.`, 'Install what is missing.')]
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

function problemsOfUnits({ application, facts, server }: DeploymentSituation): Finding[] {
  const { units } = deploymentQuestions(application, server.user)
  return units.flatMap(({ name, of, file }) => {
    const found = facts.units.get(name)
    if (found?.load === 'masked')
      return [services(`${name} is masked, so that nothing can start it.`, `systemctl unmask ${name}`)]
    if (file !== undefined || found?.load === 'loaded') return []
    return [services(`There is no unit ${of}; the application can bring it, as "file".`, 'Declare its "file".')]
  })
}

function problemsOfCanary({ application, part }: DeploymentSituation): Finding[] {
  const { strategy, proxy } = application
  return strategy.kind === 'canary' && proxy === undefined && part === undefined
    ? [services('A canary on one server needs instances and a proxy.', 'Declare them, or another strategy.')]
    : []
}

function problemsOfProxy({ application, facts, server }: DeploymentSituation): Finding[] {
  const proxy = proxyOf(application)
  if (proxy === null) return []
  const members = membersIn(facts.proxy.file ?? '')
  const moved = instancesOf(application, server.user).filter(({ name, port }) =>
    members.some((member) => member.name === name && member.port !== port),
  )
  return [
    ...(facts.tools.has('nginx') && !facts.proxy.runs
      ? [services('nginx does not run.', `Start it: \`drydock service start ${server.name} nginx\`.`)]
      : []),
    ...moved.map(({ name }) =>
      services(
        `${name} gets requests at another port than ${application.name} gives it now; change the port of an idle one.`,
        'Give it the port that it has.',
      ),
    ),
  ]
}

/** What a deployment brings about, or leaves, that somebody should know. */
export function deploymentWarnings({ application, facts, previous }: DeploymentSituation): Omit<Finding, 'next'>[] {
  const { strategy, units, instances } = application
  const kept = new Set(unitNames(application))
  const left = (previous === null ? [] : unitNames(previous)).filter((name) => !kept.has(name))
  return [
    ...(strategy.kind === 'recreate'
      ? [warns('services', 'Nobody answers between the stop of the old release and the start of the new one.')]
      : []),
    ...(strategy.kind === 'rolling' && units.length === 1 && Object.keys(instances).length === 0
      ? [warns('services', 'It has one unit: while that restarts, only a socket of systemd or another server answers.')]
      : []),
    ...(left.length === 0
      ? []
      : [warns('services', `${left.join(', ')} belonged to the old release and stays as it is.`)]),
    ...(facts.freeBytes < littleBytes && facts.freeBytes >= leastBytes
      ? [warns('storage', `There is little room: ${mebibytes(facts.freeBytes)} are free.`)]
      : []),
  ]
}

const warns = (what: Finding['about'], because: string) => ({ about: what, because })

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MiB`
