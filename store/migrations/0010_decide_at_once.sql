-- The approval that an answer would be about, as it is now.
create function approval_seen(operation uuid) returns jsonb language sql stable as $$
  select jsonb_build_object('approval', approval_json(a), 'isOver', a.expires_at <= clock_timestamp())
  from approvals a where a.operation_id = operation order by a.state = 'pending' desc, a.created_at desc limit 1
$$;

-- Writes down an answer that was judged by what was seen, if that is still so: one round trip for the usual case.
-- False: somebody else was faster, or the time ran out; it must be judged again.
create function decide_on(seen jsonb, n jsonb) returns boolean language plpgsql as $$
declare
  now_is jsonb := approval_to_decide((n ->> 'operationId')::uuid);
begin
  if (now_is #> '{approval,id}', now_is #> '{approval,state}', now_is #> '{approval,attempts}', now_is -> 'isOver')
    is distinct from (seen #> '{approval,id}', seen #> '{approval,state}', seen #> '{approval,attempts}', seen -> 'isOver') then
    return false;
  end if;
  perform record_decision(n);
  return true;
end
$$;
