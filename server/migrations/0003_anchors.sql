-- How a history that was set back is noticed. chain: a keyed digest of the entry's own identity and
-- of the chain before it; empty of entries from before there were chains.
ALTER TABLE entries ADD COLUMN chain TEXT NOT NULL DEFAULT '';

-- An epoch is of a service: what one service's phones have seen ends no other's. Empty until the
-- next start gives it one.
ALTER TABLE services ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
UPDATE services SET epoch = COALESCE((SELECT value FROM meta WHERE name = 'epoch'), '');
DELETE FROM meta WHERE name = 'epoch';
