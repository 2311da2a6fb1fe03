import type { DeviceType } from '../../schema/server.ts'
import type { Call } from '../reading/call.ts'
import { isDynamic, isGlob, star } from '../reading/marks.ts'
import { lostPaths } from './lost-paths.ts'
import type { Match } from './rule.ts'
import { effectsOf } from '../effects/effects.ts'

/** Logs are emptied one directory at a time every day. */
const ordinary = /^\/var\/(log|cache|tmp)\//

/** `for f in /var/mail/*; do : > "$f"; done`, and the same over what find lists. */
export function emptiesInBulk(call: Call, device: DeviceType): Match | null {
  const given = call.name === 'truncate' && call.open !== null && isGlob(call.open.text) ? [call.open.text] : []
  const effects = effectsOf(call)
  if (effects.length === 0 && given.length === 0) return null
  const emptied = effects.filter(({ how, path }) => how === 'empties' || (how === 'replaces' && isEach(call, path)))
  if (emptied.length === 0 && given.length === 0) return null
  const paths = [
    ...given,
    ...emptied.flatMap(({ path }) => (isGlob(path) && (!ordinary.test(path) || isUnderFind(call)) ? [path] : [])),
    ...(emptied.some(({ path }) => isDynamic(path)) ? listed(call) : []),
  ]
  return lostPaths(
    paths.map((path) => ({ text: path })),
    call,
    device,
    'empties',
  )
}

/** `find /srv/share -type f -exec sh -c 'openssl rand 64 > "$1"' _ {} \\;`: what is written there anew replaces each. */
const isEach = (call: Call, path: string): boolean =>
  call.repeated &&
  path.endsWith(star) &&
  path.at(-2) === '/' &&
  !/^\/(proc|sys|dev|run)\//.test(path) &&
  (call.name === 'dd' || (call.redirects.length > 0 && /^(openssl|head|cat|echo|printf|yes|base64)$/.test(call.name)))

const isUnderFind = ({ parent }: Call): boolean =>
  parent !== null && (/^(find|bfs)$/.test(parent.name) || isUnderFind(parent))

const picks = /\s-(i?name|i?path|i?regex|[acm]time|[acm]min|size|user|empty|newer\w*)\s/

/** What find lists, where it lists everything: by a substitution, or into the loop. */
function listed(call: Call): readonly string[] {
  const sources = [
    ...[...call.args, ...call.redirects.map(({ target }) => target)].map(({ outputOf }) => outputOf),
    call.stdin?.from,
  ]
  return sources.flatMap((source) => {
    const [, words] = /^\s*(?:sudo\s+)?find\s+(.*)$/s.exec(source ?? '') ?? []
    if (words === undefined) return []
    const roots = words.split(/\s+/).slice(
      0,
      words.split(/\s+/).findIndex((word) => /^[-(!]/.test(word)),
    )
    return roots
      .map((root) => root.replaceAll(/["']/g, ''))
      .filter(
        (root) => root.startsWith('/') && (!picks.test(` ${words} `) || /^\/(etc|usr|boot|var\/lib)\b/.test(root)),
      )
      .map((root) => `${root.replace(/\/+$/, '')}/${star}`)
  })
}
