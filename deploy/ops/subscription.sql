-- Deploy smartattend:ops/subscription to pg
begin;
set local role smartattend_owner;

create table ops.subscription (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  kind text not null,
  channel text not null,
  target text not null,
  secret_name text,
  is_active boolean not null default true,
  created_at timestamptz not null default core.clock(),
  constraint subscription_pkey primary key (tenant_id, id),
  constraint nobody_is_told_twice unique (tenant_id, kind, channel, target),
  constraint kind_is_one_or_a_group_or_all check (kind ~ '^([*]|[a-z_]+([.][a-z_]+)*([.][*])?)$'),
  constraint channel_is_known check (channel in ('command', 'file', 'webhook', 'smtp')),
  constraint commands_and_files_are_the_platform_s check (
    channel in ('webhook', 'smtp') or tenant_id = '00000000-0000-0000-0000-000000000000'
  ),
  constraint target_fits_the_channel check (
    case channel
      when 'webhook' then target ~ '^https?://[^\s/?#@]+(/\S*)?$'
      when 'smtp' then target ~ '^[^\s@,<>"]+@[^\s@,<>"]+$'
      else target ~ '^[a-z][a-z0-9_-]*$'
    end
  ),
  constraint target_is_not_endless check (length(target) <= 1000),
  constraint a_webhook_is_signed check ((channel = 'webhook') = (secret_name is not null)),
  constraint secret_is_a_name check (secret_name ~ '^[a-z][a-z0-9_]*$')
);
comment on table ops.subscription is
  'Who is told of which kind of message, and how. The nil UUID is the platform. Commands and files are named here and stand in the worker''s own list, so that a row never makes it run anything else.';
comment on column ops.subscription.kind is 'A kind of message, a group of them (incident.*), or all (*).';
comment on column ops.subscription.target is 'The address of the webhook, of the mail, or the name of a command or file in the worker''s list.';
comment on column ops.subscription.secret_name is
  'Which secret signs a webhook: its name, by which the worker finds it among those of this tenant. The secret itself is not in the database.';

create trigger subscription_100_kept
before delete on ops.subscription
for each row execute function core.refuse_change('kept');
create trigger subscription_100_no_truncate
before truncate on ops.subscription
for each statement execute function core.refuse_change('kept');
alter table ops.subscription enable always trigger subscription_100_kept;
alter table ops.subscription enable always trigger subscription_100_no_truncate;

commit;
