import { isDataContainer } from '../data-units.ts'
import { isDynamic } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Call } from '../reading/call.ts'
import { namesOf, reachOf, readDocker, sparedHours } from './docker.ts'
import type { Match, Rule } from './rule.ts'

export const containerBulkRemove: Rule = {
  action: 'container_bulk_remove',
  programs: ['docker', 'kubectl', 'helm', 'crictl', 'k3s-killall.sh', 'k3s-uninstall.sh', 'kubeadm'],
  verbs: { docker: 'prune reset rm remove down' },
  match(call) {
    switch (call.name) {
      case 'docker':
        return docker(call)
      case 'kubectl':
        return kubectl(call)
      case 'helm':
        return helm(call)
      case 'kubeadm':
        return call.args[0]?.text === 'reset' && !call.args.some(({ text }) => text.startsWith('--dry-run'))
          ? { because: 'It takes this node out of its cluster and wipes what it held.', targets: [] }
          : null
      case 'k3s-killall.sh':
      case 'k3s-uninstall.sh':
        return { because: 'It ends every workload of the cluster on this node.', targets: [] }
      case 'crictl':
        return crictl(call)
      default:
        return null
    }
  },
  act: ({ count, targets }) =>
    targets[0] === 'unused docker resources'
      ? 'prune all unused docker resources'
      : targets.length > 0 && targets.length < 4
        ? `remove ${targets.join(', ')}`
        : count === null
          ? 'remove all containers'
          : `remove all ${count} containers`,
  risk: 'by_count',
  things: 'containers',
  downtime: '30 minutes or more',
  rollback: false,
  advice: () => [
    {
      text: 'Remove only containers that stopped more than a day ago.',
      command: 'docker container prune --filter until=24h',
    },
    { text: 'Remove only images that nothing uses and nothing names.', command: 'docker image prune' },
  ],
  questions: (targets) =>
    targets.length === 0 || targets[0] === 'unused docker resources' ? [{ kind: 'containers', which: 'all' }] : [],
  counted: (answers, targets) => {
    const { all, running } = answers.containers ?? {}
    if (all === undefined) return null
    if (targets[0] === 'unused docker resources')
      return { items: all.filter((name) => !(running ?? []).includes(name)) }
    return targets.length === 0 ? { items: all } : null
  },
  examples: [
    'docker rm -f $(docker ps -aq)',
    'docker ps -aq | xargs -r docker rm -f',
    'docker container prune -f',
    'docker system prune -af',
    'docker system prune --all --force --volumes',
    'docker rm -f web db cache queue',
    'docker stack rm shop',
    'kubectl delete namespace shop',
    'kubectl delete pods --all -n shop',
    'helm uninstall shop',
    'kubeadm reset -f',
  ],
  nearMisses: [
    'docker rm web',
    'docker rm -f web',
    'docker image prune -f',
    'docker system df',
    'docker system prune --help',
    'kubectl delete pod web-7f9c',
    'kubectl get pods --all-namespaces',
    'helm list',
    'docker compose rm -f web',
  ],
}

const unused = ['unused docker resources']
const aDay = 24
/** A name that says others live by it. */
const inUse = /(^|[-_.])(prod(uction)?|live|primary|master|main|leader)([-_.\d]|$)/i

function docker(call: Call): Match | null {
  const read = readDocker(call)
  if (read === null) return null
  const { object, verb, options, args } = read
  if (object === 'system' && verb === 'prune')
    return { because: 'It removes every container, network and image that is not in use.', targets: unused }
  if (object === 'system' && verb === 'reset')
    return { because: 'It removes all containers, images and volumes.', targets: [], risk: 'critical' }
  if (object === 'container' && verb === 'prune')
    return options.flags.has('filter') && (sparedHours(options) ?? aDay) >= aDay
      ? null
      : { because: 'It removes every container that is stopped.', targets: unused }
  if ((object === 'stack' || object === 'service' || object === 'node') && /^(rm|remove|down)$/.test(verb))
    return { because: `It removes a ${object} with all its containers.`, targets: namesOf(args), risk: 'medium' }
  if (object === 'pod' && /^(rm|prune)$/.test(verb))
    return { because: 'It removes pods with all their containers.', targets: namesOf(args) }
  if (
    object === 'compose' &&
    verb === 'down' &&
    (hasAny(options, 'v', 'volumes') || options.values.get('rmi')?.[0]?.text === 'all')
  )
    return { because: 'It removes the containers of the project with what they kept.', targets: [], risk: 'medium' }
  if (!(object === 'container') || !/^(rm|remove)$/.test(verb)) return null
  if (hasAny(options, 'all', 'a')) return { because: 'It removes every container.', targets: [] }
  const { reach } = reachOf(call, args)
  if (reach === 'bulk') return { because: 'It removes whatever a list of containers holds.', targets: namesOf(args) }
  const withData = hasAny(options, 'v', 'volumes') ? namesOf(args).filter(isDataContainer) : []
  if (withData.length > 0)
    return { because: 'It removes a database with the volumes of its own.', targets: withData, risk: 'medium' }
  const forced = hasAny(options, 'f', 'force')
    ? namesOf(args).filter((name) => isDataContainer(name) && inUse.test(name))
    : []
  if (forced.length > 0)
    return { because: 'It ends a database that is in use, without letting it save.', targets: forced, risk: 'medium' }
  return reach === 'named'
    ? { because: `It removes ${args.length} containers at once.`, targets: namesOf(args), count: args.length }
    : null
}

function crictl(call: Call): Match | null {
  const { rest } = readOptions(
    call.args,
    { short: 'rictD', long: ['runtime-endpoint', 'image-endpoint', 'config', 'timeout'] },
    'until_first_word',
  )
  const [verb, ...given] = rest
  return /^(rm|rmp|stopp?)$/.test(verb?.text ?? '') &&
    (reachOf(call, given).reach === 'bulk' || hasAny(readOptions(given), 'a', 'all'))
    ? { because: 'It removes whatever a list of containers holds.', targets: [] }
    : null
}

const wide =
  /^(ns|namespaces?|nodes?|no|pvc?|persistentvolume(claim)?s?|crds?|customresourcedefinitions?|statefulsets?|sts|deployments?|deploy|daemonsets?|ds|all|clusters?|storageclass(es)?|secrets?|projects?|ingress(es)?|cronjobs?|helmreleases?|applications?)$/

function kubectl(call: Call): Match | null {
  const { rest, flags, values } = readOptions(call.args, {
    short: 'nlfk',
    long: [
      'namespace',
      'context',
      'kubeconfig',
      'selector',
      'grace-period',
      'timeout',
      'cascade',
      'filename',
      'kustomize',
    ],
  })
  const [verb, kind, ...names] = rest
  if (verb?.text !== 'delete' || flags.has('dry-run')) return null
  if (values.size > 0 && ['f', 'k', 'filename', 'kustomize'].some((name) => values.has(name)))
    return { because: 'It deletes everything that a description of the cluster names.', targets: [], risk: 'high' }
  const what = kind?.text.split('/')[0] ?? ''
  const bulk =
    flags.has('all') ||
    flags.has('A') ||
    flags.has('all-namespaces') ||
    call.open !== null ||
    flags.has('raw') ||
    rest.some((arg) => isDynamic(arg.text)) ||
    what.includes(',')
  if (bulk || flags.has('l') || flags.has('selector'))
    return { because: 'It deletes whatever a selection in the cluster holds.', targets: [] }
  const dangerous = wide.test(what) && what !== 'secret' && what !== 'secrets'
  if (dangerous)
    return {
      because: `It deletes a ${what} with everything in it.`,
      targets: [kind?.text ?? '', ...names.map((arg) => arg.text)],
      risk: 'high',
    }
  return names.length > 2
    ? {
        because: `It deletes ${names.length} ${what} at once.`,
        targets: names.map((arg) => arg.text),
        count: names.length,
      }
    : null
}

function helm(call: Call): Match | null {
  const { rest, flags } = readOptions(call.args, { short: 'n', long: ['namespace', 'kube-context', 'timeout'] })
  const [verb, ...names] = rest
  if (flags.has('dry-run')) return null
  return /^(uninstall|delete|del|un)$/.test(verb?.text ?? '')
    ? { because: 'It removes a release with all its workloads.', targets: names.map((arg) => arg.text), risk: 'medium' }
    : null
}
