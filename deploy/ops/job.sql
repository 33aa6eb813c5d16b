-- Deploy smartattend:ops/job to pg
begin;
set local role smartattend_owner;

create table ops.job (
  job text not null,
  room text not null,
  call text not null,
  scope text not null,
  every interval not null,
  gate text,
  runs_as text not null default 'smartattend_owner',
  time_out interval not null default '5 minutes',
  raises_after integer not null default 3,
  severity integer not null default 3,
  position integer not null default 500,
  is_enabled boolean not null default true,
  meaning text not null,
  constraint job_pkey primary key (job),
  constraint job_is_a_word check (job ~ '^[a-z][a-z_]*$'),
  constraint call_is_a_function_of_a_room check (call ~ '^[a-z_]+[.][a-z_]+[(][^;]*[)]$' and split_part(call, '.', 1) = room),
  constraint scope_is_known check (scope in ('platform', 'tenant')),
  constraint it_rests_between_runs check (every >= interval '0' and every <= interval '31 days'),
  constraint gate_is_known check (
    gate in ('capture_read', 'capture_write', 'administration_read', 'administration_write', 'ordinary_read', 'ordinary_write')
  ),
  constraint a_gate_is_a_tenant_s check (gate is null or scope = 'tenant'),
  constraint role_is_known check (runs_as in ('smartattend_owner', 'smartattend_sealer', 'smartattend_refresher')),
  constraint another_role_s_job_is_the_platform_s check (runs_as = 'smartattend_owner' or scope = 'platform'),
  constraint time_out_is_bounded check (time_out >= interval '1 second' and time_out <= interval '1 day'),
  constraint it_raises_after_a_failure check (raises_after >= 1),
  constraint severity_is_1_to_4 check (severity >= 1 and severity <= 4),
  constraint meaning_says_something check (core.is_reason(meaning))
);
comment on table ops.job is
  'What runs by itself: ops.maintain calls the function of a job whenever it is due, for the platform or for each tenant. A room joins by one row. Written by the changes of the plan; is_enabled and every also by the owner.';
comment on column ops.job.call is 'The function with its arguments: select … from <call>. What it returns becomes the detail of the run. It is written in a change, as code is.';
comment on column ops.job.every is 'It is due when this has passed since its last run began, for a tenant since the last in that tenant; 0: at each maintenance.';
comment on column ops.job.gate is 'Tenants whose state does not open this are not visited; null: all but purged ones.';
comment on column ops.job.runs_as is
  'Whose rights it needs: the owner''s (of all of them ops.run_job makes use itself), or another role''s, as a member of which the caller of ops.maintain runs it; who is none leaves it to somebody who is.';
comment on column ops.job.time_out is 'The worker''s statement time-out of a call of ops.maintain for this job.';
comment on column ops.job.raises_after is 'So many failures in a row are an incident, of this severity.';
comment on column ops.job.position is 'Of jobs that are equally overdue the lowest is first.';

commit;
