-- Releases that came to serve on a server, each time they did: the newest row of an application and server is the active one.
create table releases (
  operation_id uuid primary key references operations,
  server_id uuid not null references servers,
  application text not null,
  release text not null,
  version text,
  sha256 text,
  definition jsonb not null,
  at timestamptz not null default now()
);
create index releases_by_application on releases (application, server_id, operation_id desc);
create index operations_by_application on operations ((input #>> '{settings,application}'), id desc)
  where input #>> '{settings,application}' is not null;

create function release_json(r releases) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'application', r.application, 'release', r.release, 'version', r.version, 'sha256', r.sha256, 'operation', r.operation_id,
    'server', (select jsonb_build_object('id', v.id, 'name', v.name) from servers v where v.id = r.server_id),
    'by', (select o.requester ->> 'name' from operations o where o.id = r.operation_id), 'at', iso(r.at), 'definition', r.definition,
    'active', not exists (
      select from releases n where n.application = r.application and n.server_id = r.server_id and n.operation_id > r.operation_id
    )
  )
$$;
