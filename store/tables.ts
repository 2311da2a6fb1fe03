import type { ColumnType, Generated } from 'kysely'

type Json = ColumnType<unknown, string, string>
/** ISO in UTC; see `parsers` in pool.ts. */
type Time = ColumnType<string, string | undefined, string>
type NullableTime = ColumnType<string | null, string | null | undefined, string | null>

/** What the tables look like to queries that are built here; the functions in `migrations/` do the rest. */
export type Database = {
  servers: {
    id: string
    name: string
    hostname: string
    port: number
    alternate_port: number | null
    last_known_ip: string | null
    root: Json
    app: Json
    jump: ColumnType<unknown, string | null, string | null>
    host_keys: Json
    device_type: string
    environment: string
    services: Json
    service_dependencies: Json
    tags: string[]
    metadata: Json
    setup_complete: Generated<boolean>
    security_locked: Generated<boolean>
    monitoring_interval_ms: number
    maintenance: boolean
    maintenance_reason: string | null
    created_at: Time
    updated_at: Time
    removed_at: NullableTime
  }
  secret_names: { name: string; last_version: number }
  secret_versions: { name: string; version: number; sealed: Buffer; created_by: string; created_at: Time }
  api_tokens: {
    id: string
    name: string
    role: string
    kind: string
    hash: Buffer
    created_at: Time
    last_used_at: NullableTime
    revoked_at: NullableTime
  }
  master_key: { one: Generated<boolean>; sealed: Buffer }
  operations: {
    id: string
    kind: string
    server_id: string | null
    state: string
    parent: string | null
    sealed: Buffer | null
    created_at: Time
    ended_at: NullableTime
  }
  audit_trail: {
    id: number
    at: Time
    action: string
    server_id: string | null
    server: string | null
    operation_id: string | null
    actor: string
    actor_kind: string
    interface: string
    address: string | null
    success: boolean | null
    error: string | null
    correlation_id: string | null
    workflow_id: string | null
    duration_ms: number | null
    security: boolean
    parameters: Json
  }
  runs: {
    id: string
    operation_id: string
    server_id: string
    stdout_bytes: number
    stderr_bytes: number
    run_end: Json
    swept_at: NullableTime
    created_at: Time
  }
  outputs: {
    position: Generated<number>
    run_id: string
    stream: 'stdout' | 'stderr'
    start: number
    bytes: Buffer
    at: Time
  }
}
