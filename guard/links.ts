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
/** The same of one file, which a redirection would write over. */
const preciousFile = '/etc/passwd'

/** Where a path has to be followed on the host: itself, or the directory it lies in. */
type Step = { readonly asked: string; readonly rest: string }

type Place = Step & { readonly call: Call; readonly instead: (text: string) => Call }

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
  return placesIn(reading, device).flatMap(({ call, instead, asked, rest }) => {
    const led = links[asked]
    if (led === undefined || led === '' || led === asked) return []
    const through = instead(`${led === '/' ? '' : led}${rest}` || '/')
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
    .filter(({ place }) => place === 'host')
    .flatMap((call) => [...namedPlaces(call), ...writtenPlaces(call)])
    .filter(({ instead, tried }) => destroys(instead(tried), device))
    .slice(0, maxPaths)
}

type Candidate = Place & { readonly tried: string }

/** What a call is told to delete, move or change. */
const namedPlaces = (call: Call): readonly Candidate[] =>
  /^(rm|find|chmod|chown|chgrp|mv|shred|rsync|setfacl|truncate)$/.test(call.name)
    ? call.args.flatMap((arg, index) => {
        const step = stepOf(arg, call)
        return step === null
          ? []
          : [{ ...step, call, instead: (text) => withArg(call, index, { text }), tried: precious }]
      })
    : []

/** What a call writes over by a redirection: through a link it writes over what that leads to. */
const writtenPlaces = (call: Call): readonly Candidate[] =>
  call.redirects.flatMap(({ operator, target }, index) => {
    const step = /^(>|>\||&>)$/.test(operator) && !ofKernel.test(target.text) ? stepOf(target, call) : null
    return step === null
      ? []
      : [{ ...step, call, instead: (text) => withTarget(call, index, { text }), tried: preciousFile }]
  })

const ofKernel = /^\/(dev|proc|sys)\//

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

const withTarget = (call: Call, at: number, target: Arg): Call => ({
  ...call,
  redirects: call.redirects.map((one, index) => (index === at ? { ...one, target } : one)),
})

const destroys = (call: Call, device: DeviceType): boolean =>
  rulesFor(call).some((rule) => rule.match(call, device) !== null)
