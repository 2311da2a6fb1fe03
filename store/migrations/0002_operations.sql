create table operations (
  id uuid primary key,
  kind text not null,
  server_id uuid references servers,
  title text not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'awaiting_approval', 'succeeded', 'unchanged',
    'failed', 'rolled_back', 'rollback_failed', 'refused', 'cancelled', 'unknown')),
  reason text check (reason in ('server_lock', 'worker', 'schedule', 'retry', 'host')),
  detail text,
  since timestamptz not null default now(),
  requester jsonb not null,
  correlation_id text not null,
  workflow_id text not null,
  input jsonb,
  sealed bytea,
  resumes uuid,
  parent uuid,
  idempotency_key text,
  body_digest bytea not null,
  exclusive boolean not null,
  last_seq integer not null default 0,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  result jsonb,
  check ((ended_at is null) = (state in ('waiting', 'running', 'awaiting_approval'))),
  check ((ended_at is null) = (result is null))
);
create unique index operations_idempotency on operations ((requester ->> 'name'), idempotency_key) where idempotency_key is not null;
create unique index operations_exclusive on operations (server_id, kind) where exclusive and ended_at is null;
create index operations_open on operations (server_id) where ended_at is null;
create index operations_by_server on operations (server_id, id desc);
create index operations_by_parent on operations (parent) where parent is not null;

create function operation_json(o operations) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', o.id, 'kind', o.kind, 'title', o.title, 'state', o.state, 'reason', o.reason, 'detail', o.detail,
    'server', (select jsonb_build_object('id', s.id, 'name', s.name) from servers s where s.id = o.server_id),
    'since', iso(o.since), 'requester', o.requester ->> 'name', 'requestedBy', o.requester,
    'resumes', o.resumes, 'parent', o.parent, 'workflowId', o.workflow_id, 'correlationId', o.correlation_id,
    'input', o.input, 'createdAt', iso(o.created_at), 'endedAt', iso(o.ended_at), 'result', o.result
  )
$$;

create table events (
  position bigint generated always as identity unique,
  operation_id uuid not null references operations,
  seq integer not null,
  at timestamptz not null default clock_timestamp(),
  type text not null check (type in ('state', 'step', 'output', 'approval', 'warning', 'notice')),
  server_id uuid,
  step text,
  status text check (status in ('pending', 'running', 'completed', 'error', 'skipped')),
  message text not null,
  percentage real check (percentage between 0 and 100),
  duration_ms double precision,
  data jsonb not null default '{}',
  correlation_id text not null,
  primary key (operation_id, seq)
);
create index events_by_server on events (server_id, position) where server_id is not null;
create trigger append_only before update or delete or truncate on events for each statement execute function refuse_change();

create function event_json(e events) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'operationId', e.operation_id, 'seq', e.seq, 'at', iso(e.at), 'type', e.type, 'serverId', e.server_id, 'step', e.step,
    'status', e.status, 'message', e.message, 'percentage', e.percentage, 'durationMs', e.duration_ms, 'data', e.data,
    'correlationId', e.correlation_id
  )
$$;

-- The number is given under the row lock of the operation: no gaps, and nobody sees 7 before 6 is there.
create function append_event(operation uuid, e jsonb) returns integer language plpgsql as $$
declare
  o operations;
begin
  update operations set last_seq = last_seq + 1 where id = operation returning * into o;
  if not found then
    raise exception 'there is no operation %', operation using errcode = 'no_data_found';
  end if;
  insert into events (operation_id, seq, type, server_id, step, status, message, percentage, duration_ms, data, correlation_id)
  values (
    operation, o.last_seq, e ->> 'type', coalesce((e ->> 'serverId')::uuid, o.server_id), e ->> 'step', e ->> 'status',
    e ->> 'message', (e ->> 'percentage')::real, (e ->> 'durationMs')::double precision,
    coalesce(nullif(e -> 'data', 'null'), '{}'), coalesce(e ->> 'correlationId', o.correlation_id)
  );
  perform pg_notify('drydock_events', operation || ':' || o.last_seq);
  return o.last_seq;
end
$$;

-- An operation's record is written twice, at its beginning and at its end, because rows are never changed; the view joins the two.
create table operation_audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  phase text not null check (phase in ('began', 'ended', 'single')),
  action text not null,
  server_id uuid,
  operation_id text,
  actor text not null,
  actor_kind text not null check (actor_kind in ('person', 'agent', 'system')),
  interface text not null check (interface in ('api', 'cli', 'mcp', 'temporal', 'schedule', 'system')),
  address text,
  success boolean,
  error text,
  correlation_id text,
  workflow_id text,
  duration_ms double precision,
  security boolean not null default false,
  parameters jsonb not null default '{}'
);
create unique index operation_audit_once on operation_audit (operation_id, phase) where phase <> 'single';
create index operation_audit_by_operation on operation_audit (operation_id) where operation_id is not null;
create index operation_audit_by_time on operation_audit using brin (at);
create trigger append_only before update or delete or truncate on operation_audit for each statement execute function refuse_change();

create view audit_trail as
  select a.id, a.at, a.action, a.server_id, s.name as server, a.operation_id, a.actor, a.actor_kind, a.interface, a.address,
    coalesce(e.success, a.success) as success, coalesce(e.error, a.error) as error, a.correlation_id, a.workflow_id,
    coalesce(e.duration_ms, a.duration_ms) as duration_ms, a.security, a.parameters
  from operation_audit a
    left join operation_audit e on a.phase = 'began' and e.phase = 'ended' and e.operation_id = a.operation_id
    left join servers s on s.id = a.server_id
  where a.phase <> 'ended';

create function audit(phase text, action text, by_whom jsonb, o operations, succeeded boolean, why text, took double precision,
  for_security boolean, params jsonb) returns void language sql as $$
  insert into operation_audit (phase, action, server_id, operation_id, actor, actor_kind, interface, address, success, error,
    correlation_id, workflow_id, duration_ms, security, parameters)
  values (phase, action, o.server_id, o.id::text, by_whom ->> 'name', by_whom ->> 'kind', by_whom ->> 'interface', by_whom ->> 'address',
    succeeded, why, o.correlation_id, o.workflow_id, took, for_security, coalesce(params, '{}'))
$$;

create function create_operation(n jsonb, sealed bytea, digest bytea) returns jsonb language plpgsql as $$
declare
  o operations;
begin
  insert into operations (id, kind, server_id, title, reason, requester, correlation_id, workflow_id, input, sealed, resumes, parent,
    idempotency_key, body_digest, exclusive)
  values (
    (n ->> 'id')::uuid, n ->> 'kind', (n #>> '{server,id}')::uuid, n ->> 'title', 'worker', n -> 'requester', n ->> 'correlationId',
    n ->> 'workflowId', n -> 'input', sealed, (n ->> 'resumes')::uuid, (n ->> 'parent')::uuid, n ->> 'idempotencyKey', digest,
    coalesce((n ->> 'exclusive')::boolean, false)
  )
  on conflict do nothing
  returning * into o;
  if found then
    perform append_event(o.id, jsonb_build_object('type', 'state', 'message', 'accepted', 'data', jsonb_build_object('state', 'waiting')));
    perform audit('began', o.kind, o.requester, o, null, null, null, false, n -> 'parameters');
    return jsonb_build_object('outcome', 'created', 'operation', operation_json(o));
  end if;

  select * into o from operations
    where requester ->> 'name' = n #>> '{requester,name}' and idempotency_key = n ->> 'idempotencyKey' or id = (n ->> 'id')::uuid;
  if found then
    return case when o.body_digest = digest
      then jsonb_build_object('outcome', 'repeated', 'operation', operation_json(o))
      else jsonb_build_object('outcome', 'idempotency_key_reused') end;
  end if;
  select * into o from operations
    where server_id = (n #>> '{server,id}')::uuid and kind = n ->> 'kind' and exclusive and ended_at is null;
  if not found then -- it ended between the two statements: the caller asks again
    return jsonb_build_object('outcome', 'again');
  end if;
  return jsonb_build_object('outcome', 'already_running', 'operation', operation_json(o));
end
$$;

create function set_operation_state(operation uuid, n jsonb) returns boolean language plpgsql as $$
declare
  o operations;
begin
  select * into o from operations where id = operation for no key update;
  if not found then
    raise exception 'there is no operation %', operation using errcode = 'no_data_found';
  end if;
  if o.ended_at is not null then
    return false;
  end if;
  if (o.state, o.reason, o.detail) is not distinct from (n ->> 'state', n ->> 'reason', n ->> 'detail') then
    return true;
  end if;
  update operations set state = n ->> 'state', reason = n ->> 'reason', detail = n ->> 'detail',
    since = coalesce((n ->> 'since')::timestamptz, clock_timestamp()) where id = operation;
  perform append_event(operation, jsonb_build_object('type', 'state', 'message', n ->> 'message',
    'data', jsonb_build_object('state', n ->> 'state', 'reason', n ->> 'reason', 'detail', n ->> 'detail')));
  return true;
end
$$;

-- Immutable as events are: what was approved is what runs.
create table plans (
  id uuid primary key,
  operation text not null,
  hash text not null,
  plan jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index plans_by_operation on plans (operation, created_at);
create trigger append_only before update or delete or truncate on plans for each statement execute function refuse_change();

create table steps (
  operation_id uuid not null references operations,
  step_id text not null,
  plan_id uuid not null,
  position integer not null,
  title text not null,
  state text not null check (state in ('pending', 'running', 'applied', 'unchanged', 'failed', 'undone', 'undo_failed', 'unknown', 'skipped')),
  message text,
  duration_ms double precision,
  started_at timestamptz,
  ended_at timestamptz,
  primary key (operation_id, step_id)
);

create function step_event(s steps, event_status text, message text, done integer) returns void language plpgsql as $$
declare
  total integer := (select jsonb_array_length(plan -> 'steps') from plans where id = s.plan_id);
begin
  perform append_event(s.operation_id, jsonb_build_object(
    'type', 'step', 'step', s.step_id, 'status', event_status, 'message', message, 'durationMs', s.duration_ms,
    'percentage', case when total > 0 then round(least(done, total) * 100.0 / total, 1) end,
    'data', jsonb_build_object('state', s.state, 'position', s.position, 'total', total)));
end
$$;

create function begin_step(n jsonb) returns void language plpgsql as $$
declare
  s steps;
begin
  insert into steps (operation_id, step_id, plan_id, position, title, state, started_at)
  values ((n ->> 'operationId')::uuid, n ->> 'stepId', (n ->> 'planId')::uuid, (n ->> 'position')::integer, n ->> 'title', 'running', clock_timestamp())
  on conflict (operation_id, step_id) do update
    set state = 'running', plan_id = excluded.plan_id, position = excluded.position, title = excluded.title, message = null,
      duration_ms = null, ended_at = null, started_at = coalesce(steps.started_at, excluded.started_at)
    where steps.state <> 'running'
  returning * into s;
  if found then
    perform step_event(s, 'running', s.title, s.position);
  end if;
end
$$;

create function finish_step(n jsonb) returns void language plpgsql as $$
declare
  s steps;
begin
  update steps set state = n ->> 'state', message = n ->> 'message', duration_ms = (n ->> 'durationMs')::double precision,
    ended_at = clock_timestamp()
  where operation_id = (n ->> 'operationId')::uuid and step_id = n ->> 'stepId'
    and (state, message) is distinct from (n ->> 'state', n ->> 'message')
  returning * into s;
  if found then
    perform step_event(s,
      case when s.state in ('failed', 'undo_failed', 'unknown') then 'error' when s.state = 'skipped' then 'skipped' else 'completed' end,
      coalesce(s.message, s.title),
      -- An undo walks back: the bar goes back with it.
      case when s.state in ('applied', 'unchanged', 'skipped') then s.position + 1 else s.position end);
    return;
  end if;
  perform from steps where operation_id = (n ->> 'operationId')::uuid and step_id = n ->> 'stepId';
  if not found then
    raise exception 'step % was never begun', n ->> 'stepId' using errcode = 'no_data_found';
  end if;
end
$$;

-- The end of one step and the beginning of the next, in one round trip.
create function change_steps(finished jsonb, begun jsonb) returns void language plpgsql as $$
begin
  perform finish_step(finished);
  perform begin_step(begun);
end
$$;
