//! The tables in the README, which the build keeps true.

use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::differences::Differences;
use crate::say;
use crate::sizes::Sizes;
use crate::workspace::Workspace;

const FILE: &str = "README.md";

/// A table, and the place that the README has for it: between `<!-- name:begin -->` and `<!-- name:end -->`.
struct Table {
    name: &'static str,
    markdown: String,
}

/// Writes the tables into the README, as far as that has places for them.
pub(crate) fn update(workspace: &Workspace, sizes: &Sizes) -> Result<()> {
    let file = workspace.path(FILE);
    let Ok(text) = fs::read_to_string(&file) else {
        return Ok(());
    };
    let mut updated = text.clone();
    for table in tables(workspace, sizes)? {
        if let Ok(with_table) = table.put_into(&updated) {
            updated = with_table;
        }
    }
    if updated != text {
        say::step("updating the tables in README.md");
        fs::write(&file, updated).context(FILE)?;
    }
    Ok(())
}

/// An error if the README does not have these tables.
pub(crate) fn check(workspace: &Workspace, sizes: &Sizes) -> Result<()> {
    let text = fs::read_to_string(workspace.path(FILE)).context(FILE)?;
    for table in tables(workspace, sizes)? {
        if table.put_into(&text)? != text {
            bail!(
                "the {} in {FILE} are not those of this build: run `cargo xtask build` and commit {FILE}",
                table.name
            );
        }
    }
    Ok(())
}

fn tables(workspace: &Workspace, sizes: &Sizes) -> Result<[Table; 2]> {
    Ok([
        Table {
            name: "sizes",
            markdown: sizes.markdown(),
        },
        Table {
            name: "differences",
            markdown: Differences::read(workspace)?.markdown(),
        },
    ])
}

impl Table {
    fn put_into(&self, text: &str) -> Result<String> {
        let Self { name, markdown } = self;
        let begin = format!("<!-- {name}:begin -->\n");
        let end = format!("<!-- {name}:end -->");
        let parts = text
            .split_once(&begin)
            .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
        let (before, after) =
            parts.with_context(|| format!("{FILE} has no place for the {name} ({begin}{end})"))?;
        ensure!(
            !after.contains(&begin),
            "{FILE} has more than one place for the {name}"
        );
        Ok([before, &begin, markdown, &end, after].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(markdown: &str) -> Table {
        Table {
            name: "sizes",
            markdown: markdown.to_owned(),
        }
    }

    #[test]
    fn the_table_is_put_between_its_marks() {
        let text = "# hoglet\n<!-- sizes:begin -->\nold\n<!-- sizes:end -->\n\
                    <!-- others:begin -->\nold\n<!-- others:end -->\n";
        let updated = table("new\n").put_into(text).unwrap();
        assert_eq!(
            updated,
            "# hoglet\n<!-- sizes:begin -->\nnew\n<!-- sizes:end -->\n\
             <!-- others:begin -->\nold\n<!-- others:end -->\n"
        );
        assert_eq!(table("new\n").put_into(&updated).unwrap(), updated);
    }

    #[test]
    fn a_readme_without_the_marks_is_an_error() {
        let text = "# hoglet\n<!-- sizes:begin -->\n<!-- others:end -->\n";
        assert!(table("new\n").put_into(text).is_err());
    }

    #[test]
    fn two_places_are_an_error() {
        let place = "<!-- sizes:begin -->\n<!-- sizes:end -->\n";
        assert!(table("new\n").put_into(&place.repeat(2)).is_err());
    }
}
