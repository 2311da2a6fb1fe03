create table runs (
  id text primary key,
  operation_id uuid not null references operations,
  server_id uuid not null references servers,
  step_id text not null,
  command_index integer not null,
  digest text not null,
  shown text not null,
  run_as text not null check (run_as in ('root', 'app')),
  boot text not null,
  output_limit bigint not null,
  stdout_bytes bigint not null default 0,
  stderr_bytes bigint not null default 0,
  cut boolean not null default false,
  run_end jsonb,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  swept_at timestamptz
);
create index runs_by_operation on runs (operation_id, step_id);
create index runs_open on runs (server_id) where run_end is null;
create index runs_unswept on runs (server_id) where swept_at is null;

create function run_json(r runs) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', r.id, 'operationId', r.operation_id, 'serverId', r.server_id, 'stepId', r.step_id, 'commandIndex', r.command_index,
    'digest', r.digest, 'shown', r.shown, 'as', r.run_as, 'boot', r.boot, 'end', r.run_end, 'createdAt', iso(r.created_at), 'endedAt', iso(r.ended_at),
    'sweptAt', iso(r.swept_at), 'offsets', jsonb_build_object('stdout', r.stdout_bytes, 'stderr', r.stderr_bytes)
  )
$$;

-- Bytes, not text: commands write NUL and broken UTF-8, which text and jsonb refuse.
create table outputs (
  position bigint generated always as identity,
  run_id text not null references runs,
  stream text not null check (stream in ('stdout', 'stderr')),
  start bigint not null,
  bytes bytea not null,
  at timestamptz not null default clock_timestamp(),
  primary key (run_id, stream, start)
);
create index outputs_by_arrival on outputs (run_id, position);

-- Exactly once: a chunk that was sent before, in whole or in part, adds only what is new. Past the limit bytes are counted, not kept.
create function append_output(run text, streams text[], starts bigint[], chunks bytea[]) returns jsonb language plpgsql as $$
declare
  r runs;
  reached bigint;
  fresh bytea;
begin
  select * into r from runs where id = run for no key update;
  if not found then
    raise exception 'there is no run %', run using errcode = 'no_data_found';
  end if;
  for i in 1 .. coalesce(array_length(streams, 1), 0) loop
    reached := case streams[i] when 'stdout' then r.stdout_bytes else r.stderr_bytes end;
    if starts[i] > reached then
      raise exception 'run %: % goes on at byte %, but only % are stored', run, streams[i], starts[i], reached using errcode = 'invalid_parameter_value';
    end if;
    if starts[i] + length(chunks[i]) > reached then
      fresh := substring(chunks[i] from (reached - starts[i] + 1)::integer);
      if reached < r.output_limit then
        insert into outputs (run_id, stream, start, bytes)
        values (run, streams[i], reached, substring(fresh for least(r.output_limit - reached, length(fresh))::integer));
      end if;
      reached := reached + length(fresh);
      if streams[i] = 'stdout' then r.stdout_bytes := reached; else r.stderr_bytes := reached; end if;
      if reached > r.output_limit and not r.cut then
        r.cut := true;
        perform append_event(r.operation_id, jsonb_build_object('type', 'warning', 'step', r.step_id,
          'message', format('The output of "%s" is longer than %s bytes; the rest is not kept.', r.shown, r.output_limit),
          'data', jsonb_build_object('runId', r.id, 'limitBytes', r.output_limit)));
      end if;
    end if;
  end loop;
  update runs set stdout_bytes = r.stdout_bytes, stderr_bytes = r.stderr_bytes, cut = r.cut where id = run;
  return jsonb_build_object('stdout', r.stdout_bytes, 'stderr', r.stderr_bytes);
end
$$;
