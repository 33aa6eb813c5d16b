-- Revert smartattend:integrity/grants from pg
begin;
set local role smartattend_owner;

revoke all on integrity.rule, integrity.parameter, integrity.rule_setting, integrity.flag, integrity.flag_transition from smartattend_app;

commit;
