-- Times leave the database as ISO 8601 in UTC with milliseconds: the form of every answer and of every event.
create function iso(t timestamptz) returns text language sql stable as $$
  select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Holds also where the application connects as the owner of the tables, whom no revoke binds.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are only ever added', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- One known value sealed by the master key: a wrong key is noticed at start, not at the first secret.
create table master_key (
  one boolean primary key default true check (one),
  sealed bytea not null
);

create table servers (
  id uuid primary key,
  name text not null,
  hostname text not null,
  port integer not null check (port between 1 and 65535),
  alternate_port integer check (alternate_port between 1 and 65535),
  last_known_ip text,
  root jsonb not null,
  app jsonb not null,
  jump jsonb,
  host_keys jsonb not null default '[]',
  device_type text not null check (device_type in ('unraid', 'ubuntu', 'wsl2', 'windows', 'proxmox', 'nas', 'generic')),
  environment text not null check (environment in ('production', 'staging', 'development', 'unknown')),
  services jsonb not null default '[]',
  service_dependencies jsonb not null default '{}',
  tags text[] not null default '{}',
  metadata jsonb not null default '{}',
  setup_complete boolean not null default false,
  security_locked boolean not null default false,
  monitoring_interval_ms integer not null check (monitoring_interval_ms > 0),
  maintenance boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  removed_at timestamptz
);
create unique index servers_name on servers (name) where removed_at is null;
create index servers_tags on servers using gin (tags) where removed_at is null;

create function server_json(s servers) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'alternatePort', s.alternate_port, 'lastKnownIp', s.last_known_ip, 'jump', s.jump
  )) || jsonb_build_object(
    'id', s.id, 'name', s.name, 'hostname', s.hostname, 'port', s.port, 'root', s.root, 'app', s.app,
    'hostKeys', s.host_keys, 'deviceType', s.device_type, 'environment', s.environment, 'services', s.services,
    'serviceDependencies', s.service_dependencies, 'tags', to_jsonb(s.tags), 'metadata', s.metadata,
    'setupComplete', s.setup_complete, 'securityLocked', s.security_locked,
    'monitoringIntervalMs', s.monitoring_interval_ms, 'maintenance', s.maintenance,
    'createdAt', iso(s.created_at), 'updatedAt', iso(s.updated_at)
  )
$$;

-- A removed name keeps its row, so that its next version has a number that was never used.
create table secret_names (
  name text primary key,
  last_version integer not null check (last_version > 0)
);

create table secret_versions (
  name text not null references secret_names,
  version integer not null check (version > 0),
  sealed bytea not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (name, version)
);

create table api_tokens (
  id uuid primary key,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'approver', 'admin')),
  kind text not null check (kind in ('person', 'agent')),
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create unique index api_tokens_name on api_tokens (name) where revoked_at is null;
