-- Revert smartattend:identity/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_history('identity.platform_action');
select ledger.remove_history('identity.support_review');
select ledger.remove_history('identity.support_end');
select ledger.remove_history('identity.support_access');
select ledger.remove_capture('identity.platform_grant');
select ledger.remove_capture('identity.role_grant');
select ledger.remove_capture('identity.role_permission');
select ledger.remove_capture('identity.role');
select ledger.remove_capture('identity.permission');
select ledger.remove_capture('identity.membership');
select ledger.remove_capture('identity."user"');

commit;
