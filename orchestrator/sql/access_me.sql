-- Whose session this is.
select identity.session_user_id() as user_id
