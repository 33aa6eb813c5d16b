-- Revert smartattend:identity/review_support from pg
begin;
set local role smartattend_session;

drop function identity.review_support(uuid, uuid, text, text);

commit;
