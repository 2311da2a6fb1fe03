import { hasAny } from '../reading/options.ts'
import { namesOf, reachOf, readDocker, sparedHours } from './docker.ts'
import type { Rule } from './rule.ts'

/** An image that nothing has used for that long is not what one goes back to. */
const aWeek = 168

export const volumeOrImagePrune: Rule = {
  action: 'volume_or_image_prune',
  programs: ['docker', 'crictl'],
  verbs: { docker: 'prune rm rmi remove down' },
  match(call) {
    if (call.name === 'crictl')
      return call.args[0]?.text === 'rmi' && call.args.some((arg) => /^(-a|--all|--prune|-q)$/.test(arg.text))
        ? { because: 'It removes images in bulk.', targets: [] }
        : null
    const read = readDocker(call)
    if (read === null) return null
    const { object, verb, options, args } = read
    if (object === 'volume' && verb === 'prune')
      return { because: 'It removes every volume that no container uses, with its data.', targets: [] }
    if (object === 'volume' && /^(rm|remove)$/.test(verb))
      return {
        because: 'It removes a volume with its data.',
        targets: namesOf(args),
        ...(reachOf(call, args).reach === 'bulk' ? {} : { count: Math.max(1, args.length) }),
      }
    if (object === 'system' && verb === 'prune' && options.flags.has('volumes'))
      return { because: 'It removes volumes with their data.', targets: [] }
    if (object === 'image' && verb === 'prune')
      return hasAny(options, 'a', 'all') && (!options.flags.has('filter') || (sparedHours(options) ?? aWeek) < aWeek)
        ? { because: 'It removes every image that no container uses, tagged ones too.', targets: [] }
        : null
    if (object === 'image' && /^(rm|remove)$/.test(verb))
      return reachOf(call, args).reach === 'bulk' || hasAny(options, 'a', 'all')
        ? { because: 'It removes whatever a list of images holds.', targets: [] }
        : null
    if (
      object === 'compose' &&
      verb === 'down' &&
      (hasAny(options, 'v', 'volumes') || options.values.get('rmi')?.[0]?.text === 'all')
    )
      return { because: 'It removes the volumes of the project with their data.', targets: [] }
    if (object === 'compose' && verb === 'rm' && options.flags.has('v'))
      return { because: 'It removes volumes of the project with their data.', targets: [] }
    if (
      object === 'container' &&
      verb === 'rm' &&
      hasAny(options, 'v', 'volumes') &&
      reachOf(call, args).reach === 'bulk'
    )
      return { because: 'It removes containers and their volumes.', targets: [] }
    return null
  },
  act: ({ targets }) =>
    targets.length > 0 ? `remove docker volume ${targets.join(', ')}` : 'prune all unused docker volumes and images',
  risk: 'by_count',
  things: 'volumes and images',
  downtime: '30 minutes or more',
  rollback: false,
  advice: () => [
    { text: 'Look first at what nothing uses.', command: 'docker volume ls -f dangling=true' },
    { text: 'Remove only images that nothing uses and nothing names.', command: 'docker image prune' },
  ],
  examples: [
    'docker volume prune -f',
    'docker volume rm $(docker volume ls -q)',
    'docker volume rm shop_db',
    'docker image prune -a -f',
    'docker rmi -f $(docker images -q)',
    'docker images -q | xargs docker rmi',
    'docker compose down -v',
    'docker-compose -f /srv/shop/compose.yaml down --volumes',
    'podman volume prune --force',
  ],
  nearMisses: [
    'docker volume ls',
    'docker image prune -f',
    'docker rmi shop:1.0',
    'docker builder prune -f',
    'docker volume create shop_db',
    'docker compose up -d',
  ],
}
