-- What takes back a step of an approved plan restores a saved state, and so may be tried again: each further try is a use
-- of its own, and only once the try before it is known to have been cut off. Everything else is used once.
create or replace function bind_approval(n jsonb, a approvals) returns text language plpgsql as $$
declare
  tries integer := coalesce((n ->> 'tries')::integer, 1);
  -- A plan may hold the same command twice; a command's approval is for that command alone.
  place text := case a.subject_kind when 'plan' then format('%s/%s/%s', n ->> 'stepId', n ->> 'commandIndex', n ->> 'digest') else '' end;
  purpose text := case when tries > 1 then format('%s/%s', place, tries) else place end;
  before text := case when tries > 2 then format('%s/%s', place, tries - 1) else place end;
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
  elsif tries > 1 and (
    a.subject_kind <> 'plan' or not starts_with(n ->> 'stepId', 'undo-')
    or not exists (
      select from approval_uses u join runs r on r.id = u.run_id where u.approval_id = a.id and u.use = before
        and (r.run_end ->> 'kind' = 'unknown' or r.run_end ->> 'kind' = 'killed' and not (r.run_end ->> 'timedOut')::boolean))) then
    return 'approval_used';
  end if;
  insert into approval_uses (approval_id, use, run_id) values (a.id, purpose, n ->> 'runId');
  return null;
end
$$;
