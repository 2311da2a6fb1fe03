import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import type { Logger } from 'pino'
import { searchAttributes } from '../schema/search.ts'
import type { Settings } from '../schema/settings.ts'

type Options = { readonly address: string; readonly tls?: boolean; readonly apiKey?: string }

export function connectionOptions({ temporal }: Pick<Settings, 'temporal'>): Options {
  if (temporal.address === undefined)
    throw new Error('No Temporal server is configured: set temporal.address or TEMPORAL_ADDRESS.')
  return {
    address: temporal.address,
    ...(temporal.tls === undefined ? {} : { tls: temporal.tls }),
    ...(temporal.apiKey === undefined ? {} : { apiKey: temporal.apiKey }),
  }
}

export async function connectClient(settings: Settings, identity: string): Promise<Client> {
  const connection = await Connection.connect(connectionOptions(settings))
  return new Client({ connection, namespace: settings.temporal.namespace, identity })
}

export const connectWorker = (settings: Settings): Promise<NativeConnection> =>
  NativeConnection.connect(connectionOptions(settings))

/** Registers our search attributes where that is allowed; without them the product works, only the lists in the Web UI are poorer. */
export async function registerSearchAttributes(client: Client, settings: Settings, log: Logger): Promise<void> {
  try {
    const { namespace } = settings.temporal
    const known = await client.connection.operatorService.listSearchAttributes({ namespace })
    const missing = Object.entries(searchAttributes).filter(([name]) => known.customAttributes?.[name] === undefined)
    if (missing.length === 0) return
    await client.connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name]) => [name, keyword])),
    })
    log.info({ attributes: missing.map(([name]) => name) }, 'registered search attributes')
  } catch (error) {
    log.warn({ err: error }, 'search attributes could not be registered; operations are found by id and memo only')
  }
}

/** Value of Temporal's IndexedValueType for a keyword. */
const keyword = 2
