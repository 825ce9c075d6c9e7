//! How hoglet differs from posthog-js on purpose. The differential tests read the same file and hold both to it.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::workspace::Workspace;

const FILE: &str = "tests/e2e/differential/differences.json";

/// All that is intended.
#[derive(Deserialize)]
pub(crate) struct Differences {
    /// Of posthog-js.
    version: String,
    rows: Vec<Row>,
}

/// What the tests read besides is left out.
#[derive(Deserialize)]
struct Row {
    posthog: String,
    hoglet: String,
    why: String,
}

impl Differences {
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read(workspace.path(FILE)).context(FILE)?;
        serde_json::from_slice(&text).context(FILE)
    }

    /// The table for the README.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "| posthog-js {} | hoglet | because |\n|---|---|---|\n",
            self.version
        );
        for Row {
            posthog,
            hoglet,
            why,
        } in &self.rows
        {
            let [posthog, hoglet, why] =
                [posthog, hoglet, why].map(|cell| cell.replace('|', "\\|"));
            writeln!(text, "| {posthog} | {hoglet} | {why} |")
                .expect("writing to a string does not fail");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_line_of_the_table() {
        let differences: Differences = serde_json::from_str(
            r#"{"version": "1.0.0", "rows": [
                {"posthog": "drops", "hoglet": "keeps `a|b`", "why": "one can", "shown": [{"path": "x"}]}
            ]}"#,
        )
        .unwrap();
        assert_eq!(
            differences.markdown(),
            "| posthog-js 1.0.0 | hoglet | because |\n|---|---|---|\n| drops | keeps `a\\|b` | one can |\n"
        );
    }
}
