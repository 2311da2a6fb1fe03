-- Binds an approval to a run for ever, or says why not. Null: bound.
create function bind_approval(n jsonb, a approvals) returns text language plpgsql as $$
declare
  -- A plan may hold the same command twice; a command's approval is for that command alone.
  purpose text := case a.subject_kind when 'plan' then format('%s/%s/%s', n ->> 'stepId', n ->> 'commandIndex', n ->> 'digest') else '' end;
  used_by text := (select run_id from approval_uses u where u.approval_id = a.id and u.use = purpose);
begin
  if a.operation_id <> (n ->> 'operationId')::uuid or a.server_id <> (n ->> 'serverId')::uuid then
    return 'approval_of_another';
  elsif a.subject_kind <> n #>> '{approval,subject,kind}' or a.subject_digest <> n #>> '{approval,subject,digest}'
    or a.subject_kind = 'command' and a.subject_digest <> n ->> 'digest' then
    return 'approval_for_another_command';
  elsif used_by is not null then
    return case when used_by <> n ->> 'runId' then 'approval_used' end;
  elsif a.state <> 'confirmed' then
    return 'approval_not_confirmed';
  end if;
  insert into approval_uses (approval_id, use, run_id) values (a.id, purpose, n ->> 'runId');
  return null;
end
$$;

create function intend_run(n jsonb) returns jsonb language plpgsql as $$
declare
  o operations;
  r runs;
  a approvals;
  refusal text;
begin
  -- One intent at a time in an operation: of two runs that want one approval the second sees the first's use.
  select * into o from operations where id = (n ->> 'operationId')::uuid for no key update;
  select * into r from runs where id = n ->> 'runId';
  select * into a from approvals where id = (n #>> '{approval,id}')::uuid for no key update;
  refusal := case
    when o.id is null then 'operation_ended'
    when r.id is not null and (r.digest <> n ->> 'digest' or r.operation_id <> o.id or r.server_id <> (n ->> 'serverId')::uuid) then 'run_is_another_command'
    when r.id is null and o.ended_at is not null then 'operation_ended'
    when n -> 'approval' <> 'null' and a.id is null then 'approval_unknown'
    when a.id is not null then bind_approval(n, a)
  end;
  if refusal is not null then
    if o.id is not null then
      perform audit('single', 'run.refused', o.requester, o, false, refusal, null, true,
        jsonb_build_object('runId', n ->> 'runId', 'digest', n ->> 'digest', 'approvalId', n #>> '{approval,id}'));
    end if;
    return jsonb_build_object('kind', 'refused', 'because', refusal);
  end if;
  if r.id is null then
    insert into runs (id, operation_id, server_id, step_id, command_index, digest, shown, run_as, boot, output_limit)
    values (n ->> 'runId', o.id, (n ->> 'serverId')::uuid, n ->> 'stepId', (n ->> 'commandIndex')::integer, n ->> 'digest', n ->> 'shown',
      n ->> 'as', n ->> 'boot', coalesce((n ->> 'outputLimitBytes')::bigint, 10485760));
    -- Nothing to do where it runs already: the usual run of a plan's next step.
    if o.state <> 'running' then
      perform set_operation_state(o.id, '{"state": "running", "message": "running"}');
    end if;
    if a.id is not null then
      perform audit_approval(a, 'approval.used', o.requester, true, null, jsonb_build_object('runId', n ->> 'runId', 'commandDigest', n ->> 'digest'));
    end if;
  end if;
  return jsonb_build_object(
    'kind', case when r.id is null then 'new' else 'existing' end,
    'run', case when r.id is not null then run_json(r) end,
    'bound', case when a.id is not null then jsonb_build_object(
      'approvalId', a.id, 'operationId', a.operation_id, 'serverId', a.server_id, 'requester', a.requester, 'runId', n ->> 'runId',
      'subject', jsonb_build_object('kind', a.subject_kind, 'digest', a.subject_digest)) end);
end
$$;

create function finish_run(run text, n jsonb) returns void language plpgsql as $$
declare
  r runs;
begin
  update runs set run_end = n, ended_at = clock_timestamp()
  where id = run and (run_end is null or run_end ->> 'kind' = 'unknown' and n ->> 'kind' <> 'unknown')
  returning * into r;
  if not found then
    perform from runs where id = run;
    if not found then
      raise exception 'there is no run %', run using errcode = 'no_data_found';
    end if;
    return;
  end if;
  -- `unknown` may still become certain: the approval waits for that, or for the operation's end.
  perform settle_approval(a.id, case when n ->> 'exitCode' = '0' then 'executed' else 'failed' end, jsonb_build_object('runId', run, 'end', n))
  from approval_uses u join approvals a on a.id = u.approval_id
  where u.run_id = run and a.subject_kind = 'command' and n ->> 'kind' <> 'unknown';
end
$$;

create function end_operation(operation uuid, n jsonb) returns jsonb language plpgsql as $$
declare
  o operations;
  good boolean := n ->> 'state' in ('succeeded', 'unchanged');
  next jsonb;
begin
  select * into o from operations where id = operation for no key update;
  if not found then
    raise exception 'there is no operation %', operation using errcode = 'no_data_found';
  end if;
  next := leave_lock(operation);
  if o.ended_at is not null then
    return jsonb_build_object('ended', false, 'operation', operation_json(o), 'next', next);
  end if;
  perform close_approval(id, 'cancelled', system_actor(), 'the operation ended as ' || (n ->> 'state'))
    from approvals where operation_id = operation and state = 'pending';
  perform settle_approval(a.id, case when good then 'executed' else 'failed' end, null)
    from approvals a where a.operation_id = operation and a.state = 'confirmed' and exists (select from approval_uses u where u.approval_id = a.id);
  update operations set state = n ->> 'state', reason = null, detail = null, since = clock_timestamp(), ended_at = clock_timestamp(), result = n
    where id = operation returning * into o;
  perform audit('ended', o.kind, o.requester, o, good, case when not good then n ->> 'message' end,
    extract(epoch from o.ended_at - o.created_at) * 1000, false, jsonb_build_object('state', o.state));
  perform append_event(operation, jsonb_build_object('type', 'state', 'message', n ->> 'message',
    'status', case when good then 'completed' else 'error' end, 'percentage', case when good then 100 end,
    'durationMs', extract(epoch from o.ended_at - o.created_at) * 1000,
    'data', jsonb_build_object('state', o.state, 'result', n)));
  return jsonb_build_object('ended', true, 'operation', operation_json(o), 'next', next);
end
$$;

create function complete_run(run text, run_end jsonb, streams text[], starts bigint[], chunks bytea[], operation uuid, result jsonb)
returns jsonb language plpgsql as $$
declare
  offsets jsonb;
begin
  perform from operations where id = operation for no key update;
  offsets := append_output(run, streams, starts, chunks);
  perform finish_run(run, run_end);
  return end_operation(operation, result) || jsonb_build_object('offsets', offsets);
end
$$;
