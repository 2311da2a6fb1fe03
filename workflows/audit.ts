import type { OperationResult } from '../schema/operation.ts'
import type { AuditInput } from '../schema/start.ts'
import { reads, records } from './activities.ts'
import { openOperation } from './operation.ts'

/** Looks how safe a server is: reads, judges, stores what was found. It takes no lock and changes nothing. */
export async function audit(input: AuditInput): Promise<OperationResult> {
  const operation = openOperation(input, `Audit ${input.server.name}`)
  return operation.run(async () => {
    const { message } = await reads.auditServer({
      operationId: input.operationId,
      auditId: input.operationId,
      server: input.server,
      request: input.request,
    })
    const result: OperationResult = { state: 'succeeded', message }
    await records.endOperation({ operationId: input.operationId, result })
    return result
  })
}
