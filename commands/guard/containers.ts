import { z } from 'zod'
import type { ContainerAnswer } from '../../schema/host-questions.ts'
import { sh, type Script } from '../shell.ts'

/** Names of the containers of docker or podman. */
export const askNames = (which: 'running' | 'all'): Script =>
  which === 'running'
    ? sh`{ timeout 10 docker ps --format '{{.Names}}' || timeout 10 podman ps --format '{{.Names}}'; } && echo ok`
    : sh`{ timeout 10 docker ps --all --format '{{.Names}}' || timeout 10 podman ps --all --format '{{.Names}}'; } && echo ok`

/** One container a line, as JSON: the whole of `inspect` would be 8 KB for each. */
const format =
  '[{{json .Id}},{{json .Name}},{{json .State.Running}},{{json .HostConfig.RestartPolicy.Name}},{{json .HostConfig.NetworkMode}},' +
  '{{json .HostConfig.Links}},{{json .Mounts}},{{json (index .Config.Labels "com.docker.compose.project")}},' +
  '{{json (index .Config.Labels "com.docker.compose.service")}},{{json (index .Config.Labels "com.docker.compose.depends_on")}}]'

export const askDetails = (): Script =>
  sh`{ timeout 10 docker ps -q > /dev/null && docker ps -aq | timeout 20 xargs -r docker inspect --format ${format} && echo ok; } ||
{ timeout 10 podman ps -q > /dev/null && podman ps -aq | timeout 20 xargs -r podman inspect --format ${format} && echo ok; }`

const text = z.string().nullish()
const Row = z.tuple([
  z.string(),
  z.string(),
  z.boolean(),
  text,
  text,
  z.array(z.string()).nullish(),
  z.array(z.looseObject({ Name: text, Source: text })).nullish(),
  text,
  text,
  text,
])

type Known = Omit<ContainerAnswer, 'needs'> & { id: string; service: string | null; asked: readonly string[] }

/** Containers with the names of those they need; null where the answer is not what docker prints. */
export function readDetails(rows: readonly string[]): ContainerAnswer[] | null {
  const known: Known[] = []
  for (const row of rows) {
    const parsed = Row.safeParse(parseJson(row))
    if (!parsed.success) return null
    known.push(asKnown(parsed.data))
  }
  const nameOf = ({ project }: Known, wish: string): string[] =>
    known
      .filter(
        (one) =>
          one.name === wish ||
          (wish.length >= 12 && one.id.startsWith(wish)) ||
          (project !== null && one.project === project && one.service === wish),
      )
      .map(({ name }) => name)
  return known.map((one) => {
    const { id: _id, service: _service, asked, ...rest } = one
    const needs = asked.flatMap((wish) => nameOf(one, wish)).filter((name) => name !== one.name)
    return { ...rest, needs: [...new Set(needs)] }
  })
}

function parseJson(row: string): unknown {
  try {
    return JSON.parse(row)
  } catch {
    return null
  }
}

function asKnown([id, name, running, restart, network, links, mounts, project, service, dependsOn]: z.infer<
  typeof Row
>): Known {
  // `db:service_healthy:true,cache:service_started:false`, as compose labels what it started.
  const composed = (dependsOn ?? '').split(',').map((one) => one.split(':')[0] ?? '')
  const linked = (links ?? []).map((link) => (link.split(':')[0] ?? '').replace(/^\//, ''))
  const shared = /^container:(.+)$/.exec(network ?? '')?.[1]
  return {
    id,
    name: name.replace(/^\//, ''),
    running,
    restart: restart || 'no',
    project: project || null,
    service: service || null,
    volumes: (mounts ?? []).map((mount) => mount.Name || mount.Source || '').filter((mount) => mount !== ''),
    asked: [...composed, ...linked, ...(shared === undefined ? [] : [shared])].filter((wish) => wish !== ''),
  }
}
