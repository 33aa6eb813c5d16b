-- Deploy smartattend:ops/delivery to pg
begin;
set local role smartattend_owner;

create table ops.delivery (
  tenant_id uuid not null,
  message_id uuid not null,
  subscription_id uuid not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  next_at timestamptz not null default core.clock(),
  last_error text,
  constraint delivery_pkey primary key (tenant_id, message_id, subscription_id),
  constraint delivery_is_of_a_message foreign key (tenant_id, message_id) references ops.message (tenant_id, id),
  constraint delivery_is_to_a_subscription foreign key (tenant_id, subscription_id) references ops.subscription (tenant_id, id),
  constraint state_is_known check (state in ('pending', 'delivered', 'dead')),
  constraint attempts_are_counted check (attempts >= 0),
  constraint a_dead_letter_says_why check (state <> 'dead' or last_error is not null)
);
comment on table ops.delivery is
  'What became of a message for a subscription: pending (next_at says from when on somebody may try; while a worker tries it lies in the future), delivered, or dead: given up. Made with the message.';
comment on column ops.delivery.next_at is 'From when on it is tried, again; once it is delivered or dead: since when.';
create index delivery_due on ops.delivery (next_at) where state = 'pending';
create index delivery_not_delivered on ops.delivery (tenant_id, state) where state <> 'delivered';
create index delivery_of_a_subscription on ops.delivery (tenant_id, subscription_id);

create trigger delivery_100_kept
before delete on ops.delivery
for each row execute function core.refuse_change('kept');
create trigger delivery_100_no_truncate
before truncate on ops.delivery
for each statement execute function core.refuse_change('kept');
alter table ops.delivery enable always trigger delivery_100_kept;
alter table ops.delivery enable always trigger delivery_100_no_truncate;

commit;
