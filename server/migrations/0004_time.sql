-- What the house knows of its own time.

-- `noted` is the latest time of a commit that was written down: within a second of the last one.
-- `accepted` counts how often the operator said that the database's clock is right; whoever has not
-- seen the newest count writes nothing down.
CREATE TABLE clock (
    name     TEXT PRIMARY KEY,
    noted    BIGINT NOT NULL,
    accepted BIGINT NOT NULL
);
INSERT INTO clock (name, noted, accepted) VALUES ('house', 0, 0);

-- Entries whose `at` lies ahead of when they were said, because that of an earlier entry does: an
-- `at` orders, and nothing is judged by it.
CREATE TABLE ahead (
    constellation TEXT NOT NULL,
    room          TEXT NOT NULL,
    id            TEXT NOT NULL,
    said_at       BIGINT NOT NULL,
    PRIMARY KEY (room, id)
);
