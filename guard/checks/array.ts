import { every, type Check } from './check.ts'

/** Unraid: one parity-protected array, a cache that the mover empties into it, containers on top of both. */
export const arrayChecks: Readonly<Record<string, Check>> = {
  'array.started': {
    text: 'The array is started and healthy.',
    about: every,
    blocks: true,
    questions: () => [{ kind: 'parity' }],
    look: ({ parity }) =>
      parity?.state === undefined || parity.state === ''
        ? null
        : parity.state === 'STARTED' && parity.faultyDisks === 0
          ? { fine: true, detail: 'Started, every disk is there.' }
          : {
              fine: false,
              detail: `The array is ${parity.state}${parity.faultyDisks === 0 ? '' : `, ${parity.faultyDisks} disks are disabled, invalid or missing`}.`,
            },
    advice: 'Bring the array to health before anything is taken from it.',
  },
  'array.parity': {
    text: 'No parity operation is under way.',
    about: every,
    blocks: true,
    questions: () => [{ kind: 'parity' }],
    look: ({ parity }) => {
      if (parity === undefined) return null
      if (!parity.running && parity.paused !== true) return { fine: true, detail: 'None is under way.' }
      const progress = parity.percentage === null ? '' : ` at ${parity.percentage} %`
      const left = parity.remaining === null ? '' : `, about ${parity.remaining} left`
      return {
        fine: false,
        detail: `${parity.action || 'A parity operation'} ${parity.running ? 'runs' : 'is paused'}${progress}${left}.`,
      }
    },
    advice: 'Wait for its end.',
  },
  'array.mover': {
    text: 'The mover is idle and the cache drive is mounted.',
    about: every,
    questions: () => [{ kind: 'parity' }],
    look: ({ parity }) =>
      parity?.moverRunning === undefined
        ? null
        : allFine([
            ...(parity.moverRunning ? ['The mover is at work'] : []),
            ...(parity.cacheMounted === false ? ['The cache drive is not mounted'] : []),
          ]),
    advice: 'Wait for the mover; mount the cache, or what is written goes to the array or into memory.',
  },
  'array.containers': {
    text: 'Containers that others depend on are known.',
    about: /^(container|array|system|volume)/,
    questions: () => [{ kind: 'container_details' }],
    look: ({ containers }) => {
      if (containers?.details === undefined) return null
      const needed = [...new Set(containers.details.flatMap(({ needs }) => needs))]
      return {
        fine: true,
        detail:
          needed.length === 0 ? 'None depends on another.' : `Others depend on ${needed.slice(0, 10).join(', ')}.`,
      }
    },
    advice: '',
  },
}

const allFine = (wrong: readonly string[]): { fine: boolean; detail: string } =>
  wrong.length === 0 ? { fine: true, detail: 'So it is.' } : { fine: false, detail: `${wrong.join('; ')}.` }
