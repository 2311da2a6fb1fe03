import type { HostQuestion } from '../schema/host-questions.ts'
import type { DeviceType } from '../schema/server.ts'
import { asFound, type Found } from './findings.ts'
import type { Arg, Call } from './reading/call.ts'
import { isLiteral, unknown } from './reading/marks.ts'
import { resolvePath } from './reading/paths.ts'
import type { Reading } from './reading/reader.ts'
import { rulesFor } from './rules/index.ts'

const maxPaths = 20

/** A place that every rule about files protects: what would destroy it would destroy what a link leads to. */
const precious = '/etc'

/** Where a path has to be followed on the host: itself, or the directory it lies in. */
type Step = { readonly asked: string; readonly rest: string }

type Place = Step & { readonly call: Call; readonly index: number }

/** The question behind which symbolic links a command would destroy something else than it names; null where there is none. */
export function linkQuestion(reading: Reading, device: DeviceType): HostQuestion | null {
  const paths = [...new Set(placesIn(reading, device).map(({ asked }) => asked))].slice(0, maxPaths)
  return paths.length === 0 ? null : { kind: 'links', paths }
}

/** What is found once the host has said where the paths lead (spec GUARD-20). */
export function foundBehindLinks(
  reading: Reading,
  device: DeviceType,
  links: Readonly<Record<string, string>> | undefined,
): Found[] {
  if (links === undefined) return []
  return placesIn(reading, device).flatMap(({ call, index, asked, rest }) => {
    const led = links[asked]
    if (led === undefined || led === '' || led === asked) return []
    const through = withArg(call, index, { text: `${led === '/' ? '' : led}${rest}` || '/' })
    return rulesFor(through).flatMap((rule): Found[] => {
      const match = rule.match(through, device)
      if (match === null) return []
      const because = `${match.because} A symbolic link leads there: ${asked} is ${led}.`
      return [{ ...asFound(rule, { ...match, because }, through), match, call }]
    })
  })
}

function placesIn(reading: Reading, device: DeviceType): Place[] {
  return reading.calls
    .filter(
      (call) =>
        call.place === 'host' && /^(rm|find|chmod|chown|chgrp|mv|shred|rsync|setfacl|truncate)$/.test(call.name),
    )
    .flatMap((call) =>
      call.args.flatMap((arg, index): Place[] => {
        const step = stepOf(arg, call)
        return step !== null && destroys(withArg(call, index, { text: precious }), device)
          ? [{ ...step, call, index }]
          : []
      }),
    )
    .slice(0, maxPaths)
}

/** rm and mv take the link itself, not what it leads to, unless more of the path follows. */
function stepOf({ text }: Arg, call: Call): Step | null {
  const [cwd = '/'] = call.cwds
  if (text.startsWith('-') || text.startsWith(unknown) || (!text.startsWith('/') && !isLiteral(cwd))) return null
  const whole = text.startsWith('/') ? text : `${cwd}/${text}`
  const known = whole.split('/')
  const firstOpen = known.findIndex((segment) => !isLiteral(segment))
  const takesItself = firstOpen < 0 && /^(rm|mv)$/.test(call.name) && !/\/\.?$/.test(whole)
  const cut = firstOpen >= 0 ? firstOpen : takesItself ? known.length - 1 : known.length
  const asked = resolvePath(known.slice(0, cut).join('/') || '/', '/')
  const rest = known.slice(cut).join('/')
  return asked.includes('\n') || asked === '/' ? null : { asked, rest: rest === '' ? '' : `/${rest}` }
}

const withArg = (call: Call, at: number, arg: Arg): Call => ({
  ...call,
  args: call.args.map((one, index) => (index === at ? arg : one)),
})

const destroys = (call: Call, device: DeviceType): boolean =>
  rulesFor(call).some((rule) => rule.match(call, device) !== null)
