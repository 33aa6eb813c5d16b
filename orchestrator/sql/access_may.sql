-- Whether the session may see everybody's grants, revalidations and events.
select api.has_permission('role.grant') and api.has_permission('role.review') and api.has_permission('member.read') as may
