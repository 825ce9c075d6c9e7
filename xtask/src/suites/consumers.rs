//! Projects with each of the bundlers, and one with none, in `tests/consumers/`: they install the packed package, build, and
//! are served to all engines.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::outside::Subject;
use super::take_all;
use super::workshop::{self, NODE_MODULES, files, mirror};
use crate::package::{self, Installed};
use crate::process::Deadline;
use crate::workspace::Workspace;
use crate::{say, tools};

/// Where the projects and their tests are, with the npm packages that they share.
const FOLDER: &str = "tests/consumers";

/// What is the same in all projects: an app that uses the package.
const SOURCE: &str = "source";

/// What the projects know the packed package by.
const TARBALL: &str = "hoglet.tgz";

/// A project.
struct Project {
    name: &'static str,
    /// The folder of what is its own.
    folder: &'static str,
    /// The scripts of its package.json that build it.
    builds: &'static [&'static str],
}

const PROJECTS: [Project; 8] = [
    Project::new("import-map", &[]),
    Project::new("vite", &["build"]),
    Project::new("webpack", &["build", "build:development"]),
    Project::new("rollup", &["build", "build:development"]),
    Project::new("esbuild", &["build"]),
    Project::new("parcel", &["build"]),
    // Its two bundlers would build into the same folder.
    Project {
        name: "nextjs-turbopack",
        folder: "nextjs",
        builds: &["build:turbopack"],
    },
    Project {
        name: "nextjs-webpack",
        folder: "nextjs",
        builds: &["build:webpack"],
    },
];

impl Project {
    /// A project with the name of its folder.
    const fn new(name: &'static str, builds: &'static [&'static str]) -> Self {
        Self {
            name,
            folder: name,
            builds,
        }
    }

    /// Makes a copy of it that has nothing from before, installs the package there and builds it.
    fn build(&self, workspace: &Workspace, workshop: &Path, deadline: Deadline) -> Result<()> {
        say::step(format!("building with {}", self.name));
        let sources = workspace.path(FOLDER);
        let sources = files(&[&sources.join(SOURCE), &sources.join(self.folder)])?;
        let project = workshop.join(self.name);
        package::remove(&project.join(NODE_MODULES))?;
        mirror(&sources, &project)?;
        // The tarball is another with every build, and its packages are none but ours: there is nothing to lock.
        tools::npm(&project)
            .args([
                "install",
                "--offline",
                "--ignore-scripts",
                "--no-package-lock",
            ])
            .run(deadline)?;
        for script in self.builds {
            workshop::build(&project, script, deadline)?;
        }
        Ok(())
    }
}

/// The copies of the projects, in a folder with the npm packages that they share.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.scratch("consumers")
}

/// Installs the npm packages that the projects share, where they are missing.
pub(super) fn prepare(workspace: &Workspace) -> Result<()> {
    let workshop = folder(workspace);
    let mut shared = files(&[&workspace.path(FOLDER)])?;
    shared.retain(|file, _| file.parent() == Some(Path::new("")));
    // What earlier builds have left goes too.
    mirror(&shared, &workshop)?;
    tools::ensure_npm_packages(&workshop)
}

/// Builds the projects with the packed package, and visits them in each engine.
pub(super) fn run(
    workspace: &Workspace,
    subject: &mut Subject,
    filter: &[String],
    deadline: Deadline,
) -> Result<()> {
    let Installed { tarball, .. } = subject.package(workspace, deadline)?;
    let workshop = folder(workspace);
    fs::copy(tarball, workshop.join(TARBALL))?;
    take_all(
        PROJECTS
            .iter()
            .map(|project| project.build(workspace, &workshop, deadline)),
    )?;
    let built = ("HOGLET_CONSUMERS", &*workshop);
    workshop::visit(workspace, subject, built, FOLDER, filter, deadline)
}

#[cfg(test)]
mod tests {
    use super::workshop::checkout;
    use super::*;

    #[test]
    fn every_project_is_built_and_visited() {
        let projects = checkout::folder(FOLDER);
        let mut folders = checkout::folders_in(&projects);
        assert!(folders.remove(SOURCE));
        let built = PROJECTS.iter().map(|project| project.folder.to_owned());
        assert_eq!(folders, built.collect());
        let test = projects.join("consumers.test.js");
        for Project { name, .. } in PROJECTS {
            assert!(checkout::visits(&test, name), "{name}");
        }
    }

    #[test]
    fn no_project_configures_its_bundler() {
        for Project { folder: name, .. } in PROJECTS {
            for file in files(&[&checkout::folder(FOLDER).join(name)])
                .unwrap()
                .keys()
            {
                assert!(
                    !file.to_string_lossy().contains("config"),
                    "{name}: {file:?}"
                );
            }
        }
    }
}
