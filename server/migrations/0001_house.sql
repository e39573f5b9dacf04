-- The house: who there is, which rooms they have, and what was said in them.
-- Columns are TEXT or BIGINT on both databases; times are epoch milliseconds; a flag is 0 or 1; a
-- column may be NULL only where absence means something.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Counts changes of people, so that every process can see that it missed one.
CREATE TABLE pulse (
    name  TEXT PRIMARY KEY,
    count BIGINT NOT NULL
);
INSERT INTO pulse (name, count) VALUES ('people', 0);

CREATE TABLE services (
    service    TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE constellations (
    constellation TEXT PRIMARY KEY,
    service       TEXT NOT NULL REFERENCES services (service),
    name          TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed       BIGINT NOT NULL
);
CREATE INDEX constellations_changed ON constellations (changed);

CREATE TABLE homes (
    home          TEXT PRIMARY KEY,
    constellation TEXT NOT NULL REFERENCES constellations (constellation),
    name          TEXT NOT NULL,
    hub           BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX homes_constellation ON homes (constellation);
CREATE UNIQUE INDEX homes_one_hub ON homes (constellation) WHERE hub = 1;

-- A person has one sign-in, however many constellations they are of. A suspended person has none.
CREATE TABLE people (
    person       TEXT PRIMARY KEY,
    service      TEXT NOT NULL REFERENCES services (service),
    name         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    suspended_at BIGINT
);

-- What a person is in a constellation. home is NULL for people who act for the service: the liaison
-- worker and the admin.
CREATE TABLE places (
    person        TEXT NOT NULL REFERENCES people (person),
    constellation TEXT NOT NULL REFERENCES constellations (constellation),
    home          TEXT REFERENCES homes (home),
    role          TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    PRIMARY KEY (person, constellation)
);
CREATE INDEX places_constellation ON places (constellation);

-- Who agreed that a young person takes part. delegated: whether the carer's delegated authority
-- covers it.
CREATE TABLE agreements (
    agreement     TEXT PRIMARY KEY,
    constellation TEXT NOT NULL REFERENCES constellations (constellation),
    person        TEXT NOT NULL REFERENCES people (person),
    band          TEXT NOT NULL,
    agreed_by     TEXT NOT NULL,
    capacity      TEXT NOT NULL,
    delegated     BIGINT NOT NULL,
    agreed_at     BIGINT NOT NULL,
    recorded_at   BIGINT NOT NULL,
    recorded_by   TEXT NOT NULL
);
CREATE INDEX agreements_person ON agreements (person);

-- way: a link that is sent, with a code that is told apart from it; the kitchen table, where
-- somebody confirms each scan; or a link that is given from hand to hand.
-- verified_on: the device that was told the right code. tries: how often it was wrong.
CREATE TABLE enrolments (
    enrolment     TEXT PRIMARY KEY,
    constellation TEXT NOT NULL REFERENCES constellations (constellation),
    person        TEXT NOT NULL REFERENCES people (person),
    way           TEXT NOT NULL,
    token_hash    TEXT NOT NULL UNIQUE,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    sent_at       BIGINT,
    opened_at     BIGINT,
    tries         BIGINT NOT NULL DEFAULT 0,
    verified_at   BIGINT,
    verified_on   TEXT,
    spent_at      BIGINT,
    device        TEXT,
    revoked_at    BIGINT
);
CREATE INDEX enrolments_person ON enrolments (person);
CREATE INDEX enrolments_constellation ON enrolments (constellation);

-- One scan at the kitchen table: the number that the phone shows, and the three to choose from.
CREATE TABLE claims (
    claim         TEXT PRIMARY KEY,
    constellation TEXT NOT NULL,
    enrolment     TEXT NOT NULL REFERENCES enrolments (enrolment),
    device        TEXT NOT NULL,
    device_name   TEXT NOT NULL,
    number        BIGINT NOT NULL,
    choices       TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    confirmed_at  BIGINT,
    refused_at    BIGINT
);
CREATE INDEX claims_enrolment ON claims (enrolment);

-- generation counts refresh tokens; rotated_at is when the newest was made; no token before `first`
-- is of the one who holds the sign-in now.
CREATE TABLE devices (
    device        TEXT PRIMARY KEY,
    service       TEXT NOT NULL REFERENCES services (service),
    person        TEXT NOT NULL REFERENCES people (person),
    name          TEXT NOT NULL,
    generation    BIGINT NOT NULL,
    first         BIGINT NOT NULL,
    rotated_at    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    -- Set when it ended because a refresh token came back that was used up long ago.
    copied_at     BIGINT
);
CREATE INDEX devices_person ON devices (person);

-- The one open code of a device that carries its sign-in to another browser.
CREATE TABLE handovers (
    device     TEXT PRIMARY KEY REFERENCES devices (device),
    service    TEXT NOT NULL,
    person     TEXT NOT NULL,
    code_hash  TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at   BIGINT,
    spent_by   TEXT
);

-- What one person proposes and another must confirm. person is NULL for somebody who is not here
-- yet.
CREATE TABLE proposals (
    proposal      TEXT PRIMARY KEY,
    constellation TEXT NOT NULL REFERENCES constellations (constellation),
    what          TEXT NOT NULL,
    person        TEXT REFERENCES people (person),
    name          TEXT NOT NULL,
    proposed_by   TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    confirmed_at  BIGINT,
    confirmed_by  TEXT
);
CREATE INDEX proposals_constellation ON proposals (constellation);

-- home is NULL for the circle, which is nobody's in particular. Whoever appends to a room
-- locks its row first; the room's head is its last entry.
CREATE TABLE rooms (
    room          TEXT PRIMARY KEY,
    constellation TEXT NOT NULL REFERENCES constellations (constellation),
    kind          TEXT NOT NULL,
    home          TEXT REFERENCES homes (home),
    created_at    BIGINT NOT NULL
);
CREATE INDEX rooms_constellation ON rooms (constellation);

CREATE TABLE members (
    room          TEXT NOT NULL REFERENCES rooms (room),
    person        TEXT NOT NULL REFERENCES people (person),
    constellation TEXT NOT NULL,
    floor         BIGINT NOT NULL,
    view          TEXT NOT NULL,
    left_at       BIGINT,
    PRIMARY KEY (room, person)
);
CREATE INDEX members_person ON members (person);

-- author is NULL when Roost itself wrote the entry for the service.
CREATE TABLE entries (
    room          TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    constellation TEXT NOT NULL,
    id            TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL,
    author        TEXT,
    target        TEXT,
    at            BIGINT NOT NULL,
    body          TEXT NOT NULL,
    digest        TEXT NOT NULL,
    PRIMARY KEY (room, seq)
);

-- What has become of an entry (its own row is at seq) through those that target it, the last at
-- at_seq.
CREATE TABLE cards (
    target        TEXT PRIMARY KEY,
    constellation TEXT NOT NULL,
    room          TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    at_seq        BIGINT NOT NULL,
    body          TEXT NOT NULL
);
CREATE UNIQUE INDEX cards_seq ON cards (room, seq);
CREATE INDEX cards_at_seq ON cards (room, at_seq);
CREATE INDEX entries_target ON entries (target);

-- Bodies that were changed or removed, for a later safeguarding case. While an entry stands, those
-- who may read it can look up what it said before; of one that was removed no route tells anything.
CREATE TABLE kept (
    id            TEXT NOT NULL,
    by_seq        BIGINT NOT NULL,
    constellation TEXT NOT NULL,
    room          TEXT NOT NULL,
    body          TEXT NOT NULL,
    kept_at       BIGINT NOT NULL,
    PRIMARY KEY (id, by_seq)
);

-- How far a person's phones hold a room, and how far the person has read it.
CREATE TABLE marks (
    room          TEXT NOT NULL REFERENCES rooms (room),
    person        TEXT NOT NULL REFERENCES people (person),
    constellation TEXT NOT NULL,
    delivered     BIGINT NOT NULL,
    read          BIGINT NOT NULL,
    PRIMARY KEY (room, person)
);

-- What somebody has set for themselves; without a row, what is usual for their role. Hours are
-- minutes of the day, on the constellation's wall clock, and NULL where they never set them.
-- receipts: whether others are told how far they have read.
CREATE TABLE settings (
    person     TEXT PRIMARY KEY REFERENCES people (person),
    service    TEXT NOT NULL REFERENCES services (service),
    quiet      BIGINT,
    quiet_from BIGINT,
    quiet_to   BIGINT,
    receipts   BIGINT NOT NULL DEFAULT 1
);

-- Which rooms are quiet for whom. until is NULL for as long as nobody turns it on again.
CREATE TABLE mutes (
    room          TEXT NOT NULL REFERENCES rooms (room),
    person        TEXT NOT NULL REFERENCES people (person),
    constellation TEXT NOT NULL,
    until         BIGINT,
    PRIMARY KEY (room, person)
);
CREATE INDEX mutes_person ON mutes (person);

-- constellation is NULL for acts on the service as a whole.
CREATE TABLE trail (
    id            TEXT PRIMARY KEY,
    constellation TEXT,
    at            BIGINT NOT NULL,
    actor         TEXT NOT NULL,
    action        TEXT NOT NULL,
    object        TEXT NOT NULL
);
