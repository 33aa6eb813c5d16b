-- Revert smartattend:identity/bind_job from pg
begin;
set local role smartattend_session;

drop function identity.job_tenants(text);
drop function identity.bind_job(uuid);

commit;
