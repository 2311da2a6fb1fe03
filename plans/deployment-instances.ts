import type { Surroundings } from '../commands/health-check.ts'
import { layoutOf } from '../commands/release.ts'
import { isTemplate, rootOf, type Application, type HealthCheck } from '../schema/application.ts'
import { wholeUnitName } from '../schema/unit.ts'
import type { WantedUnit } from './deployment-wish.ts'

/** One of several instances of an application on a server: units of the same templates, with a port and a release of its own. */
export type Instance = {
  readonly name: string
  readonly port: number
  readonly units: readonly WantedUnit[]
  /** What holds of it alone when it is healthy; that something listens on its port is always one of these. */
  readonly checks: readonly HealthCheck[]
  readonly around: Surroundings
}

/** By their names: nobody keeps the order of the file. */
export function instancesOf(application: Application, user: string): Instance[] {
  const { instances } = layoutOf(rootOf(application))
  return Object.entries(application.instances)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, port]) => {
      const units = application.units.flatMap((unit, index) => unitOf({ ...unit, index }, name))
      const checks = [...units.flatMap(({ health }) => health), ...application.health.filter(namesPort)]
      return {
        name,
        port,
        units,
        checks: [{ tcp: port, limit: '30s' }, ...checks.map((check) => atPort(check, port))],
        around: { units: units.map((unit) => unit.name), cwd: `${instances}/${name}`, user },
      }
    })
}

function unitOf(unit: Application['units'][number] & { index: number }, instance: string): WantedUnit[] {
  const of = wholeUnitName(unit.name)
  return isTemplate(of) ? [{ ...unit, of, name: of.replace('@', `@${instance}`) }] : []
}

/** What is said of the application as a whole: seen once the new release serves. */
export const checksOfAll = ({ health }: Application): HealthCheck[] => health.filter((check) => !namesPort(check))

const namesPort = ({ http = '', command = '' }: HealthCheck): boolean => /\$(PORT\b|\{PORT\})/.test(http + command)

const atPort = ({ http, command, ...check }: HealthCheck, port: number): HealthCheck => ({
  ...check,
  ...(http === undefined ? {} : { http: http.replaceAll(/\$(PORT\b|\{PORT\})/g, String(port)) }),
  ...(command === undefined ? {} : { command: `PORT=${port}; export PORT\n${command}` }),
})
