-- Deploy smartattend:identity/user to pg
begin;
set local role smartattend_owner;

create table identity."user" (
  id uuid not null default gen_random_uuid(),
  login text not null,
  created_at timestamptz not null default core.clock(),
  constraint user_pkey primary key (id),
  constraint login_is_unique unique (login),
  constraint login_is_lower_case_without_spaces check (login ~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$')
);
comment on table identity."user" is
  'Accounts, platform-wide. A tenant sees an account through its membership only; what a person is called there is the membership''s. The id is random: one in time order would tell who makes a login a member since when the account is there.';

commit;
