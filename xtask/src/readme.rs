//! The size table in the README, which the build keeps true.

use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::say;
use crate::workspace::Workspace;

const FILE: &str = "README.md";
const BEGIN: &str = "<!-- sizes:begin -->\n";
const END: &str = "<!-- sizes:end -->";

/// Writes the table into the README, if that has a place for it.
pub(crate) fn update(workspace: &Workspace, table: &str) -> Result<()> {
    let file = workspace.path(FILE);
    let Ok(text) = fs::read_to_string(&file) else {
        return Ok(());
    };
    match with_table(&text, table) {
        Ok(updated) if updated != text => {
            say::step("updating the sizes in README.md");
            fs::write(&file, updated).context(FILE)
        }
        _ => Ok(()),
    }
}

/// An error if the README does not have this table.
pub(crate) fn check(workspace: &Workspace, table: &str) -> Result<()> {
    let text = fs::read_to_string(workspace.path(FILE)).context(FILE)?;
    if with_table(&text, table)? != text {
        bail!(
            "the sizes in {FILE} are not those of this build: run `cargo xtask build` and commit {FILE}"
        );
    }
    Ok(())
}

fn with_table(text: &str, table: &str) -> Result<String> {
    let parts = text
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) =
        parts.with_context(|| format!("{FILE} has no place for the sizes ({BEGIN}{END})"))?;
    ensure!(
        !after.contains(BEGIN),
        "{FILE} has more than one place for the sizes"
    );
    Ok([before, BEGIN, table, END, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_put_between_the_marks() {
        let text = "# hoglet\n<!-- sizes:begin -->\nold\n<!-- sizes:end -->\nmore\n";
        let updated = with_table(text, "new\n").unwrap();
        assert_eq!(
            updated,
            "# hoglet\n<!-- sizes:begin -->\nnew\n<!-- sizes:end -->\nmore\n"
        );
        assert_eq!(with_table(&updated, "new\n").unwrap(), updated);
    }

    #[test]
    fn a_readme_without_the_marks_is_an_error() {
        assert!(with_table("# hoglet\n<!-- sizes:begin -->\n", "new\n").is_err());
    }
}
