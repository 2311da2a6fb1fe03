import { AuditArea, type AuditProfile, type AuditRequest } from '../../schema/audit.ts'
import type { Check } from './check.ts'
import { areas } from './checks.ts'

/** A check with the area it belongs to, and whether somebody switched it off. */
export type Chosen = { readonly area: AuditArea; readonly check: Check; readonly isOff: boolean }

const all = areas.flatMap(({ area, checks }) => checks.map((check) => ({ area, check })))

/** The profiles that Drydock brings. `baseline` is all there is. */
export const shippedProfiles: Readonly<Record<string, AuditProfile>> = {
  baseline: { title: 'What every server should hold to', checks: [...AuditArea.options] },
  access: {
    title: 'Who gets in, and how',
    checks: ['ssh', 'firewall', 'fail2ban', 'users', 'network'],
  },
  'cis-debian-12': {
    title: 'Checks that follow a section of the CIS Debian Linux 12 Benchmark v1.1.0',
    checks: all.flatMap(({ check }) => (check.reference === undefined ? [] : [check.id])),
  },
}

/** The checks that an audit makes, in the order of reports; or the names in the request that mean nothing. */
export function chooseChecks(
  request: AuditRequest,
  settings: { readonly profiles: Readonly<Record<string, AuditProfile>>; readonly off: readonly string[] },
):
  | { readonly kind: 'chosen'; readonly checks: readonly Chosen[] }
  | { readonly kind: 'unknown'; readonly what: string } {
  const profiles = { ...shippedProfiles, ...settings.profiles }
  const profile = Object.hasOwn(profiles, request.profile) ? profiles[request.profile] : undefined
  if (profile === undefined)
    return { kind: 'unknown', what: `There is no profile ${request.profile}: ${Object.keys(profiles).join(', ')}.` }
  const off = [...request.off, ...settings.off]
  const named = [...off, ...profile.checks.filter((name) => name.includes('.'))]
  const unknown = named.filter((name) => !all.some(({ check }) => check.id === name))
  if (unknown.length > 0) return { kind: 'unknown', what: `There is no check ${[...new Set(unknown)].join(', ')}.` }
  const names = new Set<string>(profile.checks)
  const checks = all
    .filter(({ area, check }) => names.has(area) || names.has(check.id))
    .filter(({ area }) => request.areas === undefined || request.areas.includes(area))
    .map((one) => ({ ...one, isOff: off.includes(one.check.id) }))
  return checks.length > 0
    ? { kind: 'chosen', checks }
    : { kind: 'unknown', what: `The profile ${request.profile} has no check in ${request.areas?.join(', ')}.` }
}
