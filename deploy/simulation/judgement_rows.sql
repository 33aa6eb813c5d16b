-- Deploy smartattend:simulation/judgement_rows to pg
begin;
set local role smartattend_owner;

insert into simulation.judgement
  (judgement, function_name, counts, severity, may_be_idle, scenarios, title, expected, meaning, action)
values
  (
    'exactly_one_event', 'not_one_event', 'logical', 'critical', false, '{duplicate-storm,network-instability}',
    'Each logical check-in left exactly one event', 'one event for each logical check-in',
    'One arrival of a person was written down more than once, or not at all: the evidence no longer says what happened.',
    'Look at the primary key of attendance.event and at how attendance.capture looks a key up; restore them, then void the surplus records with a reason.'
  ),
  (
    'exactly_one_record', 'not_one_record', 'logical', 'critical', false, '{duplicate-storm,network-instability}',
    'Each logical check-in left exactly one record', 'one record for each logical check-in',
    'A person is counted more than once for one arrival, or not at all: totals, pay and absence follow from it.',
    'Look at the unique indexes of attendance.record and at attendance.capture; then void the surplus records with a reason.'
  ),
  (
    'one_acceptance', 'not_one_acceptance', 'logical', 'critical', false, '{duplicate-storm,network-instability}',
    'Exactly one caller was told accepted', 'one accepted, all others replayed',
    'Two callers were told that they had made the check-in, so each believes that theirs is the original.',
    'Look at how attendance.capture recognises a known key or a repeated punch under the person''s lock.'
  ),
  (
    'same_answer', 'different_answer', 'acknowledged', 'critical', false, null,
    'All callers got the same answer', 'one record id for each logical check-in, one answer for each key',
    'Callers hold different references to the same check-in; a retry is no longer safe.',
    'Compare the answers by the key in the witness; a replay must be read from the stored event alone.'
  ),
  (
    'acknowledged_is_stored', 'lost_acknowledgement', 'acknowledged', 'critical', false, null,
    'Everything acknowledged is stored', 'each acknowledged call has its event and record',
    'A person was told that the check-in stands, and it does not: the worst thing an attendance system can do.',
    'Check synchronous_commit and the server''s log for crashes; look the key up in attendance.event.'
  ),
  (
    'no_phantom', 'phantom_check_in', 'logical', 'critical', false, null,
    'Nothing was stored that nobody sent', 'each stored check-in carries a key that a client sent',
    'A check-in exists that no client asked for.',
    'Look the event''s actor and login session up by the key in the witness.'
  ),
  (
    'other_payload_refused', 'overwritten_key', 'conflicting', 'critical', false, '{duplicate-storm}',
    'A reused key with another payload was refused', 'one payload stands for each key; all others get SA102',
    'A key was answered for something other than it was first used for: a claim can be replaced after the fact.',
    'Look at the payload hash that attendance.capture compares when it knows a key.'
  ),
  (
    'refusals_are_kept', 'unkept_refusal', 'refusals', 'major', false, '{duplicate-storm}',
    'Each refusal left evidence', 'each refused call has its row in ledger.refusal',
    'An attempt was turned away without a trace, so nobody can ask who tried what.',
    'Look at ledger.refuse, and whether the caller''s transaction was committed.'
  ),
  (
    'unknowns_are_resolved', 'unresolved_call', 'calls', 'major', false, null,
    'No outcome stayed unknown', 'each call ended with an answer',
    'A client does not know whether its check-in stands.',
    'See why the connection died in the server''s log; ask again with the same key.'
  ),
  (
    'errors_are_documented', 'undocumented_error', 'calls', 'major', false, null,
    'Every error had a documented code', 'each failure carries a code of core.error_code',
    'A caller saw an error that the contract does not name, so it cannot know what to do.',
    'Find the code in PostgreSQL''s list; translate it in the procedure, or retry it in the client.'
  ),
  (
    'everyone_was_served', 'unserved_submission', 'calls', 'major', false, '{duplicate-storm,network-instability}',
    'Every submission was served', 'accepted, replayed, or refused because of another payload',
    'Somebody did not get a check-in although nothing spoke against it.',
    'Look at the code in the witness: time-outs mean too many clients for this server, SA codes mean a rule.'
  ),
  (
    'it_recovered', 'unrecovered_call', 'recovery', 'major', false, null,
    'After the load everything works as before', 'each probe after the load succeeds',
    'The load left something behind that keeps people from checking in.',
    'Look for open transactions and locks in pg_stat_activity and pg_locks.'
  ),
  (
    'no_lock_left', 'lock_left', 'calls', 'minor', false, null,
    'No lock was left', 'no device holds or awaits a lock after the load',
    'A connection still holds a lock and will make somebody wait.',
    'End the backend in the witness with pg_terminate_backend, and see why its transaction was not ended.'
  ),
  (
    'caches_equal_histories', 'cache_off_history', 'records', 'critical', true, null,
    'Records equal their histories', 'each record equals its newest event',
    'The current state of a record is not what its history says; one of them is wrong.',
    'Compare both by the record id in the witness; a record is only ever written together with its event.'
  ),
  (
    'histories_are_legal', 'illegal_history', 'records', 'critical', true, null,
    'Histories are gapless and legal', 'revisions 1, 2, 3 …, each by a transition of core.transition',
    'A record has a revision that could not follow the one before.',
    'Check that record_800_judge_transition is enabled always, and a_revision_is_made_once is in place.'
  ),
  (
    'nobody_is_open_twice', 'open_twice', 'subjects', 'critical', true, null,
    'Nobody has two open records', 'at most one open record for each person',
    'A person is checked in twice at the same time; the check-out will close only one.',
    'Restore the unique index a_person_has_one_open_record, then void the surplus record with a reason.'
  ),
  (
    'nobody_is_recorded_twice', 'recorded_twice', 'records', 'critical', true, null,
    'Nobody is recorded twice in a session', 'one record for each person and session that is not voided',
    'A person counts twice in a session.',
    'Restore the unique index a_person_has_one_record_in_a_session, then void the surplus record with a reason.'
  ),
  (
    'order_is_restored', 'disordered_event', 'logical', 'critical', false, '{network-instability}',
    'The order was restored by sequence', 'for each device, the stored numbers go on by one in the order in which the check-ins were made',
    'Nobody can tell any more in which order things happened, or that nothing is missing between them.',
    'Look the key up in attendance.event: boot, sequence number and monotonic clock have to be stored as they were sent.'
  ),
  (
    'doubts_are_settled', 'unsettled_doubt', 'doubts', 'critical', true, '{network-instability}',
    'Every unknown was resolved by its key', 'asked again, each key in doubt is answered, bit for bit as before',
    'A client that lost an answer cannot learn what became of its check-in, so it can neither drop it nor repeat it.',
    'Compare both calls of the key in the witness; a replay must be read from the stored event alone.'
  ),
  (
    'failures_are_not_stored', 'stored_refusal', 'calls', 'critical', false, null,
    'What failed is not stored', 'no event carries the key of a call that was refused or failed for certain',
    'A client was told no and it happened nevertheless: it will be sent again under another key, or is missed when it is reverted.',
    'Look at the transaction of the event in the witness: an error must leave nothing behind.'
  ),
  (
    'sums_are_conserved', 'unconserved_device', 'devices', 'critical', false, '{network-instability}',
    'Told, events and records add up', 'for each device, as many events and records as check-ins it was told of',
    'Something was lost or made on the way between a device and its people''s records.',
    'Compare the device''s calls in simulation.call with the events of their people.'
  ),
  (
    'everyone_recovered', 'unserved_device', 'devices', 'major', false, '{network-instability}',
    'Every device was served again', 'a check-in of each device within recover_within_ms of the last fault',
    'The faults are over and somebody still cannot check in.',
    'Look for the device''s connection in pg_stat_activity, and for its back-off and circuit breaker in the history.'
  );

commit;
