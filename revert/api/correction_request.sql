-- Revert smartattend:api/correction_request from pg
begin;
set local role smartattend_owner;

drop view api.correction_type;
drop view api.correction_request;

commit;
