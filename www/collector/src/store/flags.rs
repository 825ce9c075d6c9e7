//! The definitions of flags, and by which ids people are told apart for those that stay the same through login.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};

use super::{Store, StoreError};
use crate::flags::Flag;
use crate::flags::definition::Definition;
use crate::time;

impl Store {
    /// The flags of all projects, or of one, oldest first.
    pub fn flags(&self, token: Option<&str>) -> Result<Vec<Flag>, StoreError> {
        self.read(
            "SELECT * FROM flags WHERE (?1 IS NULL OR token = ?1) ORDER BY id",
            params![token],
            Flag::read,
        )
    }

    /// Whether a project has any flag.
    pub fn has_flags(&self, token: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM flags WHERE token = ?1)";
        Ok(self.lock().query_row(sql, [token], |row| row.get(0))?)
    }

    /// Makes a flag, or gives it another definition. Returns it as it is now.
    pub fn define_flag(
        &self,
        token: &str,
        key: &str,
        definition: &Definition,
    ) -> Result<Flag, StoreError> {
        let definition = serde_json::to_string(definition.members())
            .expect("what has been read as JSON can be written as JSON");
        let sql = "INSERT INTO flags (token, key, definition, version, updated_at) VALUES (?1, ?2, ?3, 1, ?4)
                   ON CONFLICT (token, key) DO UPDATE
                   SET definition = excluded.definition, version = version + 1, updated_at = excluded.updated_at
                   RETURNING *";
        let updated_at = time::to_iso(Timestamp::now());
        Ok(self
            .lock()
            .query_row(sql, params![token, key, definition, updated_at], Flag::read)?)
    }

    /// Returns whether there was such a flag.
    pub fn delete_flag(&self, token: &str, key: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM flags WHERE token = ?1 AND key = ?2";
        Ok(self.lock().execute(sql, [token, key])? > 0)
    }

    /// The id by which somebody goes for flags that stay the same through login: the one that they were first known
    /// by. `anonymous_id` is that, unless another one came with an earlier request.
    pub fn hash_id(
        &self,
        token: &str,
        distinct_id: &str,
        anonymous_id: Option<&str>,
    ) -> Result<Option<String>, StoreError> {
        let connection = self.lock();
        if let Some(anonymous_id) = anonymous_id {
            let sql = "INSERT INTO hash_ids (token, distinct_id, hash_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            connection.execute(sql, [token, distinct_id, anonymous_id])?;
        }
        let sql = "SELECT hash_id FROM hash_ids WHERE token = ?1 AND distinct_id = ?2";
        Ok(connection
            .query_row(sql, [token, distinct_id], |row| row.get(0))
            .optional()?)
    }
}

impl Flag {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let definition: String = row.get("definition")?;
        Ok(Self {
            id: row.get("id")?,
            token: row.get("token")?,
            key: row.get("key")?,
            version: row.get("version")?,
            updated_at: row.get("updated_at")?,
            definition: serde_json::from_str(&definition).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
            })?,
        })
    }
}
