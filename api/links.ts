import type { Settings } from '../schema/settings.ts'
import type { Operation } from '../store/index.ts'

/** Where to go on from an operation. `temporal` is its page in the Temporal Web UI, where that is known. */
export function linksOf(settings: Settings, operation: Pick<Operation, 'id' | 'workflowId'>) {
  const self = `/v1/operations/${operation.id}`
  const { uiUrl, namespace } = settings.temporal
  return {
    self,
    events: `${self}/events`,
    output: `${self}/output`,
    approval: `${self}/approval`,
    cancellation: `${self}/cancellation`,
    resumption: `${self}/resumption`,
    temporal: uiUrl
      ? `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(operation.workflowId)}`
      : null,
  }
}
