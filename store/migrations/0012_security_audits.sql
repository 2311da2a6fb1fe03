-- What audits of servers found: as it was found, never changed afterwards.
create table security_audits (
  id uuid primary key,
  operation_id uuid not null references operations,
  server_id uuid not null references servers,
  profile text not null,
  areas text[],
  score integer not null check (score between 0 and 100),
  risk text not null check (risk in ('low', 'medium', 'high', 'critical')),
  compliance text not null check (compliance in ('compliant', 'non_compliant', 'incomplete')),
  failed text[] not null,
  at timestamptz not null,
  next_due timestamptz not null,
  audit jsonb not null
);
create index security_audits_by_server on security_audits (server_id, at desc, id desc);
create index security_audits_by_operation on security_audits (operation_id, at desc);
create trigger append_only before update or delete or truncate on security_audits for each statement execute function refuse_change();

create or replace function forget(what text, cutoff timestamptz, most integer) returns integer language plpgsql
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
    when 'security_audits' then
      delete from security_audits where id in (select id from security_audits where at < cutoff order by at limit most);
  end case;
  get diagnostics gone = row_count;
  perform set_config('drydock.forgetting', '', true);
  return gone;
end
$$;
