create table lock_tickets (
  ticket bigint generated always as identity primary key,
  server_id uuid not null references servers,
  operation_id uuid not null unique references operations,
  workflow_id text not null,
  title text not null,
  ahead boolean not null,
  queued_at timestamptz not null default clock_timestamp(),
  held_since timestamptz
);
create unique index lock_tickets_holder on lock_tickets (server_id) where held_since is not null;
create index lock_tickets_queue on lock_tickets (server_id, ahead desc, ticket);

-- Whoever touches a server's queue holds this until the end of the transaction.
create function guard_queue(server uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('drydock lock ' || server, 0))
$$;

create function holder_json(server uuid) returns jsonb language sql stable as $$
  select jsonb_build_object('operationId', operation_id, 'workflowId', workflow_id, 'title', title, 'since', iso(held_since))
  from lock_tickets where server_id = server and held_since is not null
$$;

-- Answers the ticket that holds the lock now, where this call gave it the lock.
create function promote_next(server uuid) returns jsonb language sql as $$
  update lock_tickets set held_since = clock_timestamp()
  where ticket = (select ticket from lock_tickets where server_id = server order by ahead desc, ticket limit 1)
    and not exists (select from lock_tickets where server_id = server and held_since is not null)
  returning jsonb_build_object('operationId', operation_id, 'workflowId', workflow_id)
$$;

create function enqueue_lock(n jsonb, only_if_free boolean) returns jsonb language plpgsql as $$
declare
  server uuid := (n ->> 'serverId')::uuid;
  mine lock_tickets;
begin
  perform guard_queue(server);
  select * into mine from lock_tickets where operation_id = (n ->> 'operationId')::uuid;
  if only_if_free and mine.ticket is null and exists (select from lock_tickets where server_id = server) then
    return jsonb_build_object('held', false, 'holder', holder_json(server), 'position', 0);
  end if;
  insert into lock_tickets (server_id, operation_id, workflow_id, title, ahead)
  values (server, (n ->> 'operationId')::uuid, n ->> 'workflowId', n ->> 'title', coalesce((n ->> 'ahead')::boolean, false))
  on conflict (operation_id) do nothing;
  perform promote_next(server);
  select * into mine from lock_tickets where operation_id = (n ->> 'operationId')::uuid;
  if mine.held_since is not null then
    return jsonb_build_object('held', true);
  end if;
  return jsonb_build_object('held', false, 'holder', holder_json(server), 'position', (
    select count(*) from lock_tickets t
    where t.server_id = server and t.held_since is null
      and (t.ahead > mine.ahead or t.ahead = mine.ahead and t.ticket <= mine.ticket)));
end
$$;

create function leave_lock(operation uuid) returns jsonb language plpgsql as $$
declare
  server uuid := (select server_id from lock_tickets where operation_id = operation);
  was_held timestamptz;
begin
  if server is null then
    return null;
  end if;
  perform guard_queue(server);
  delete from lock_tickets where operation_id = operation returning held_since into was_held;
  return case when was_held is not null then promote_next(server) end;
end
$$;
