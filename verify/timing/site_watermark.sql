-- Verify smartattend:timing/site_watermark on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('timing.site_watermark(uuid, timestamptz)'::regprocedure);

rollback;
