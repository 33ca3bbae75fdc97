/** The database's tables, version by version. A version that was published is never changed: a new one is added. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE jobs (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     status TEXT NOT NULL,
     model TEXT NOT NULL,
     options TEXT NOT NULL,
     answer TEXT NOT NULL,
     source TEXT NOT NULL,
     url TEXT,
     idempotency_key TEXT UNIQUE,
     fingerprint TEXT NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0,
     created_at INTEGER NOT NULL,
     started_at INTEGER,
     finished_at INTEGER,
     outcome TEXT,
     error TEXT,
     webhook TEXT NOT NULL,
     webhook_url TEXT,
     webhook_secret TEXT
   ) STRICT;
   CREATE INDEX jobs_by_status ON jobs (status, finished_at);
   CREATE TABLE segments (
     job INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
     place INTEGER NOT NULL,
     segment TEXT NOT NULL,
     PRIMARY KEY (job, place)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE deliveries (
     job INTEGER PRIMARY KEY REFERENCES jobs (seq) ON DELETE CASCADE,
     message_id TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     next_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX deliveries_by_time ON deliveries (next_at);`,
  `CREATE TABLE notes (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     job INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
     until REAL NOT NULL,
     note TEXT NOT NULL
   ) STRICT;
   CREATE INDEX notes_by_job ON notes (job);`,
  `ALTER TABLE jobs ADD COLUMN tenant TEXT;
   ALTER TABLE jobs ADD COLUMN weight REAL;`,
];
