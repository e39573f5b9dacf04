-- When a sign-in was first used: a refresh token is good until ten seconds after its successor was.
-- used_at: when the newest refresh token, or the access that came with it, was first used; NULL
-- while it was not. former_used_at: the same of the token before it; NULL while there was none.
ALTER TABLE devices ADD COLUMN used_at BIGINT;
ALTER TABLE devices ADD COLUMN former_used_at BIGINT;
