import { journalTitle } from '../schema/titles.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { JournalInput } from '../schema/start.ts'
import { acts, records } from './activities.ts'
import { openOperation } from './operation.ts'

/** Reads the journal of a unit, or follows it until its time is over or somebody cancels. It takes no lock and changes nothing. */
export async function journal(input: JournalInput): Promise<OperationResult> {
  const { operationId, server, settings } = input
  const operation = openOperation(input, journalTitle(settings, server.name))
  return operation.run(async () => {
    const result = await acts.readJournal({ operationId, server, settings })
    await records.endOperation({ operationId, result })
    return result
  })
}
