import { isDataContainer } from '../data-units.ts'
import { isNamed, devices } from '../devices.ts'
import { wordsOf, type Call } from '../reading/call.ts'
import { hasAny, readOptions, type Options } from '../reading/options.ts'
import { isDynamic } from '../reading/marks.ts'
import { home } from '../reading/scope.ts'
import { namesOf, reachOf, readDocker } from './docker.ts'
import type { Match, Rule } from './rule.ts'

const all = (count: number | null): string => (count === null ? 'all containers' : `all ${count} containers`)

const asksToRead = ({ values }: Options): boolean =>
  [...(values.get('s') ?? []), ...(values.get('signal') ?? [])].some(({ text }) =>
    /^(SIG)?(HUP|USR[12]|WINCH)$/i.test(text),
  )

export const containerBulkStop: Rule = {
  action: 'container_bulk_stop',
  programs: ['docker', 'kubectl', 'crictl'],
  verbs: { docker: 'down stop kill restart pause leave init' },
  match(call, device) {
    if (call.name === 'kubectl') return kubectl(call.args.map((arg) => arg.text))
    const docker = readDocker(call)
    if (docker === null) return null
    const { object, verb, options, args } = docker
    if (object === 'compose') {
      if (!/^(down|stop|kill)$/.test(verb) || asksToRead(options)) return null
      return call.repeated
        ? { because: 'It takes down one compose project after the other.', targets: [] }
        : ofProject(call, verb, namesOf(args), options)
    }
    if (object === 'swarm' && (verb === 'leave' || options.flags.has('force-new-cluster')))
      return { because: 'It takes this node and its containers out of the swarm.', targets: [] }
    if (object === 'node' && args.length > 0 && options.flags.has('availability')) return null
    if (!(object === 'container' || object === '' || object === 'pod') || !/^(stop|kill|restart|pause)$/.test(verb))
      return null
    if (hasAny(options, 'all', 'a')) return { because: `It would ${verb} every container.`, targets: [] }
    const { reach, source } = reachOf(call, args)
    const names = namesOf(args)
    // A list that a filter has made small is restarted as one service is.
    if (reach === 'bulk' && verb === 'restart' && source !== null && /--filter|\s-f\s/.test(source)) return null
    if (reach === 'bulk') return { because: `It would ${verb} whatever a list of containers holds.`, targets: names }
    if (reach === 'named' && verb !== 'restart')
      return { because: `It would ${verb} ${names.length} containers at once.`, targets: names, count: args.length }
    const data = names.filter(isDataContainer)
    if (data.length > 0 && /^(stop|kill)$/.test(verb) && !asksToRead(options))
      return {
        because: `Others stand on what ${data.join(', ')} keeps.`,
        targets: names,
        count: names.length,
        risk: 'medium',
      }
    const kept = device === 'windows' ? [] : names.filter((name) => isNamed(name, devices[device].protectedContainers))
    if (kept.length > 0 && verb !== 'restart')
      return {
        because: `${kept.join(', ')} is protected on this kind of device.`,
        targets: names,
        count: names.length,
        risk: 'medium',
      }
    return null
  },
  act: ({ count, targets }) =>
    targets[0]?.startsWith(project) === true
      ? `stop ${targets[0]}`
      : targets.length === 1
        ? `stop container ${targets[0] ?? ''}`
        : `stop ${all(count)}`,
  risk: 'by_count',
  things: 'containers',
  downtime: '5 to 15 minutes',
  rollback: true,
  advice: () => [
    { text: 'Name the containers that should stop, one or two at a time.', command: 'docker stop NAME' },
    { text: 'Take down one stack by its compose file.', command: 'docker compose -f /path/to/compose.yaml stop' },
  ],
  questions: (targets) => (targets.length === 0 ? [{ kind: 'containers', which: 'running' }] : []),
  counted: (answers, targets) => {
    const { running, details } = answers.containers ?? {}
    if (targets.length === 0) return running === undefined ? null : { items: running }
    const name = targets[0]?.startsWith(project) === true ? targets[0].slice(project.length) : unnamed
    return details === undefined || name === unnamed
      ? null
      : { items: details.filter((one) => one.running && one.project === name).map((one) => one.name) }
  },
  examples: [
    'docker stop $(docker ps -q)',
    'docker kill $(docker ps -aq)',
    'docker ps -q | xargs docker stop',
    'sudo docker container stop `docker container ls -q`',
    'for c in $(docker ps -q); do docker stop "$c"; done',
    'docker stop web db cache queue',
    'docker kill -s KILL mariadb',
    'podman stop --all',
    'docker compose down',
    'docker compose -f /srv/shop/compose.yaml stop',
    'docker compose stop db',
    'kubectl scale deployment --all --replicas=0 -n shop',
  ],
  nearMisses: [
    'docker stop web',
    'docker stop test-db',
    'docker kill -s HUP postgres',
    'docker restart web',
    'docker compose stop web',
    'docker compose -f docker-compose.test.yml down',
    'docker compose restart',
    'docker ps -q',
    'docker stop -t 30 web',
    'kubectl scale deployment web --replicas=3',
  ],
}

const passing =
  /(^|[-_./ =])(te?sts?|e2e|ci|dev(el(opment)?)?|local|demo|staging|sandbox|playground|tmp|scratch)([-_./ ]|$)/i

const project = 'compose project '
const unnamed = 'of its directory'

/** As compose itself would name it: by what it is told, or by the directory that its file lies in. */
function projectOf(call: Call): string | null {
  const words = call.args.map(({ text }) => text)
  const given = (...names: readonly string[]): string | undefined =>
    words.flatMap((word, at) => {
      const [name, value] = word.split('=', 2)
      return names.includes(name ?? '') ? [value ?? words[at + 1] ?? ''] : []
    })[0]
  const directory =
    given('--project-directory') ??
    given('-f', '--file')?.replace(/\/?[^/]*$/, '') ??
    (call.cwds.length === 1 && call.cwds[0] !== home ? call.cwds[0] : undefined)
  const name = given('-p', '--project-name') ?? directory?.split('/').at(-1)?.toLowerCase()
  return name !== undefined && /^[a-z0-9][a-z0-9_-]*$/.test(name) ? name : null
}

/** All that a compose project runs, or a part of it that keeps data. */
function ofProject(call: Call, verb: string, names: readonly string[], options: Options): Match | null {
  if (passing.test(wordsOf(call)) || (call.cwds.length === 1 && passing.test(call.cwds[0] ?? ''))) return null
  const data = names.filter(isDataContainer)
  if (data.length > 0)
    return {
      because: `Others stand on what ${data.join(', ')} keeps.`,
      targets: names,
      count: names.length,
      risk: 'medium',
    }
  const losesMore = hasAny(options, 'v', 'volumes') || options.values.has('rmi')
  if (names.length > 0 || call.open !== null || losesMore) return null
  return {
    because: `It would ${verb === 'down' ? 'stop and remove' : verb} every container of a compose project.`,
    targets: [`${project}${projectOf(call) ?? unnamed}`],
    rollback: verb !== 'down',
    risk: 'medium',
  }
}

function kubectl(words: readonly string[]): Match | null {
  const { rest, flags } = readOptions(
    words.map((text) => ({ text })),
    { short: 'nl', long: ['namespace', 'selector', 'context', 'kubeconfig', 'replicas'] },
  )
  const [verb] = rest
  if (flags.has('dry-run')) return null
  if (verb?.text === 'drain')
    return { because: 'It moves every workload off a node.', targets: rest.slice(1).map((arg) => arg.text) }
  if (
    verb?.text !== 'scale' ||
    !words.some((word, index) => word === '--replicas=0' || (word === '--replicas' && words[index + 1] === '0'))
  )
    return null
  if (!flags.has('all') && !rest.some((arg) => isDynamic(arg.text))) return null
  return { because: 'It scales every workload to nothing.', targets: [] }
}
