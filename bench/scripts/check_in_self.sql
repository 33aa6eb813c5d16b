-- A person checks in with an own token. Anything but "accepted" divides by zero.
\set n :n + 1
\set person :first + permute(:client_id + :clients * :n, :people)
\set high (:epoch_ms + :n) * 65536 + 28672 + random(0, 4095)
\set low random(-9223372036854775808, -4611686018427387905)
select o.id, o.revision, o.detail, 1 / (o.status = 'accepted' and o.revision = 1)::integer
from api.check_in(key => bench.key(:high, :low), token => bench.token('{tenant_id}', 'e', :person)) as o;
