//! What a build may weigh and what a suite may take: `xtask/budgets.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::workspace::Workspace;

/// The file, from the root of the checkout.
pub(crate) const FILE: &str = "xtask/budgets.toml";

/// The limits that are in force.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budgets {
    /// By module of the package: the most brotli bytes that it may weigh with its static imports.
    #[serde(rename = "brotli-bytes")]
    pub(crate) brotli_bytes: BTreeMap<String, usize>,
    minutes: BTreeMap<String, f64>,
}

impl Budgets {
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read_to_string(workspace.path(FILE)).context(FILE)?;
        toml::from_str(&text).context(FILE)
    }

    /// How long that suite may take.
    pub(crate) fn time(&self, suite: &str) -> Result<Duration> {
        let minutes = self
            .minutes
            .get(suite)
            .with_context(|| format!("{FILE} has no minutes for the suite {suite}"))?;
        Ok(Duration::from_secs_f64(minutes * 60.0))
    }
}
