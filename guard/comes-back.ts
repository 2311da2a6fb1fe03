import type { Found } from './findings.ts'
import type { Call } from './reading/call.ts'
import { readDocker } from './rules/docker.ts'

/** Whether what an act stops is started again by a later call of the same command: a compose project that is restarted. */
export function comesBack({ rule, match, call }: Found, calls: readonly Call[]): boolean {
  if (rule.action !== 'container_bulk_stop' || call === null || call.repeated || match.targets.length > 1) return false
  if (readDocker(call)?.object !== 'compose') return false
  return calls.slice(calls.indexOf(call) + 1).some((later) => {
    const docker = later.name === 'docker' ? readDocker(later) : null
    return docker?.object === 'compose' && /^(up|start|restart)$/.test(docker.verb)
  })
}
