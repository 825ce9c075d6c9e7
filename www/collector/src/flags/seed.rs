//! Flags that are there from the start: a file says which, for projects that have none.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::{Map, Value};
use thiserror::Error;

use super::definition::{Definition, DefinitionError};
use crate::store::{Store, StoreError};

/// Why the flags of a file are not there.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It does not hold what it should.
    #[error("write it as {{\"token\": {{\"key\": definition}}}}: {0}")]
    Shape(#[from] serde_json::Error),
    /// One of the definitions is refused.
    #[error("{key}: {source}")]
    Definition {
        /// The flag's key.
        key: String,
        /// What is wrong with it.
        source: DefinitionError,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Defines the flags of `file`, `{"token": {"key": definition}}`. A project that has any flag is left as it is.
pub fn seed(store: &Store, file: &Path) -> Result<(), SeedError> {
    let text = std::fs::read(file)?;
    let projects: BTreeMap<String, Map<String, Value>> = serde_json::from_slice(&text)?;
    for (token, flags) in projects {
        if store.has_flags(&token)? {
            continue;
        }
        for (key, definition) in flags {
            let definition = Definition::from_value(&key, definition).map_err(|source| {
                SeedError::Definition {
                    key: key.clone(),
                    source,
                }
            })?;
            store.define_flag(&token, &key, &definition)?;
        }
    }
    Ok(())
}
