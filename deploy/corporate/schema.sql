-- Deploy smartattend:corporate/schema to pg
begin;
set local role smartattend_owner;

create schema corporate;
comment on schema corporate is 'Shift templates and rosters; they make the shift instances of companies and who is expected in them.';

commit;
