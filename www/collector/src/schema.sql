-- Every request to a PostHog route, accepted or not. Status 0: the connection was cut before an answer was complete.
CREATE TABLE IF NOT EXISTS requests (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at      TEXT NOT NULL,
    method           TEXT NOT NULL,
    path             TEXT NOT NULL,
    query            TEXT,
    content_type     TEXT,
    content_encoding TEXT,
    user_agent       TEXT,
    retry_count      INTEGER,
    compression      TEXT,             -- how the body was in fact packed
    bytes            INTEGER NOT NULL, -- of the body on the wire
    decoded_bytes    INTEGER,
    status           INTEGER NOT NULL,
    error            TEXT,
    token            TEXT,
    events           INTEGER NOT NULL  -- in the request, whether or not they were new
);

-- Every arrival of every event, also of one that was refused, or is already stored: this is where doubles show.
CREATE TABLE IF NOT EXISTS receipts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id  INTEGER NOT NULL REFERENCES requests (id),
    received_at TEXT NOT NULL,
    uuid        TEXT,
    event       TEXT,
    token       TEXT,
    tab         TEXT,
    status      INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS receipts_by_request ON receipts (request_id);

-- Each event once; the first arrival wins. Ids grow and are never used again, since streams resume by them.
CREATE TABLE IF NOT EXISTS events (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid                TEXT NOT NULL,
    token               TEXT NOT NULL,
    event               TEXT NOT NULL,
    distinct_id         TEXT NOT NULL,
    timestamp           TEXT,          -- as the event says
    corrected_timestamp TEXT NOT NULL, -- by the server's clock
    properties          TEXT NOT NULL, -- JSON, as are the next three
    "set"               TEXT,
    set_once            TEXT,
    unset               TEXT,
    session_id          TEXT,
    window_id           TEXT,
    received_at         TEXT NOT NULL,
    request_id          INTEGER NOT NULL REFERENCES requests (id),
    UNIQUE (token, uuid)
);

-- What feature flags are defined by. Ids are never used again: a flag that is deleted and made anew is another one.
CREATE TABLE IF NOT EXISTS flags (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token      TEXT NOT NULL,
    key        TEXT NOT NULL,
    definition TEXT NOT NULL,    -- JSON, as PostHog writes it, without key, id and version
    version    INTEGER NOT NULL, -- 1, and one more with each change
    updated_at TEXT NOT NULL,
    UNIQUE (token, key)
);

-- For flags that stay the same through login: by which id somebody was known before, of all such ids the first.
CREATE TABLE IF NOT EXISTS hash_ids (
    token       TEXT NOT NULL,
    distinct_id TEXT NOT NULL,
    hash_id     TEXT NOT NULL,
    PRIMARY KEY (token, distinct_id)
);
