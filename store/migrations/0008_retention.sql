-- Old rows may go, through this one door: what is append-only is still never changed, and nothing younger than a day is lost.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('drydock.forgetting', true) = tg_table_name then
    return null;
  end if;
  raise exception 'rows of % are only ever added', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- Deletes up to `most` rows of one table that belong to what ended or happened before `cutoff`; answers how many it were.
create function forget(what text, cutoff timestamptz, most integer) returns integer language plpgsql
security definer set search_path = drydock, pg_temp as $$
declare
  gone integer;
begin
  if cutoff > now() - interval '1 day' then
    raise exception 'nothing younger than a day is forgotten' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('drydock.forgetting', what, true);
  case what
    when 'events' then
      delete from events where (operation_id, seq) in (
        select e.operation_id, e.seq from events e join operations o on o.id = e.operation_id where o.ended_at < cutoff limit most);
    when 'outputs' then
      delete from outputs where (run_id, stream, start) in (
        select c.run_id, c.stream, c.start from outputs c join runs r on r.id = c.run_id join operations o on o.id = r.operation_id
        where o.ended_at < cutoff limit most);
    when 'operation_audit' then
      delete from operation_audit where id in (select id from operation_audit where at < cutoff order by id limit most);
  end case;
  get diagnostics gone = row_count;
  perform set_config('drydock.forgetting', '', true);
  return gone;
end
$$;
