-- Named surroundings in which commands of one server run one after another. Values of variables lie sealed.
create table sessions (
  id uuid primary key,
  server_id uuid not null references servers,
  name text not null,
  as_root boolean not null,
  cwd text,
  secrets jsonb not null,
  terminal jsonb,
  sealed_env bytea not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  idempotency_key text,
  body_digest bytea not null
);
create unique index sessions_open on sessions (server_id, name) where closed_at is null;
create unique index sessions_idempotency on sessions (created_by, idempotency_key) where idempotency_key is not null;
create index sessions_by_server on sessions (server_id, id desc);
create index operations_by_session on operations ((input #>> '{session,id}'), id desc) where input #>> '{session,id}' is not null;

create function session_json(s sessions) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', s.id, 'name', s.name, 'server', (select jsonb_build_object('id', v.id, 'name', v.name) from servers v where v.id = s.server_id),
    'state', case when s.closed_at is null then 'open' else 'closed' end, 'asRoot', s.as_root, 'cwd', s.cwd,
    'secrets', s.secrets, 'terminal', s.terminal, 'createdBy', s.created_by, 'createdAt', iso(s.created_at), 'closedAt', iso(s.closed_at)
  )
$$;

-- The session's row is held until the operation is there: closing takes it too, and so either refuses a command or finds it.
create function create_operation_in(session uuid, n jsonb, sealed bytea, digest bytea) returns jsonb language plpgsql as $$
declare
  is_open boolean;
begin
  select closed_at is null into is_open from sessions where id = session for share;
  if not is_open and not exists (
    select from operations where requester ->> 'name' = n #>> '{requester,name}' and idempotency_key = n ->> 'idempotencyKey'
  ) then
    return jsonb_build_object('outcome', 'session_closed');
  end if;
  return create_operation(n, sealed, digest);
end
$$;
