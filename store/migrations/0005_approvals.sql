create table approvals (
  id uuid primary key,
  operation_id uuid not null references operations,
  server_id uuid not null references servers,
  subject_kind text not null check (subject_kind in ('command', 'plan')),
  subject_digest text not null check (subject_digest ~ '^[0-9a-f]{64}$'),
  subject_shown text not null,
  assessment jsonb not null,
  requester text not null,
  state text not null default 'pending' check (state in ('pending', 'confirmed', 'refused', 'expired', 'cancelled', 'executed', 'failed')),
  attempts integer not null default 0,
  max_attempts integer not null check (max_attempts > 0),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  decision_id uuid
);
create index approvals_by_operation on approvals (operation_id, created_at desc);
create index approvals_pending on approvals (created_at) where state = 'pending';

create function approval_json(a approvals) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', a.id, 'operationId', a.operation_id, 'assessment', a.assessment, 'requester', a.requester, 'state', a.state,
    'server', (select jsonb_build_object('id', s.id, 'name', s.name) from servers s where s.id = a.server_id),
    'subject', jsonb_build_object('kind', a.subject_kind, 'digest', a.subject_digest, 'shown', a.subject_shown),
    'attempts', a.attempts, 'maxAttempts', a.max_attempts, 'createdAt', iso(a.created_at), 'expiresAt', iso(a.expires_at),
    'decidedBy', a.decided_by, 'decidedAt', iso(a.decided_at)
  )
$$;

-- Every answer that anyone gave, also to an operation that is not there. What was typed is not kept: it may be anything.
create table confirmation_attempts (
  id uuid primary key,
  approval_id uuid references approvals,
  operation_id text not null,
  number integer,
  at timestamptz not null default clock_timestamp(),
  actor jsonb not null,
  interface text not null,
  matched boolean,
  outcome text not null,
  reason text
);
create index confirmation_attempts_by_operation on confirmation_attempts (operation_id);
create trigger append_only before update or delete or truncate on confirmation_attempts for each statement execute function refuse_change();

-- One use, one run: of an approved command the one run, of an approved plan one run for each of its commands.
create table approval_uses (
  approval_id uuid not null references approvals,
  use text not null,
  run_id text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (approval_id, use)
);
create index approval_uses_by_run on approval_uses (run_id);
create trigger append_only before update or delete or truncate on approval_uses for each statement execute function refuse_change();

create function audit_approval(a approvals, what text, by_whom jsonb, succeeded boolean, why text, more jsonb) returns void language sql as $$
  select audit('single', what, by_whom, o, succeeded, why, null, true,
    jsonb_build_object('approvalId', a.id, 'subject', a.subject_kind, 'digest', a.subject_digest, 'risk', a.assessment ->> 'risk',
      'requester', a.requester, 'confirmer', a.decided_by) || coalesce(more, '{}'))
  from operations o where o.id = a.operation_id
$$;

create function system_actor() returns jsonb language sql immutable as $$
  select '{"name": "system", "kind": "system", "interface": "system"}'::jsonb
$$;

create function request_approval(n jsonb) returns jsonb language plpgsql as $$
declare
  a approvals;
begin
  perform from operations where id = (n ->> 'operationId')::uuid for no key update;
  insert into approvals (id, operation_id, server_id, subject_kind, subject_digest, subject_shown, assessment, requester, max_attempts, expires_at)
  values ((n ->> 'id')::uuid, (n ->> 'operationId')::uuid, (n #>> '{server,id}')::uuid, n #>> '{subject,kind}', n #>> '{subject,digest}',
    n #>> '{subject,shown}', n -> 'assessment', n ->> 'requester', (n ->> 'maxAttempts')::integer, (n ->> 'expiresAt')::timestamptz)
  on conflict (id) do nothing
  returning * into a;
  if found then
    perform set_operation_state(a.operation_id, jsonb_build_object('state', 'awaiting_approval', 'message', 'awaiting_approval'));
    perform append_event(a.operation_id, jsonb_build_object('type', 'approval', 'status', 'pending',
      'message', coalesce(nullif(a.assessment ->> 'summary', ''), 'This needs approval.'),
      'data', jsonb_build_object('approvalId', a.id, 'risk', a.assessment ->> 'risk', 'phrase', a.assessment ->> 'phrase', 'expiresAt', iso(a.expires_at))));
    perform audit_approval(a, 'approval.requested', (select requester from operations where id = a.operation_id), true, null, null);
  else
    select * into a from approvals where id = (n ->> 'id')::uuid;
  end if;
  return approval_json(a);
end
$$;

-- What `decide` judges: the one that waits, else the newest; its rows stay locked until the end of the transaction.
create function approval_to_decide(operation uuid) returns jsonb language plpgsql as $$
declare
  a approvals;
begin
  perform from operations where id = operation for no key update;
  select * into a from approvals where operation_id = operation order by state = 'pending' desc, created_at desc limit 1 for no key update;
  return case when found then jsonb_build_object('approval', approval_json(a), 'isOver', a.expires_at <= clock_timestamp()) end;
end
$$;

-- Writes down an answer, and what it made of the approval when it made something of it. The caller holds the rows' locks.
create function record_decision(n jsonb) returns void language plpgsql as $$
declare
  a approvals;
begin
  insert into confirmation_attempts (id, approval_id, operation_id, number, actor, interface, matched, outcome, reason)
  values ((n ->> 'id')::uuid, (n ->> 'approvalId')::uuid, n ->> 'operationId', (n ->> 'attempts')::integer, n -> 'actor',
    n #>> '{actor,interface}', (n ->> 'matched')::boolean, n ->> 'outcome', n ->> 'reason');
  update approvals set
    attempts = (n ->> 'attempts')::integer,
    state = n ->> 'state',
    decided_by = case when state = 'pending' and n ->> 'state' <> 'pending' then n #>> '{actor,name}' else decided_by end,
    decided_at = case when state = 'pending' and n ->> 'state' <> 'pending' then clock_timestamp() else decided_at end,
    decision_id = case when state = 'pending' and n ->> 'state' <> 'pending' then (n ->> 'id')::uuid else decision_id end
  where id = (n ->> 'approvalId')::uuid
  returning * into a;
  if found then
    perform audit_approval(a, 'approval.' || (n ->> 'decision'), n -> 'actor', n ->> 'outcome' in ('confirmed', 'rejected'),
      case when n ->> 'outcome' not in ('confirmed', 'rejected') then n ->> 'outcome' end,
      jsonb_build_object('attempt', a.attempts, 'reason', n ->> 'reason'));
    perform append_event(a.operation_id, jsonb_build_object('type', 'approval', 'message', n ->> 'message',
      'status', case n ->> 'outcome' when 'confirmed' then 'completed' else 'error' end,
      'data', jsonb_build_object('approvalId', a.id, 'outcome', n ->> 'outcome', 'state', a.state, 'by', n #>> '{actor,name}')));
  else
    insert into operation_audit (phase, action, operation_id, actor, actor_kind, interface, address, success, error, security)
    values ('single', 'approval.' || (n ->> 'decision'), n ->> 'operationId', n #>> '{actor,name}', n #>> '{actor,kind}',
      n #>> '{actor,interface}', n #>> '{actor,address}', false, n ->> 'outcome', true);
  end if;
end
$$;

-- From pending to expired or cancelled; answers the state that the approval has now.
create function close_approval(approval uuid, into_state text, by_whom jsonb, why text) returns text language plpgsql as $$
declare
  a approvals;
begin
  perform from operations where id = (select operation_id from approvals where id = approval) for no key update;
  update approvals set state = into_state, decided_by = by_whom ->> 'name', decided_at = clock_timestamp()
  where id = approval and state = 'pending' and (into_state <> 'expired' or expires_at <= clock_timestamp())
  returning * into a;
  if found then
    perform audit_approval(a, 'approval.' || into_state, by_whom, true, null, jsonb_build_object('reason', why));
    perform append_event(a.operation_id, jsonb_build_object('type', 'approval', 'status', 'error',
      'message', 'The approval is ' || into_state || coalesce(': ' || why, ''),
      'data', jsonb_build_object('approvalId', a.id, 'state', a.state)));
  end if;
  return (select state from approvals where id = approval);
end
$$;

create function settle_approval(approval uuid, into_state text, more jsonb) returns void language plpgsql as $$
declare
  a approvals;
begin
  update approvals set state = into_state where id = approval and state = 'confirmed' returning * into a;
  if found then
    perform audit_approval(a, 'approval.' || into_state, system_actor(), into_state = 'executed', null, more);
  end if;
end
$$;
