-- Deploy smartattend:integrity/rule to pg
begin;
set local role smartattend_owner;

create table integrity.rule (
  rule text not null,
  name text not null,
  severity text not null,
  is_blocking boolean not null,
  is_deterministic boolean not null,
  is_scanned boolean not null,
  meaning text not null,
  constraint rule_pkey primary key (rule),
  constraint name_is_unique unique (name),
  constraint rule_is_f_and_two_digits check (rule ~ '^F[0-9]{2}$'),
  constraint name_is_a_lower_case_word check (name ~ '^[a-z][a-z_]+$'),
  constraint severity_is_known check (severity in ('info', 'low', 'med', 'high'))
);
comment on table integrity.rule is
  'The rules, as data. A rule never refuses a person: it raises a flag, and a blocking one holds the record until somebody has decided.';
comment on column integrity.rule.is_blocking is 'Its flags hold the record, out of the totals. F09 blocks when the clock is untrusted, not when it is critical or lateness undecidable.';
comment on column integrity.rule.is_deterministic is
  'It follows from what is stored alone; the others compare with a threshold of experience and may be wrong about a person.';
comment on column integrity.rule.is_scanned is
  'integrity.scan asks the function of the rule''s name (integrity.f03 for F03). The others come from the capture''s signals only.';

insert into integrity.rule (rule, name, severity, is_blocking, is_deterministic, is_scanned, meaning) values
  ('F01', 'key_reused', 'high', true, true, true, 'an idempotency key came again with another payload'),
  ('F02', 'repeat_punch', 'info', false, true, true, 'the same direction again within a minute; answered with the first punch'),
  ('F03', 'impossible_travel', 'high', true, false, true, 'two places of one person are further apart than anybody travels in the time between'),
  ('F04', 'shared_personal_device', 'high', true, true, true, 'one personal device spoke for several people in a session; all but the first are flagged'),
  ('F05', 'new_device', 'low', false, false, true, 'the device was registered minutes before the session began, or after'),
  ('F06', 'foreign_address', 'low', false, true, true, 'the address that the server saw is none of the site''s networks'),
  ('F07', 'outside_the_geofence', 'med', false, true, true, 'the place is outside the site''s geofence, by more than its accuracy'),
  ('F08', 'static_or_mock_location', 'med', false, false, true, 'the device says that its location is a mock, or a personal device never moves by a hair'),
  ('F09', 'clock_untrusted', 'med', true, true, false, 'the device''s clock is untrusted, or critical, which holds nothing; or whether somebody is late cannot be decided, which is never held against anybody'),
  ('F10', 'clock_stepped', 'high', true, true, true, 'the wall clock was set, against the monotonic clock of the same boot'),
  ('F11', 'claim_in_the_future', 'high', true, true, false, 'the claim lies after its receipt, by more than its error'),
  ('F12', 'old_queue', 'med', false, true, false, 'the punch waited too long in its device''s queue'),
  ('F13', 'sequence_gap', 'med', false, true, true, 'sequence numbers are missing before this one, within a boot of a device'),
  ('F14', 'sequence_replay', 'high', true, true, true, 'a sequence number came twice within a boot of a device'),
  ('F15', 'rotating_token', 'high', true, true, true, 'the rotating token is expired, was used before, or is for another session'),
  ('F16', 'burst', 'med', false, false, true, 'more people within two seconds at one kiosk or gate than can pass'),
  ('F17', 'two_places', 'high', true, true, false, 'the presence overlaps another one of the same person'),
  ('F18', 'not_rostered', 'med', false, true, true, 'nothing is scheduled for the person then, though the person has a schedule'),
  ('F19', 'outside_the_window', 'low', false, true, true, 'a check-in shortly before the capture window opens, or after it has closed'),
  ('F20', 'inactive_subject', 'high', true, true, true, 'the membership, or the enrolment in the unit, had ended or not begun'),
  ('F21', 'present_on_leave', 'med', false, true, true, 'a check-in, or a mark in a register that says present, during approved leave'),
  ('F22', 'missing_out', 'med', false, true, true, 'the presence has no check-out'),
  ('F23', 'too_long', 'med', false, true, true, 'a presence of more than sixteen hours'),
  ('F24', 'short_rest', 'low', false, true, true, 'less rest between two working days than the tenant''s settings ask for'),
  ('F25', 'self_approval', 'high', false, true, true, 'somebody tried to decide about oneself, or to approve what one did; it was refused'),
  ('F26', 'correction_outlier', 'low', false, false, true, 'a person''s records are corrected unusually often'),
  ('F27', 'approver_collusion', 'med', false, false, true, 'two people approve each other''s corrections'),
  ('F28', 'implausible_register', 'low', false, false, true, 'the registers of a unit have been the same for weeks'),
  ('F29', 'late_register', 'low', false, true, true, 'a register was submitted long after its session'),
  ('F30', 'closed_period', 'high', false, true, true, 'somebody tried to write into a closed period; it was refused'),
  ('F31', 'method_not_allowed', 'med', false, true, true, 'the capture method is not allowed here'),
  ('F32', 'only_manual', 'med', false, false, true, 'for weeks other people have entered every punch of this person by hand');

create table integrity.parameter (
  rule text not null,
  parameter text not null,
  kind text not null,
  standard jsonb not null,
  lowest numeric,
  highest numeric,
  unit text not null,
  meaning text not null,
  constraint parameter_pkey primary key (rule, parameter),
  constraint parameter_belongs_to_a_rule foreign key (rule) references integrity.rule (rule),
  constraint kind_is_known check (kind in ('number', 'words', 'words_by_site')),
  constraint numbers_are_bounded check ((kind = 'number') = (num_nulls(lowest, highest) = 0)),
  constraint standard_is_of_its_kind check (
    case kind
      when 'number' then jsonb_typeof(standard) = 'number' and (standard #>> '{}')::numeric between lowest and highest
      when 'words' then jsonb_typeof(standard) = 'array'
      else jsonb_typeof(standard) = 'object'
    end
  )
);
comment on table integrity.parameter is 'What a tenant may tune about a rule: its kind, its standard value and its bounds. Thresholds that others share are in tenancy.setting.';

insert into integrity.parameter (rule, parameter, kind, standard, lowest, highest, unit, meaning) values
  ('F03', 'speed', 'number', '1000', 10, 100000, 'km/h', 'nobody travels faster'),
  ('F03', 'distance', 'number', '2000', 0, 1000000, 'm', 'what is nearer is not judged'),
  ('F03', 'unbounded_error', 'number', '300', 0, 86400, 's', 'taken for the error of a time that only its claim says'),
  ('F05', 'before_start', 'number', '10', 0, 1440, 'min', 'a device registered so shortly before the start, or later, is new'),
  ('F07', 'accuracy', 'number', '200', 0, 100000, 'm', 'a worse accuracy than this excuses no more than this'),
  ('F08', 'punches', 'number', '5', 2, 20, 'punches', 'so many times exactly the same place is static'),
  ('F13', 'missing', 'number', '1', 1, 1000, 'numbers', 'fewer missing numbers are not flagged'),
  ('F15', 'lifetime', 'number', '60', 1, 86400, 's', 'how long a rotating token is good'),
  ('F16', 'people', 'number', '5', 2, 100, 'people', 'so many are a burst'),
  ('F16', 'within', 'number', '2', 0.1, 60, 's', 'the length of a burst'),
  ('F18', 'scheduled_within', 'number', '14', 1, 366, 'days', 'who has nothing scheduled so near, before and after, has no schedule'),
  ('F19', 'nearby', 'number', '120', 1, 720, 'min', 'what misses the window by more is not rostered (F18)'),
  ('F23', 'hours', 'number', '16', 1, 48, 'h', 'a longer presence is flagged'),
  ('F26', 'corrections', 'number', '5', 2, 1000, 'corrections', 'so many applied corrections of a person are an outlier'),
  ('F26', 'within', 'number', '30', 1, 366, 'days', 'counted over so many days'),
  ('F27', 'approvals', 'number', '2', 1, 1000, 'approvals', 'so many in each direction are collusion'),
  ('F27', 'within', 'number', '30', 1, 366, 'days', 'counted over so many days'),
  ('F28', 'registers', 'number', '20', 3, 200, 'registers', 'so many in a row with the same marks are implausible'),
  ('F28', 'people', 'number', '5', 2, 1000, 'people', 'smaller rolls are not judged'),
  ('F29', 'hours', 'number', '24', 0, 720, 'h', 'a register submitted later after its session is late'),
  ('F31', 'methods', 'words', '[]', null, null, 'words', 'allowed methods (evidence.method, else the kind of the device); empty: all'),
  ('F31', 'methods_by_site', 'words_by_site', '{}', null, null, 'words', 'the same for a site, by its code; stands instead of methods'),
  ('F32', 'days', 'number', '20', 5, 366, 'days', 'the stretch that is looked at'),
  ('F32', 'dates', 'number', '10', 2, 366, 'dates', 'on so many dates of it somebody has to have been entered');

commit;
