-- Up Migration

-- A reader of all operations' events goes on after a position, so it must never see one before all smaller ones are
-- there or never will be. The row is therefore written in a subtransaction, whose id is given after the position is
-- taken: whoever took a smaller position had its own transaction's id before that. Once no transaction older than the
-- row is open, none of them is.
create or replace function append_event(operation uuid, e jsonb) returns integer language plpgsql as $$
declare
  o operations;
begin
  update operations set last_seq = last_seq + 1 where id = operation returning * into o;
  if not found then
    raise exception 'there is no operation %', operation using errcode = 'no_data_found';
  end if;
  begin
    insert into events (operation_id, seq, type, server_id, step, status, message, percentage, duration_ms, data, correlation_id)
    values (
      operation, o.last_seq, e ->> 'type', coalesce((e ->> 'serverId')::uuid, o.server_id), e ->> 'step', e ->> 'status',
      e ->> 'message', (e ->> 'percentage')::real, (e ->> 'durationMs')::double precision,
      coalesce(nullif(e -> 'data', 'null'), '{}'), coalesce(e ->> 'correlationId', o.correlation_id)
    );
  exception when unique_violation then
    raise; -- only a block that catches something is a subtransaction
  end;
  perform pg_notify('drydock_events', operation || ':' || o.last_seq);
  return o.last_seq;
end
$$;
