//! Apps of real routers that import the package, in `tests/routers/`: installed and built in a scratch folder, served to
//! all engines.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::outside::{Subject, test_files};
use super::take_all;
use crate::engine::Engine;
use crate::package;
use crate::process::Deadline;
use crate::workspace::Workspace;
use crate::{say, tools};

/// Where the apps and their tests are.
const FOLDER: &str = "tests/routers";

/// The npm packages of an app, in its folder.
const NODE_MODULES: &str = "node_modules";

/// An app.
struct App {
    /// Its folder.
    name: &'static str,
    /// Where its build leaves what is to be served.
    output: &'static str,
}

const APPS: [App; 4] = [
    App {
        name: "react-router",
        output: "dist",
    },
    App {
        name: "vue-router",
        output: "dist",
    },
    App {
        name: "nextjs",
        output: "out",
    },
    App {
        name: "tanstack-router",
        output: "dist",
    },
];

impl App {
    fn sources(&self, workspace: &Workspace) -> PathBuf {
        workspace.path(FOLDER).join(self.name)
    }

    /// A copy of its sources, with its npm packages, in which it is built.
    fn workshop(&self, workspace: &Workspace) -> PathBuf {
        workspace.scratch("routers/apps").join(self.name)
    }

    fn install(&self, workspace: &Workspace) -> Result<()> {
        let workshop = self.workshop(workspace);
        mirror(&self.sources(workspace), &workshop)?;
        tools::ensure_npm_packages(&workshop)
    }

    /// Builds it with that package of ours into a folder of `sites`, unless what is there was built from the same.
    fn build(
        &self,
        workspace: &Workspace,
        package: &Path,
        sites: &Path,
        deadline: Deadline,
    ) -> Result<()> {
        let sources = self.sources(workspace);
        let site = sites.join(self.name);
        let stamp = sites.join(format!("{}.stamp", self.name));
        let made_of = format!("{:016x}", fingerprint(&[&sources, package])?);
        if site.is_dir() && fs::read_to_string(&stamp).is_ok_and(|text| text == made_of) {
            return Ok(());
        }
        say::step(format!("building the app of {}", self.name));
        let workshop = self.workshop(workspace);
        mirror(&sources, &workshop)?;
        mirror(package, &workshop.join(NODE_MODULES).join("hoglet"))?;
        package::remove(&site)?;
        tools::npm(&workshop)
            .args(["run", "--silent", "build"])
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .run(deadline)?;
        fs::rename(workshop.join(self.output), &site).with_context(|| self.output.to_owned())?;
        fs::write(stamp, made_of)?;
        Ok(())
    }
}

/// Installs the npm packages of all apps, where they are missing.
pub(super) fn prepare(workspace: &Workspace) -> Result<()> {
    APPS.iter().try_for_each(|app| app.install(workspace))
}

/// Builds the apps with the packed package, and visits them in each engine.
pub(super) fn run(
    workspace: &Workspace,
    subject: &mut Subject,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    let package = subject.package(workspace, deadline)?;
    let sites = workspace.scratch("routers/sites");
    fs::create_dir_all(&sites)?;
    for app in &APPS {
        app.build(workspace, &package, &sites, deadline)?;
    }
    take_all(Engine::ALL.into_iter().map(|engine| {
        let node = subject.node(workspace, engine, deadline)?;
        say::step(format!("visiting the apps in {engine}"));
        let node = node.env("HOGLET_ROUTERS", &sites);
        test_files(node, workspace, FOLDER, filter, deadline)
    }))
}

/// Makes the folder `to` hold the same files as `from`, and leaves alone those that it holds already. The npm packages of
/// the two are their own.
fn mirror(from: &Path, to: &Path) -> Result<()> {
    let (wanted, present) = (files(from)?, files(to)?);
    for file in present.keys().filter(|file| !wanted.contains_key(*file)) {
        fs::remove_file(to.join(file))?;
    }
    for (file, content) in &wanted {
        if present.get(file) != Some(content) {
            let copy = to.join(file);
            fs::create_dir_all(copy.parent().expect("it is in a folder"))?;
            fs::write(copy, content)?;
        }
    }
    Ok(())
}

/// A number that changes with the names and the contents of the files of these folders.
fn fingerprint(folders: &[&Path]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for folder in folders {
        files(folder)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// All files of a folder and the folders in it, but for npm packages, by their paths below it. None if it is not there.
fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut left = vec![PathBuf::new()];
    while let Some(below) = left.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&below)) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if !entry.file_type()?.is_dir() {
                let content = fs::read(entry.path()).with_context(|| path.display().to_string())?;
                found.insert(path, content);
            } else if entry.file_name() != NODE_MODULES {
                left.push(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The apps as they are in this checkout.
    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .with_file_name("tests")
            .join("routers")
    }

    #[test]
    fn every_app_is_built_and_visited() {
        let mut folders: Vec<_> = fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        let mut built: Vec<_> = APPS.iter().map(|app| folder().join(app.name)).collect();
        built.sort();
        assert_eq!(folders, built);
        let test = fs::read_to_string(folder().join("routers.test.js")).unwrap();
        for App { name, .. } in APPS {
            assert!(test.contains(&format!("'{name}'")), "{name}");
        }
    }

    #[test]
    fn the_lock_files_leave_it_to_npm_where_packages_come_from() {
        for App { name, .. } in APPS {
            let lock = fs::read_to_string(folder().join(name).join("package-lock.json")).unwrap();
            assert!(!lock.contains("\"resolved\""), "{name}");
        }
    }

    #[test]
    fn a_mirror_has_the_same_files_and_keeps_its_packages() {
        let scratch = std::env::temp_dir().join(format!("hoglet-mirror-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = scratch.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let [from, to] = ["from", "to"].map(|name| scratch.join(name));
        write("from/package.json", "{}");
        write("from/src/main.js", "new");
        write("to/src/main.js", "old");
        write("to/src/removed.js", "old");
        write("to/node_modules/react/index.js", "react");
        let before = fingerprint(&[&from]).unwrap();

        mirror(&from, &to).unwrap();
        assert_eq!(files(&to).unwrap(), files(&from).unwrap());
        assert!(to.join("node_modules/react/index.js").exists());
        assert_eq!(fingerprint(&[&to]).unwrap(), before);

        write("to/src/main.js", "newer");
        assert_ne!(fingerprint(&[&to]).unwrap(), before);
        fs::remove_dir_all(scratch).unwrap();
    }
}
