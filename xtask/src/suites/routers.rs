//! Apps of real routers that import the package, in `tests/routers/`: installed and built in a scratch folder, served to
//! all engines.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::outside::Subject;
use super::workshop::{self, NODE_MODULES, files, fingerprint, mirror};
use crate::package;
use crate::process::Deadline;
use crate::workspace::Workspace;
use crate::{say, tools};

/// Where the apps and their tests are.
const FOLDER: &str = "tests/routers";

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
        mirror(&files(&[&self.sources(workspace)])?, &workshop)?;
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
        let (sources, package) = (files(&[&sources])?, files(&[package])?);
        let made_of = fingerprint(&[&sources, &package]);
        if site.is_dir() && fs::read_to_string(&stamp).is_ok_and(|text| text == made_of) {
            return Ok(());
        }
        say::step(format!("building the app of {}", self.name));
        let workshop = self.workshop(workspace);
        mirror(&sources, &workshop)?;
        mirror(&package, &workshop.join(NODE_MODULES).join("hoglet"))?;
        package::remove(&site)?;
        workshop::build(&workshop, "build", deadline)?;
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
    let package = subject.package(workspace, deadline)?.folder;
    let sites = workspace.scratch("routers/sites");
    fs::create_dir_all(&sites)?;
    for app in &APPS {
        app.build(workspace, &package, &sites, deadline)?;
    }
    let built = ("HOGLET_ROUTERS", &*sites);
    workshop::visit(workspace, subject, built, FOLDER, filter, deadline)
}

#[cfg(test)]
mod tests {
    use super::workshop::checkout;
    use super::*;

    #[test]
    fn every_app_is_built_and_visited() {
        let apps = checkout::folder(FOLDER);
        let built = APPS.iter().map(|app| app.name.to_owned());
        assert_eq!(checkout::folders_in(&apps), built.collect());
        let test = apps.join("routers.test.js");
        for App { name, .. } in APPS {
            assert!(checkout::visits(&test, name), "{name}");
        }
    }
}
