-- A confirmed approval that was not used is cancelled too: what it was given for has changed. Who decided it stays.
create or replace function close_approval(approval uuid, into_state text, by_whom jsonb, why text) returns text language plpgsql as $$
declare
  a approvals;
begin
  perform from operations where id = (select operation_id from approvals where id = approval) for no key update;
  update approvals t set state = into_state, decided_by = coalesce(t.decided_by, by_whom ->> 'name'), decided_at = coalesce(t.decided_at, clock_timestamp())
  where t.id = approval and (
    t.state = 'pending' and (into_state <> 'expired' or t.expires_at <= clock_timestamp())
    or t.state = 'confirmed' and into_state = 'cancelled' and not exists (select from approval_uses u where u.approval_id = t.id))
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
