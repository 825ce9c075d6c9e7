//! Projects of users of the package are built in copies of their sources, for what npm and their tools leave there is not to
//! lie in the checkout.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::outside::{Subject, test_files};
use super::take_all;
use crate::engine::Engine;
use crate::process::Deadline;
use crate::workspace::Workspace;
use crate::{say, tools};

/// The npm packages of a project, in its folder.
pub(super) const NODE_MODULES: &str = "node_modules";

/// Files by their paths below a folder, with their contents.
pub(super) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// All files of these folders and the folders in them, but for npm packages. Of two with the same path the later counts. None
/// of a folder that is not there.
pub(super) fn files(folders: &[&Path]) -> Result<Files> {
    let mut found = Files::new();
    for folder in folders {
        let mut left = vec![PathBuf::new()];
        while let Some(below) = left.pop() {
            let Ok(entries) = fs::read_dir(folder.join(&below)) else {
                continue;
            };
            for entry in entries {
                let entry = entry?;
                let path = below.join(entry.file_name());
                if !entry.file_type()?.is_dir() {
                    let content =
                        fs::read(entry.path()).with_context(|| path.display().to_string())?;
                    found.insert(path, content);
                } else if entry.file_name() != NODE_MODULES {
                    left.push(path);
                }
            }
        }
    }
    Ok(found)
}

/// Makes the folder hold exactly these files, and leaves alone those that it holds already, and its npm packages.
pub(super) fn mirror(wanted: &Files, folder: &Path) -> Result<()> {
    let present = files(&[folder])?;
    for file in present.keys().filter(|file| !wanted.contains_key(*file)) {
        fs::remove_file(folder.join(file))?;
    }
    for (file, content) in wanted {
        if present.get(file) != Some(content) {
            let copy = folder.join(file);
            fs::create_dir_all(copy.parent().expect("it is in a folder"))?;
            fs::write(copy, content)?;
        }
    }
    Ok(())
}

/// A text that changes with the names and the contents of these files.
pub(super) fn fingerprint(parts: &[&Files]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Runs a script of a project's package.json that builds it.
pub(super) fn build(project: &Path, script: &str, deadline: Deadline) -> Result<()> {
    tools::npm(project)
        .args(["run", "--silent", script])
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .run(deadline)?;
    Ok(())
}

/// Runs the test files of a folder in each engine, told in `variable` where the built projects are.
pub(super) fn visit(
    workspace: &Workspace,
    subject: &mut Subject,
    (variable, built): (&str, &Path),
    folder: &str,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    take_all(Engine::ALL.into_iter().map(|engine| {
        let node = subject.node(workspace, engine, deadline)?;
        say::step(format!("visiting them in {engine}"));
        let node = node.env(variable, built);
        test_files(node, workspace, folder, filter, deadline)
    }))
}

/// What a suite's folder has in this checkout, for tests that hold the suite to it.
#[cfg(test)]
pub(super) mod checkout {
    use std::collections::BTreeSet;

    use super::*;

    /// A folder by its path in the workspace.
    pub(in crate::suites) fn folder(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(path)
    }

    /// The names of the folders right in one.
    pub(in crate::suites) fn folders_in(folder: &Path) -> BTreeSet<String> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect()
    }

    /// Whether a test file visits a project: it has its name as a text.
    pub(in crate::suites) fn visits(test: &Path, name: &str) -> bool {
        let test = fs::read_to_string(test).unwrap();
        test.contains(&format!("'{name}'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_has_the_same_files_and_keeps_its_packages() {
        let scratch = std::env::temp_dir().join(format!("hoglet-mirror-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = scratch.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let [from, over, to] = ["from", "over", "to"].map(|name| scratch.join(name));
        let sources = || files(&[&from, &over]).unwrap();
        write("from/package.json", "{}");
        write("from/src/main.js", "new");
        write("from/src/page.js", "hidden");
        write("over/src/page.js", "shown");
        write("to/src/main.js", "old");
        write("to/src/removed.js", "old");
        write("to/node_modules/react/index.js", "react");
        let before = fingerprint(&[&sources()]);

        mirror(&sources(), &to).unwrap();
        assert_eq!(files(&[&to]).unwrap(), sources());
        assert_eq!(sources()[Path::new("src/page.js")], b"shown");
        assert!(to.join("node_modules/react/index.js").exists());
        assert_eq!(fingerprint(&[&files(&[&to]).unwrap()]), before);

        write("to/src/main.js", "newer");
        assert_ne!(fingerprint(&[&files(&[&to]).unwrap()]), before);
        fs::remove_dir_all(scratch).unwrap();
    }

    #[test]
    fn the_lock_files_leave_it_to_npm_where_packages_come_from() {
        let tests = checkout::folder("tests");
        let projects = files(&[&tests.join("consumers"), &tests.join("routers")]).unwrap();
        let locks: Vec<_> = projects
            .iter()
            .filter(|(path, _)| path.ends_with("package-lock.json"))
            .collect();
        assert!(locks.len() > 1);
        for (path, content) in locks {
            assert!(
                !String::from_utf8_lossy(content).contains("\"resolved\""),
                "{path:?}"
            );
        }
    }
}
