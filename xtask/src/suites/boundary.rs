//! The core names nothing of the browser. On the host it could not, since those crates are not there; this looks for
//! what the host's compiler does not see.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

const CORE: &str = "src/core";

/// An error that lists the lines of the core that name a crate of the browser, or that are meant for one target only.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let mut forbidden = workspace.browser_crates()?;
    // Code for one target would be code that the tests on the host do not see.
    forbidden.extend(["target_arch".to_owned(), "target_family".to_owned()]);

    let mut found = Vec::new();
    look_into(&workspace.path(CORE), &forbidden, &mut found)?;
    if !found.is_empty() {
        bail!(
            "{CORE} must know nothing of the browser, and names:\n{}",
            found.join("\n")
        );
    }
    Ok(())
}

fn look_into(folder: &Path, forbidden: &[String], found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            look_into(&path, forbidden, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let lines = offending_lines(&text, forbidden);
            found.extend(
                lines.map(|(number, line)| format!("  {}:{number}: {line}", path.display())),
            );
        }
    }
    Ok(())
}

fn offending_lines<'a>(
    text: &'a str,
    forbidden: &'a [String],
) -> impl Iterator<Item = (usize, &'a str)> {
    let is_part_of_a_name = |character: char| character.is_alphanumeric() || character == '_';
    let names = move |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        code.split(|character| !is_part_of_a_name(character))
            .any(|word| forbidden.iter().any(|name| name == word))
    };
    text.lines()
        .enumerate()
        .filter(move |(_, line)| names(line))
        .map(|(index, line)| (index + 1, line.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_names_a_browser_crate_is_found() {
        let forbidden = ["web_sys", "serde", "target_arch"].map(str::to_owned);
        let text =
            "use std::fmt;\n    use web_sys::Window;\n#[cfg(target_arch = \"wasm32\")]\nmod a;\n";
        let found: Vec<_> = offending_lines(text, &forbidden).collect();
        assert_eq!(
            found,
            [
                (2, "use web_sys::Window;"),
                (3, "#[cfg(target_arch = \"wasm32\")]")
            ]
        );
    }

    #[test]
    fn a_comment_or_a_longer_name_is_not() {
        let forbidden = ["web_sys", "serde"].map(str::to_owned);
        let text = "// web_sys has it\nlet x = serde_json::from_str(text); // not serde\n";
        assert_eq!(offending_lines(text, &forbidden).count(), 0);
    }
}
