import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'
import { LRUCache } from 'lru-cache'

/** A poll lasts about a minute; whoever has not polled for longer is gone. */
const staleMs = 75_000

/** Whether any worker polls the task queue, as Temporal last saw it; asked at most once a second. */
export function createWorkerPresence(client: Client): (taskQueue: string) => Promise<boolean> {
  const answers = new LRUCache<string, Promise<boolean>>({ max: 50, ttl: 1_000 })

  return async (taskQueue) => {
    const known = answers.get(taskQueue)
    if (known) return known
    const asked = ask(client, taskQueue)
    answers.set(taskQueue, asked)
    asked.catch(() => answers.delete(taskQueue))
    return asked
  }
}

async function ask(client: Client, taskQueue: string): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  })
  return (pollers ?? []).some((poller) => {
    const seconds = Number(poller.lastAccessTime?.seconds ?? 0)
    return Date.now() - seconds * 1000 < staleMs
  })
}
