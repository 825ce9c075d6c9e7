//! The checkout this command works on: its folders, its packages, its versions.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::{Deadline, Process};

/// The target that the core is compiled to for browsers.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The package that becomes the npm package.
pub(crate) const HOGLET: &str = "hoglet";

/// The root package's feature for servers, as it is named in the whole workspace: browsers are built without it.
pub(crate) const EVALUATOR: &str = "hoglet/evaluator";

/// What cargo knows of the checkout.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    packages: Vec<Package>,
}

impl Workspace {
    /// Asks cargo about the checkout that this command was called in.
    pub(crate) fn load() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
        let text = cargo()
            .args(["metadata", "--format-version=1", "--no-deps", "--locked"])
            .dir(Path::new(&manifest))
            .read(Deadline::NONE)?;
        let metadata: Metadata =
            serde_json::from_str(&text).context("cargo metadata is not in the expected form")?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            packages: metadata.packages,
        })
    }

    /// A file or folder of the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The checkout itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A folder for what these commands make on their way. It is in the checkout even where cargo's own target folder
    /// is not, because what is made here is moved to its place by renaming.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.root.join("target").join(name)
    }

    /// What cargo has built for that profile folder ("debug", "release"), for this machine or for another target.
    pub(crate) fn built(&self, target: Option<&str>, profile: &str, file: &str) -> PathBuf {
        let mut path = self.target.clone();
        path.extend(target);
        path.join(profile).join(file)
    }

    /// Cargo, called in the checkout.
    pub(crate) fn cargo(&self) -> Process {
        cargo().dir(&self.root)
    }

    /// The compiler, called in the checkout, where a toolchain may be pinned.
    pub(crate) fn rustc(&self) -> Process {
        Process::new("rustc").dir(&self.root)
    }

    /// Builds the program of that package for this machine, and says where it is.
    pub(crate) fn program(&self, package: &str, deadline: Deadline) -> Result<PathBuf> {
        self.cargo()
            .args(["build", "--locked", "--package", package])
            .run(deadline)?;
        Ok(self.built(None, "debug", package))
    }

    /// The names of the workspace's packages.
    pub(crate) fn package_names(&self) -> impl Iterator<Item = &str> {
        self.packages.iter().map(|package| package.name.as_str())
    }

    /// The version of the root package, which is the npm package's.
    pub(crate) fn version(&self) -> Result<&str> {
        Ok(&self.hoglet()?.version)
    }

    /// The crates that the root package has in the browser only, as they are written in Rust code.
    pub(crate) fn browser_crates(&self) -> Result<Vec<String>> {
        let dependencies = self.hoglet()?.dependencies.iter();
        // Its tests are on the host only, and so are the crates that these need.
        let browser_only = dependencies
            .filter(|dependency| dependency.target.is_some() && dependency.kind.is_none());
        Ok(browser_only
            .map(|dependency| dependency.name.replace('-', "_"))
            .collect())
    }

    fn hoglet(&self) -> Result<&Package> {
        let found = self.packages.iter().find(|package| package.name == HOGLET);
        found.with_context(|| format!("the workspace has no package `{HOGLET}`"))
    }
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    target: Option<String>,
    /// `dev` or `build`; nothing for an ordinary dependency.
    kind: Option<String>,
}

/// The cargo that runs this command, or the one on PATH.
fn cargo() -> Process {
    Process::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}
