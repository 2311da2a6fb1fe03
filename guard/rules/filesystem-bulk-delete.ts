import type { DeviceType } from '../../schema/server.ts'
import { touching } from '../effects/effects.ts'
import { holdsBackups } from '../data-names.ts'
import { protectionOf } from '../protected.ts'
import { ofLastCallOn, type Arg, type Call } from '../reading/call.ts'
import { isRetention } from '../reading/find.ts'
import { isDynamic, isGlob, readable, star, unknown } from '../reading/marks.ts'
import { couldHoldOptions, hasAny, readOptions } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'
import { home } from '../reading/scope.ts'
import { cleaners } from './cleaners.ts'
import { emptiesInBulk } from './empties.ts'
import { cannotDoWithout, lostFiles, nowhere } from './lost-files.ts'
import { lostPaths } from './lost-paths.ts'
import { isScratch } from '../kept-files.ts'
import { atHomeOf } from './homes.ts'
import { mirror } from './mirrors.ts'
import { packers } from './packers.ts'
import type { Match, Rule } from './rule.ts'
import { find, listedBy, wholeOf } from './searched.ts'

const programs: Readonly<Record<string, (call: Call, device: DeviceType) => Match | null>> = {
  rm: remove,
  rmdir: () => null,
  shred: (call, device) =>
    lostPaths(
      [
        ...readOptions(call.args, { short: 'ns', long: ['iterations', 'size'] }).rest,
        ...(call.open === null ? [] : [call.open]),
      ],
      call,
      device,
      'shreds',
    ),
  srm: remove,
  wipe: remove,
  'safe-rm': remove,
  'trash-put': remove,
  trash: remove,
  rimraf: remove,
  gio: (call, device) =>
    /^(trash|remove)$/.test(call.args[0]?.text ?? '') ? lostPaths(call.args.slice(1), call, device, 'deletes') : null,
  ...cleaners,
  find,
  bfs: find,
  fd: () => null,
  mv: move,
  ...packers,
  rsync: mirror,
  git: (call) => clean(call),
}

export const filesystemBulkDelete: Rule = {
  action: 'filesystem_bulk_delete',
  programs: [...new Set([...Object.keys(programs), ...touching])],
  verbs: { git: 'clean', find: '-delete -exec -execdir -ok -okdir' },
  redirected: true,
  match: ofLastCallOn(
    (call, device: DeviceType) => programs[call.name]?.(call, device) ?? emptiesInBulk(call, device) ?? lostFiles(call),
  ),
  act: ({ targets }) =>
    targets.length === 0 ? 'delete these files' : `delete everything in ${targets.slice(0, 3).join(', ')}`,
  risk: 'high',
  things: 'paths',
  downtime: 'unknown',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Move it to a quarantine directory and delete it when nothing misses it.',
      command: `mkdir -p /var/tmp/quarantine && mv ${targets[0] === undefined || targets[0].length < 6 ? 'PATH' : targets[0]} /var/tmp/quarantine/`,
    },
    { text: 'List first what would go.', command: `find ${targets[0] ?? 'PATH'} -maxdepth 1` },
  ],
  questions: (targets) =>
    targets
      .filter((path) => path.startsWith('/') && !/[*?…$]/.test(path))
      .map((path) => ({ kind: 'path' as const, path })),
  counted: (answers, targets) => {
    const found = targets.flatMap((path) =>
      answers.paths?.[path] === undefined ? [] : [{ path, ...answers.paths[path] }],
    )
    if (found.length === 0) return null
    return {
      items: found.map(
        ({ path, files, bytes, more }) =>
          `${path}: ${more ? 'more than ' : ''}${files} files${bytes === null ? '' : `, ${bytes} bytes`}`,
      ),
      count: found.reduce((sum, { files }) => sum + files, 0),
    }
  },
  examples: [
    'rm -rf /',
    'rm -r --no-preserve-root /',
    'rm -rf /*',
    'rm -fr /var/lib/postgresql',
    'rm --recursive --force /etc',
    'cd / && rm -rf *',
    'rm -rf ~',
    'rm -rf /home/deploy/*',
    'rm -rf /tmp/../etc',
    'rm -rf "$DIR"',
    'rm -rf "$PREFIX"/*',
    'find / -name "*.log" -delete',
    'find /var -type f -exec rm -f {} +',
    'find /etc -name "*.conf" | xargs rm',
    'mv /etc /tmp/etc-old',
    'mv /var/lib/mysql/* /dev/null',
    'rsync -a --delete /tmp/empty/ /etc/',
    'git clean -ffdx',
    'aws s3 rm s3://backups --recursive',
    'rm -rf /opt/build',
    "sudo -u app bash -c 'rm -rf ~/data'",
    'find /data/projects -mtime +30 | xargs rm -rf',
    'find /var/backups -mtime +3 -delete',
    'while read f; do rm -f "/data/$f"; done < list',
    'rm -rf /scratch/users/*',
    'rm -rf /mnt/cache/*',
    'mv /var/lib/mysql /tmp/',
    'mount -t tmpfs none /usr',
    'ln -s /dev/null ~/.bash_history',
    'zip -rm /tmp/a.zip /srv/data',
    "ed -s /etc/motd <<< '!rm -rf /srv'",
    'Rscript -e \'unlink("/srv", recursive=TRUE)\'',
  ],
  nearMisses: [
    'rm -rf /tmp/build',
    'rm -rf /tmp/*',
    'rm -rf /srv/cache/*',
    'rm -rf node_modules dist',
    'rm -f /etc/nginx/sites-enabled/old',
    'rm -rf /opt/shop/releases/20240101',
    'rm -rf "$(mktemp -d)"',
    'find /tmp -type f -mtime +7 -delete',
    'find /opt/shop -name "*.pyc" -delete',
    'find / -name "*.log"',
    'rm -rf /var/cache/apt/archives/*.deb',
    'rsync -az --delete ./dist/ /opt/shop/current/',
    'mv /etc/nginx/nginx.conf /etc/nginx/nginx.conf.old',
    'git clean -n',
    'rm old.log',
  ],
}

function remove(call: Call, device: DeviceType): Match | null {
  const options = readOptions(call.args)
  const paths = [...options.rest, ...(call.open === null ? [] : [call.open])].map((arg) => atHomeOf(arg, call))
  const found = listedBy(call)
  if (found !== null && !isRetention(found.roots.join(' '), found.olderThan)) {
    const all = lostPaths(wholeOf(found), call, device, 'deletes what it finds in')
    if (all !== null) return all
  }
  if (keepsTooFew(call, paths)) return { because: 'It keeps too few of what one could go back to.', targets: [] }
  const recursive =
    hasAny(options, 'r', 'R', 'recursive') || /^(wipe|trash|rimraf)/.test(call.name) || couldHoldOptions(call.args)
  if (recursive)
    return lostPaths(
      [...paths, ...rowsOf(paths)].filter(
        (arg) => !(call.args.length > 1 && arg.text === unknown && isFlagsOnly(call)),
      ),
      call,
      device,
      'deletes',
    )
  const vital = paths.find((arg) => cannotDoWithout.test(arg.text))
  if (vital !== undefined)
    return { because: `Nothing runs without ${vital.text}.`, targets: [vital.text], risk: 'critical' }
  // Without recursion only many files at once are bulk: a pattern, or a list.
  const many = paths.filter((arg) => isGlob(arg.text) || (call.open === arg && arg.text !== unknown))
  const listed =
    call.open !== null && isDynamic(call.open.text) && !call.parent?.args.some((arg) => arg.text.startsWith('-I'))
      ? [call.open]
      : []
  return lostPaths(
    [...many, ...listed, ...eachIn(paths, call)].filter((arg) => !isNarrow(arg.text)),
    call,
    device,
    'deletes',
  )
}

/** `ls -1t /backup | tail -n +2 | xargs rm`: what is noticed late is brought back from more than the last two. */
function keepsTooFew({ parent }: Call, paths: readonly Arg[]): boolean {
  const from = parent?.name === 'xargs' ? (parent.stdin?.from ?? '') : ''
  return (
    /\bls\b.*\|\s*(tail\s+(-n\s*)?\+[23]\b|sed\s+['"]?(1|1,2)d\b|awk\s+['"]NR\s*>\s*[12]\b)/.test(from) &&
    [from, ...paths.map(({ text }) => text)].some((text) => holdsBackups.test(text))
  )
}

const row = 3

/** `daily.{0..6}` is `daily.*`: as many of a row as there may be. */
function rowsOf(paths: readonly Arg[]): readonly Arg[] {
  if (paths.length < row) return []
  const counts = new Map<string, number>()
  for (const { text } of paths) {
    const [, begins] = /^(.*\/[^/]*?[A-Za-z][-_.]?)\d+\/?$/.exec(text) ?? []
    if (begins !== undefined) counts.set(begins, (counts.get(begins) ?? 0) + 1)
  }
  return [...counts].flatMap(([begins, count]) => (count < row ? [] : [{ text: `${begins}${star}` }]))
}

/** `while read f; do rm "/data/$f"; done`: whatever a list names of what is kept there. */
const eachIn = (paths: readonly Arg[], call: Call): readonly Arg[] =>
  call.repeated
    ? paths.flatMap(({ text }) => {
        const [, directory] =
          /^(\/(?!etc\/|var\/(?!www|backups|mail)|usr\/|run\/|proc\/|sys\/)[^\uE000-\uE003]*\/)\uE000$/.exec(text) ?? []
        return directory === undefined ? [] : [{ text: `${directory}${star}` }]
      })
    : []

/** `rm $FLAGS /path`: the unknown word is taken for flags where a known path stands beside it. */
const isFlagsOnly = (call: Call): boolean =>
  call.args.some((arg) => !isDynamic(arg.text) && !arg.text.startsWith('-')) && call.args[0]?.text === unknown

/** A pattern that keeps most of a name, such as `/etc/nginx/conf.d/old-*`, is no bulk. */
const isNarrow = (path: string): boolean =>
  !/^\/(boot|bin|sbin|lib\w*|usr)\/(?!local\/)/.test(path) &&
  (/[\w.-]{3,}[\uE001]$/.test(path) ||
    (/[\uE001][\w.-]*\.(bak|old|orig|tmp|swp|dpkg-\w+|rpm\w+|(?<!\.(?:sql|dump|tar|vma)\.)gz|log\.\d)$/.test(path) &&
      !/^\/[\uE001]/.test(path)))

function move(call: Call, device: DeviceType): Match | null {
  const options = readOptions(call.args, { short: 'tS', long: ['target-directory', 'suffix'] })
  const sources =
    options.values.has('t') || options.values.has('target-directory') ? options.rest : options.rest.slice(0, -1)
  const target = options.rest.at(-1)
  const [inDirectory = target] = options.values.get('t') ?? options.values.get('target-directory') ?? []
  if (nowhere.test(inDirectory?.text ?? ''))
    return lostPaths(
      sources.filter((arg) => /^[/\uE000]/.test(arg.text) || call.cwds[0] !== home),
      call,
      device,
      'moves to where nothing stays',
    )
  // In a directory that nobody has named, files are somebody's own and stay on the machine.
  const unnamed = call.cwds.every((cwd) => cwd === home)
  const whole = sources.filter(
    (arg) =>
      !(unnamed && !/^[/~]/.test(arg.text)) &&
      (isGlob(arg.text) ||
        protectionOf(arg.text, call.cwds, device)?.reach === 'system' ||
        /^\/(etc|var|home|boot|usr|opt|srv)(\/[^/.]+)?\/?$/.test(arg.text) ||
        stateOf.test(arg.text)),
  )
  const away = whole.filter((arg) => isGlob(arg.text) || !isRename(arg.text, target?.text ?? ''))
  return lostPaths(away, call, device, 'moves away')
}

/** What a program keeps, in whole. */
const stateOf = /^\/var\/lib\/(mysql|mariadb|postgresql|pgsql|mongodb?|redis|docker|ldap|etcd|libvirt|vz)\/?$/

/** `mv /etc/nginx /etc/nginx.old` keeps it beside; what has to be where it is, nothing may rename. */
function isRename(from: string, to: string): boolean {
  const directory = from.replace(/\/+$/, '').replace(/[^/]+$/, '')
  if (/^\/(opt|srv|home)\/[^/]+\/?$/.test(from)) return !/^\/(dev\/null|tmp|var\/tmp)\b/.test(to)
  if (stateOf.test(from)) return to.startsWith(directory)
  return (
    /^\/(etc|var)\/(?!(lib|log|spool|run|mail|ssh|ssl|pki|netplan|network|NetworkManager|sudoers\.d|alternatives|udev|init\.d|default|pam\.d|systemd|security|pve)\/?$)[^/]+\/?$/.test(
      from,
    ) && to.startsWith(directory)
  )
}

/** The whole of a work tree, by any of its names. */
const everything = /^(\.|\.\/|\/|:\/|\/(srv|opt|etc|home|var\/www)\/[^/]+\/?)$/

function clean(call: Call): Match | null {
  const at = call.args.findIndex((arg) => arg.text === 'clean')
  if (at < 0 || call.args.slice(0, at).some((arg) => arg.text === 'commit')) return null
  const options = readOptions(call.args.slice(at + 1), { short: 'e', long: ['exclude'] })
  if (hasAny(options, 'n', 'dry-run', 'i', 'interactive') || !hasAny(options, 'f', 'force')) return null
  const before = readOptions(call.args.slice(0, at), { short: 'cC', long: ['git-dir', 'work-tree'] })
  const [tree] = before.values.get('C') ?? before.values.get('work-tree') ?? []
  if (tree !== undefined && isScratch(resolvePath(`${tree.text}/x`, call.cwds[0] ?? ''))) return null
  if (options.rest.length > 0 && !options.rest.some((arg) => everything.test(arg.text) || isGlob(arg.text))) return null
  return {
    because: hasAny(options, 'x', 'X')
      ? 'It deletes everything that git does not keep, settings and uploads too.'
      : 'It deletes every file that git does not know.',
    targets: call.cwds.slice(0, 1).map(readable),
  }
}
