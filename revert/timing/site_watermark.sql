-- Revert smartattend:timing/site_watermark from pg
begin;
set local role smartattend_owner;

drop function timing.site_watermark(uuid, timestamptz);

commit;
