//! What browsers can check the package's files by, on pages that name them in a script tag or an import map.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha384};

/// Where users of the package find them.
const FILE: &str = "integrity.json";

/// The values of the attribute `integrity` by file name.
pub(crate) struct Integrity(BTreeMap<String, String>);

impl Integrity {
    /// Those of that folder's files.
    pub(crate) fn of<'a>(
        folder: &Path,
        files: impl IntoIterator<Item = &'a String>,
    ) -> Result<Self> {
        let value = |file: &'a String| {
            let content = fs::read(folder.join(file)).with_context(|| file.clone())?;
            Ok((file.clone(), integrity(&content)))
        };
        files
            .into_iter()
            .map(value)
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Writes them into the folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(&self.0)?;
        text.push('\n');
        fs::write(folder.join(FILE), text)?;
        Ok(())
    }
}

/// A line for each file.
impl fmt::Display for Integrity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.keys().map(String::len).max().unwrap_or_default();
        for (file, value) in &self.0 {
            writeln!(formatter, "{file:width$}  {value}")?;
        }
        Ok(())
    }
}

fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_as_the_specification_has_it() {
        // The example of https://www.w3.org/TR/sri-1/#integrity-metadata-description
        assert_eq!(
            integrity(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        );
    }
}
