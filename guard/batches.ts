import type { Alternative } from '../schema/guard.ts'
import { containerNeeds, inOrder } from './dependencies.ts'
import { devices, isNamed } from './devices.ts'
import type { Found } from './findings.ts'
import { isOverLimit, type Circumstances, type Extent } from './rate.ts'

const plain = /^[A-Za-z0-9][A-Za-z0-9@_.:-]*$/

/** A bulk act as the product itself would do it: batches within the limit, what needs others first, the protected left out. */
export type Split = { readonly batches: readonly (readonly string[])[]; readonly leftOut: readonly string[] }

export function splitOf(found: Found, extent: Extent, at: Circumstances): Split | null {
  if (extent.isEstimate || !isOverLimit(found, extent, at.device)) return null
  const { bulkLimit, protectedContainers } = devices[at.device]
  const leftOut = extent.items.filter((item) => isNamed(item, protectedContainers))
  const ordered = inOrder(
    extent.items.filter((item) => !leftOut.includes(item)),
    containerNeeds(at.answers?.containers?.details),
  ).toReversed()
  const batches: string[][] = []
  for (let from = 0; from < ordered.length; from += bulkLimit) batches.push(ordered.slice(from, from + bulkLimit))
  return { batches, leftOut }
}

/** The split, ready to be started: it ends at the first batch after which something else has stopped too. */
export function batchAlternative({ rule }: Found, { batches, leftOut }: Split): Alternative | null {
  const names = batches.flat()
  if (names.length === 0 || !names.every((name) => plain.test(name))) return null
  const without = leftOut.length === 0 ? '' : ` Left out, because they are protected: ${leftOut.join(', ')}.`
  const text = `In ${batches.length} batches of at most ${batches[0]?.length ?? 0}, with a health check between.${without}`
  const after = (index: number): readonly string[] => batches.slice(index + 1).flat()
  const commandOf =
    rule.action === 'container_bulk_stop'
      ? (batch: readonly string[], index: number) =>
          `docker stop ${batch.join(' ')}${stillRunning([...after(index), ...leftOut])}`
      : rule.action === 'service_bulk_disable'
        ? (batch: readonly string[], index: number) =>
            `systemctl stop -- ${batch.join(' ')}${stillActive(after(index))}`
        : null
  return commandOf === null ? null : { text, command: batches.map(commandOf).join(' && '), guarded: true }
}

/** The engine answers, and what is not in this batch runs as before. */
const stillRunning = (names: readonly string[]): string =>
  names.length === 0
    ? ''
    : ` && test "$(docker inspect --format '{{.State.Running}}' ${names.join(' ')} | sort -u)" = true`

const stillActive = (units: readonly string[]): string =>
  units.length === 0 ? '' : ` && systemctl is-active --quiet -- ${units.join(' ')}`
