-- End a token.
select identity.revoke_token(token => %s, reason => %s)
