-- Deploy smartattend:core/btree_gist to pg
begin;
set local role smartattend_owner;

-- Exclusion constraints over (tenant, person, range) need it. A server that has it already keeps its own.
create extension if not exists btree_gist with schema core;

commit;
