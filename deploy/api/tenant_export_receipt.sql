-- Deploy smartattend:api/tenant_export_receipt to pg
begin;
set local role smartattend_owner;

create function api.tenant_export_receipt(
  key uuid,
  tenant_id uuid,
  received_by text,
  archive_sha256 text,
  rows bigint,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(tenant_export_receipt.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', tenant_export_receipt.tenant_id, 'received_by', tenant_export_receipt.received_by,
    'archive_sha256', tenant_export_receipt.archive_sha256, 'rows', tenant_export_receipt.rows
  );
  v_outcome core.outcome;
  v_state text;
  v_id uuid := core.uuid_v7();
begin
  v_outcome := identity.claim_platform('tenant_export_receipt', tenant_export_receipt.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if core.is_name(tenant_export_receipt.received_by) is not true then
    perform core.fail('SA012', coalesce(left(tenant_export_receipt.received_by, 64), 'null'), 'who received the export: a name of 1 to 200 characters');
  end if;
  if coalesce(tenant_export_receipt.archive_sha256, '') !~ '^[0-9a-f]{64}$' then
    perform core.fail(
      'SA010', 'archive_sha256 ' || coalesce(left(tenant_export_receipt.archive_sha256, 80), 'null'), 'the SHA-256 of the export, 64 hexadecimal digits'
    );
  end if;
  if coalesce(tenant_export_receipt.rows, -1) < 0 then
    perform core.fail('SA010', 'rows ' || coalesce(tenant_export_receipt.rows::text, 'null'), 'how many rows the export has');
  end if;
  perform identity.bind_target(tenant_export_receipt.tenant_id);
  v_state := tenancy.lock_state(tenant_export_receipt.tenant_id);
  if v_state not in ('offboarding', 'archived') then
    v_outcome := core.refused('SA107', jsonb_build_object('observed', v_state, 'expected', 'offboarding or archived'));
  else
    insert into tenancy.export_receipt (tenant_id, id, stay_id, received_by, archive_sha256, rows)
    select
      tenant_export_receipt.tenant_id, v_id, s.id, tenant_export_receipt.received_by, decode(tenant_export_receipt.archive_sha256, 'hex'),
      tenant_export_receipt.rows
    from tenancy.stays(tenant_export_receipt.tenant_id) as s
    limit 1;
    v_outcome := core.accepted(v_id, null, jsonb_build_object('tenant_id', tenant_export_receipt.tenant_id, 'state', v_state));
  end if;
  return identity.finish_platform(
    v_outcome, tenant_export_receipt.key, 'tenant_export_receipt', v_payload, tenant_export_receipt.tenant_id, jsonb_build_object('state', v_state)
  );
end $$;
comment on function api.tenant_export_receipt(uuid, uuid, text, text, bigint, text) is
  'Keeps that a tenant has its export: who received it, the SHA-256 of the file (hexadecimal) and its number of rows. While it is offboarding, when it opens the way to archive, or archived. Platform session with tenant.operate. Errors SA001–SA006, SA010–SA012; refusals SA102, SA104, SA107.';
grant execute on function api.tenant_export_receipt(uuid, uuid, text, text, bigint, text) to smartattend_app, smartattend_operator;

commit;
