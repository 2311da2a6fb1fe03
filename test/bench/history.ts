import type { Product } from './product.ts'

type Scheduled = { readonly summary: string; readonly at: number }

/** When the activities of a closed workflow were scheduled, by Temporal's own clock. */
export async function eventTimes({ temporal }: Product, workflowId: string) {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory()
  const scheduled: Scheduled[] = (events ?? [])
    .filter((event) => event.activityTaskScheduledEventAttributes)
    .map((event) => ({
      summary: Buffer.from(event.userMetadata?.summary?.data ?? [])
        .toString('utf8')
        .replaceAll('"', ''),
      at: Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6,
    }))
  /** From one activity being scheduled to the one after it. */
  const nth = (index: number): number => {
    const [one, next] = [scheduled[index], scheduled[index + 1]]
    if (one === undefined || next === undefined) throw new Error(`workflow ${workflowId} has no activity ${index + 1}`)
    return next.at - one.at
  }
  return { nth, activity: (fits: (summary: string) => boolean) => nth(scheduled.findIndex((one) => fits(one.summary))) }
}
