import { isDataContainer } from '../data-units.ts'
import { isNamed, devices } from '../devices.ts'
import { hasAny, readOptions, type Options } from '../reading/options.ts'
import { isDynamic } from '../reading/marks.ts'
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
  verbs: { docker: 'down stop kill restart pause leave' },
  match(call, device) {
    if (call.name === 'kubectl') return kubectl(call.args.map((arg) => arg.text))
    const docker = readDocker(call)
    if (docker === null) return null
    const { object, verb, options, args } = docker
    if (object === 'compose') {
      if (!/^(down|stop|kill)$/.test(verb) || !call.repeated) return null
      return { because: 'It takes down one compose project after the other.', targets: [] }
    }
    if (object === 'swarm' && verb === 'leave')
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
  act: ({ count, targets }) => (targets.length === 1 ? `stop container ${targets[0] ?? ''}` : `stop ${all(count)}`),
  risk: 'by_count',
  things: 'containers',
  downtime: '5 to 15 minutes',
  rollback: true,
  advice: () => [
    { text: 'Name the containers that should stop, one or two at a time.', command: 'docker stop NAME' },
    { text: 'Take down one stack by its compose file.', command: 'docker compose -f /path/to/compose.yaml stop' },
  ],
  questions: (targets) => (targets.length === 0 ? [{ kind: 'containers', which: 'running' }] : []),
  counted: (answers, targets) =>
    targets.length === 0 && answers.containers?.running !== undefined ? { items: answers.containers.running } : null,
  examples: [
    'docker stop $(docker ps -q)',
    'docker kill $(docker ps -aq)',
    'docker ps -q | xargs docker stop',
    'sudo docker container stop `docker container ls -q`',
    'for c in $(docker ps -q); do docker stop "$c"; done',
    'docker stop web db cache queue',
    'docker kill -s KILL mariadb',
    'podman stop --all',
    'kubectl scale deployment --all --replicas=0 -n shop',
  ],
  nearMisses: [
    'docker stop web',
    'docker stop test-db',
    'docker kill -s HUP postgres',
    'docker restart web',
    'docker compose stop web',
    'docker ps -q',
    'docker stop -t 30 web',
    'kubectl scale deployment web --replicas=3',
  ],
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
