"""The journal's tables, as the steps that made them: each is done once, and never changed after a release."""

MIGRATIONS = (
    """
CREATE TABLE task (
    id TEXT PRIMARY KEY,              -- the issue's id in the tracker
    title TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,              -- the step that is due: `State`
    owner TEXT NOT NULL,              -- the run that does it; '' where nobody does
    epoch INTEGER NOT NULL,           -- rises with every change of owner
    lease_expires REAL NOT NULL,      -- seconds since 1970
    attempt INTEGER NOT NULL,         -- from 1
    allowed INTEGER NOT NULL,         -- the last attempt that it may have
    agent TEXT NOT NULL,              -- name of the adapter
    session TEXT NOT NULL,            -- of the agent, to go on in
    worktree TEXT NOT NULL,           -- absolute path; '' where it has none
    branch TEXT NOT NULL,             -- short name
    base TEXT NOT NULL,               -- sha that the branch is judged against
    head TEXT NOT NULL,               -- sha that was judged
    tree TEXT NOT NULL,               -- of head
    not_before REAL NOT NULL,         -- seconds since 1970; of a rate limit
    waits_for TEXT NOT NULL,          -- task that has to leave the queue first; '' for none
    reason TEXT NOT NULL,             -- one sentence: why it is held, waits, was handed back
    tokens INTEGER NOT NULL,          -- used by all attempts
    money REAL NOT NULL,              -- the same, US dollars
    filed INTEGER NOT NULL,           -- 1: issues of the gate were filed for it
    started_at REAL NOT NULL,
    changed_at REAL NOT NULL
);
CREATE TABLE event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,                 -- seconds since 1970
    task TEXT NOT NULL,               -- '' for the run as a whole
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,               -- a state that was entered, or what happened
    data TEXT NOT NULL                -- JSON object
);
CREATE INDEX event_of_task ON event (task, number);
CREATE TABLE fact (                   -- small things that outlive a run, by name
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL               -- JSON
);
CREATE TABLE lease (                  -- who may do what only one may do, such as landing on a branch
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    expires REAL NOT NULL             -- seconds since 1970
);
""",
)
