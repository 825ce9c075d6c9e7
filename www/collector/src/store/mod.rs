//! The SQLite database: one transaction for each request, and what is read back.
//!
//! All calls block; asynchronous callers use `spawn_blocking`. There is one connection behind a lock, which makes a
//! single writer, and which is the only way to share a database in memory.

mod flags;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use rusqlite::{Connection, Params, Row, named_params, params};
use thiserror::Error;
use tokio::sync::watch;

use crate::head::Head;
use crate::persons::{Person, PersonTable};
use crate::rows::{EventFilter, EventRow, ReceiptFilter, ReceiptRow, RequestRow};
use crate::time;
use crate::validate::Event;

/// Raised with every change to `schema.sql`.
const SCHEMA_VERSION: i32 = 2;

/// Why the database did not do what was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite itself.
    #[error("the event store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The folder of a new database.
    #[error("its folder cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    /// A file of another version.
    #[error(
        "it was made by another version of the collector (schema {found}, not {SCHEMA_VERSION}); delete the file"
    )]
    Version {
        /// What the file says.
        found: i32,
    },
}

/// Everything that one request leaves behind.
#[derive(Debug)]
pub struct Delivery {
    /// The head of the request.
    pub head: Arc<Head>,
    /// How the body was packed, if it could be unpacked.
    pub packing: Option<String>,
    /// The size of the body on the wire, as far as it was read.
    pub bytes: usize,
    /// The size of the JSON text.
    pub decoded_bytes: Option<usize>,
    /// What is answered; `None` if the connection is cut.
    pub status: Option<StatusCode>,
    /// Why it was refused, or which fault was played.
    pub error: Option<String>,
    /// The token, if the request has one.
    pub token: Option<String>,
    /// One for each event in the request.
    pub receipts: Vec<Receipt>,
    /// The events to store; those that are stored already are left as they are.
    pub events: Vec<Event>,
}

/// What is known of an event that arrived, be it ever so wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// As it stands in the event, or as made for an event that has none.
    pub uuid: Option<String>,
    /// Its name.
    pub event: Option<String>,
    /// Its token.
    pub token: Option<String>,
    /// Its `$window_id`: the browser tab that it comes from.
    pub tab: Option<String>,
}

impl Delivery {
    /// A request of which only the head is known.
    pub fn new(head: Arc<Head>) -> Self {
        Self {
            head,
            packing: None,
            bytes: 0,
            decoded_bytes: None,
            status: None,
            error: None,
            token: None,
            receipts: Vec::new(),
            events: Vec::new(),
        }
    }
}

/// The database.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
    newest: watch::Sender<i64>,
}

impl Store {
    /// Opens or makes a database. `:memory:` lives as long as the value.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let in_memory = path == Path::new(":memory:");
        if let Some(folder) = path.parent().filter(|_| !in_memory) {
            std::fs::create_dir_all(folder)?;
        }
        let connection = Connection::open(path)?;
        let found: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found != 0 && found != SCHEMA_VERSION {
            return Err(StoreError::Version { found });
        }
        // With NORMAL, a commit survives the end of the process, though not a power cut.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.execute_batch(include_str!("../schema.sql"))?;
        connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        let newest =
            connection.query_row("SELECT coalesce(max(id), 0) FROM events", [], |row| {
                row.get(0)
            })?;
        Ok(Self {
            connection: Mutex::new(connection),
            newest: watch::Sender::new(newest),
        })
    }

    /// Commits all that a request leaves behind, or nothing of it. Returns the id of the request.
    pub fn record(&self, delivery: &Delivery) -> Result<i64, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let received_at = time::to_iso(delivery.head.received_at);
        let request_id = insert_request(&transaction, delivery, &received_at)?;
        insert_receipts(&transaction, delivery, request_id, &received_at)?;
        let newest = insert_events(&transaction, delivery, request_id, &received_at)?;
        transaction.commit()?;
        if let Some(newest) = newest {
            self.newest.send_replace(newest);
        }
        Ok(request_id)
    }

    /// Forgets all that was sent; the definitions of flags stay. Ids go on from where they were.
    pub fn clear(&self) -> Result<(), StoreError> {
        let sql = "BEGIN; DELETE FROM receipts; DELETE FROM events; DELETE FROM requests;
                   DELETE FROM hash_ids; COMMIT;";
        Ok(self.lock().execute_batch(sql)?)
    }

    /// Changes after each commit that stored new events.
    pub fn newest(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }

    /// The highest id that an event ever had in this database, be it deleted since.
    pub fn highest_id(&self) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)";
        Ok(self.lock().query_row(sql, [], |row| row.get(0))?)
    }

    /// Events, oldest first.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<EventRow>, StoreError> {
        self.read(
            "SELECT * FROM events WHERE (?1 IS NULL OR token = ?1) AND (?2 IS NULL OR distinct_id = ?2) AND id > ?3
             ORDER BY id LIMIT ?4",
            params![
                filter.token,
                filter.distinct_id,
                filter.after,
                // A negative limit is none.
                filter.limit.map_or(-1, i64::from)
            ],
            EventRow::read,
        )
    }

    /// Receipts, oldest first.
    pub fn receipts(&self, filter: &ReceiptFilter) -> Result<Vec<ReceiptRow>, StoreError> {
        self.read(
            "SELECT * FROM receipts WHERE (?1 IS NULL OR token = ?1) AND (?2 IS NULL OR request_id = ?2) ORDER BY id",
            params![filter.token, filter.request_id],
            ReceiptRow::read,
        )
    }

    /// Requests, oldest first; of all projects, or of one.
    pub fn requests(&self, token: Option<&str>) -> Result<Vec<RequestRow>, StoreError> {
        self.read(
            "SELECT * FROM requests WHERE (?1 IS NULL OR token = ?1) ORDER BY id",
            params![token],
            RequestRow::read,
        )
    }

    /// The persons behind the stored events; of all projects, or of one.
    pub fn persons(&self, token: Option<&str>) -> Result<Vec<Person>, StoreError> {
        let mut persons = PersonTable::default();
        for event in self.events(&EventFilter {
            token: token.map(str::to_owned),
            ..EventFilter::default()
        })? {
            persons.apply(&event);
        }
        Ok(persons.into_persons())
    }

    fn read<T>(
        &self,
        sql: &str,
        params: impl Params,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A panic while the lock is held rolls its transaction back, so the connection behind it is sound.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn insert_request(
    connection: &Connection,
    delivery: &Delivery,
    received_at: &str,
) -> rusqlite::Result<i64> {
    let head = &delivery.head;
    let mut statement = connection.prepare_cached(
        "INSERT INTO requests (received_at, method, path, query, content_type, content_encoding, user_agent,
             retry_count, compression, bytes, decoded_bytes, status, error, token, events)
         VALUES (:received_at, :method, :path, :query, :content_type, :content_encoding, :user_agent,
             :retry_count, :compression, :bytes, :decoded_bytes, :status, :error, :token, :events)",
    )?;
    statement.insert(named_params! {
        ":received_at": received_at,
        ":method": head.method.as_str(),
        ":path": head.uri.path(),
        ":query": head.uri.query(),
        ":content_type": head.content_type,
        ":content_encoding": head.content_encoding,
        ":user_agent": head.user_agent,
        ":retry_count": head.retry_count(),
        ":compression": delivery.packing,
        ":bytes": delivery.bytes as i64,
        ":decoded_bytes": delivery.decoded_bytes.map(|bytes| bytes as i64),
        ":status": status_column(delivery),
        ":error": delivery.error,
        ":token": delivery.token,
        ":events": delivery.receipts.len() as i64,
    })
}

fn insert_receipts(
    connection: &Connection,
    delivery: &Delivery,
    request_id: i64,
    received_at: &str,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO receipts (request_id, received_at, uuid, event, token, tab, status)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let status = status_column(delivery);
    for receipt in &delivery.receipts {
        let Receipt {
            uuid,
            event,
            token,
            tab,
        } = receipt;
        statement.execute(params![
            request_id,
            received_at,
            uuid,
            event,
            token,
            tab,
            status
        ])?;
    }
    Ok(())
}

/// Returns the id of the last event that was new, if any was.
fn insert_events(
    connection: &Connection,
    delivery: &Delivery,
    request_id: i64,
    received_at: &str,
) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO events (uuid, token, event, distinct_id, timestamp, corrected_timestamp, properties,
             \"set\", set_once, unset, session_id, window_id, received_at, request_id)
         VALUES (:uuid, :token, :event, :distinct_id, :timestamp, :corrected_timestamp, :properties,
             :set, :set_once, :unset, :session_id, :window_id, :received_at, :request_id)
         ON CONFLICT (token, uuid) DO NOTHING",
    )?;
    let mut newest = None;
    for event in &delivery.events {
        let inserted = statement.execute(named_params! {
            ":uuid": event.uuid.to_string(),
            ":token": event.token,
            ":event": event.event,
            ":distinct_id": event.distinct_id,
            ":timestamp": event.timestamp,
            ":corrected_timestamp": event.corrected_timestamp,
            ":properties": event.properties,
            ":set": event.set,
            ":set_once": event.set_once,
            ":unset": event.unset,
            ":session_id": event.session_id,
            ":window_id": event.window_id,
            ":received_at": received_at,
            ":request_id": request_id,
        })?;
        if inserted > 0 {
            newest = Some(connection.last_insert_rowid());
        }
    }
    Ok(newest)
}

/// No status is 0, as it is to a client whose request came to nothing.
fn status_column(delivery: &Delivery) -> u16 {
    delivery.status.map_or(0, |status| status.as_u16())
}
