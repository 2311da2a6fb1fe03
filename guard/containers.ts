import type { ContainerAnswer, HostAnswers } from '../schema/host-questions.ts'

/** What a person should know of containers before they stop or go: stacks, volumes, restart policies (spec GUARD-24). */
export function containerWarnings(
  items: readonly string[],
  answers: HostAnswers | undefined,
  removes: boolean,
): string[] {
  const details = answers?.containers?.details
  if (details === undefined) return []
  const hit = details.filter(({ name }) => items.includes(name))
  return [...stackWarnings(hit, details), ...(removes ? volumeWarnings(hit) : restartWarnings(hit))]
}

function stackWarnings(hit: readonly ContainerAnswer[], all: readonly ContainerAnswer[]): string[] {
  const projects = [...new Set(hit.flatMap(({ project }) => (project === null ? [] : [project])))]
  const stacks = projects.map((project) => {
    const whole = all.filter((one) => one.project === project).length
    const here = hit.filter((one) => one.project === project).length
    return `${project} (${here === whole ? `all ${whole}` : `${here} of ${whole}`})`
  })
  return stacks.length === 0 ? [] : [`Compose stacks that it takes from: ${stacks.slice(0, 10).join(', ')}.`]
}

function volumeWarnings(hit: readonly ContainerAnswer[]): string[] {
  const volumes = [...new Set(hit.flatMap((one) => one.volumes))]
  return volumes.length === 0
    ? []
    : [
        `Volumes and directories that they use: ${volumes.slice(0, 10).join(', ')}${volumes.length > 10 ? ` and ${volumes.length - 10} more` : ''}.`,
      ]
}

function restartWarnings(hit: readonly ContainerAnswer[]): string[] {
  const always = hit.filter(({ restart }) => restart === 'always').map(({ name }) => name)
  const never = hit.filter(({ restart }) => restart === 'no').map(({ name }) => name)
  return [
    ...(always.length === 0
      ? []
      : [`Restart policy "always": ${always.slice(0, 10).join(', ')} come back when the engine restarts.`]),
    ...(never.length === 0
      ? []
      : [`No restart policy: ${never.slice(0, 10).join(', ')} stay down until somebody starts them.`]),
  ]
}
