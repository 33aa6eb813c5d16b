-- Deploy smartattend:identity/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_capture('identity."user"');
select ledger.add_capture('identity.membership');
select ledger.add_capture('identity.permission');
select ledger.add_capture('identity.role');
select ledger.add_capture('identity.role_permission');
select ledger.add_capture('identity.role_grant');
select ledger.add_capture('identity.platform_grant');
select ledger.add_history('identity.support_access');
select ledger.add_history('identity.support_end');
select ledger.add_history('identity.support_review');
select ledger.add_history('identity.platform_action');

commit;
