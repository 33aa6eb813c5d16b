-- The member of a number, if the token may see it.
select m.user_id as id, m.member_number as number, m.display_name as name
from api.member as m
where m.member_number = %(number)s
