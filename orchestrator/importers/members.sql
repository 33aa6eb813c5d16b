-- The ids of members by their numbers.
select m.member_number as code, m.user_id as id
from api.member as m
where m.member_number = any (%(codes)s)
