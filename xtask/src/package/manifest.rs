//! The package.json of the npm package.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The npm package's description of itself.
pub(crate) struct Manifest(Value);

impl Manifest {
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read(file).with_context(|| file.display().to_string())?;
        let value: Value =
            serde_json::from_slice(&text).with_context(|| file.display().to_string())?;
        ensure!(
            value.is_object() && value["exports"].is_object(),
            "{} has no exports",
            file.display()
        );
        Ok(Self(value))
    }

    /// Writes it with this version in it.
    pub(crate) fn write(mut self, file: &Path, version: &str) -> Result<()> {
        self.0["version"] = version.into();
        let mut text = serde_json::to_string_pretty(&self.0)?;
        text.push('\n');
        fs::write(file, text)?;
        Ok(())
    }

    /// What an app can import, with the module that it gets: `("hoglet/eager", "eager.js")`. Under several conditions a
    /// name may give several modules.
    pub(crate) fn entries(&self) -> Vec<(String, String)> {
        let name = self.0["name"].as_str().unwrap_or_default();
        let exports = self.0["exports"].as_object().into_iter().flatten();
        let mut entries: Vec<(String, String)> = Vec::new();
        for (subpath, target) in exports {
            let mut files = BTreeSet::new();
            collect(target, &mut files);
            for file in files.into_iter().filter(|file| file.ends_with(".js")) {
                entries.push((format!("{name}{}", subpath.trim_start_matches('.')), file));
            }
        }
        entries
    }

    /// The packages that an app brings itself, if it wants what needs them: they are never bundled.
    pub(crate) fn peers(&self) -> BTreeSet<String> {
        let peers = self.0["peerDependencies"].as_object().into_iter().flatten();
        peers.map(|(name, _)| name.clone()).collect()
    }

    /// Every file that it promises to those who import the package.
    pub(crate) fn exported_files(&self) -> BTreeSet<String> {
        let mut files = BTreeSet::new();
        collect(&self.0["exports"], &mut files);
        files
    }
}

fn collect(target: &Value, files: &mut BTreeSet<String>) {
    match target {
        Value::String(file) => {
            files.insert(file.trim_start_matches("./").to_owned());
        }
        Value::Object(conditions) => conditions
            .values()
            .for_each(|target| collect(target, files)),
        Value::Array(alternatives) => alternatives
            .iter()
            .for_each(|target| collect(target, files)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest() -> Manifest {
        Manifest(json!({
            "name": "hoglet",
            "version": "0.0.0",
            "exports": {
                ".": {"types": "./index.d.ts", "node": {"import": "./node.js"}, "default": "./index.js"},
                "./eager": {"types": "./eager.d.ts", "default": "./eager.js"},
                "./hoglet.wasm": "./hoglet.wasm",
            },
            "peerDependencies": {"react": "^19.0.0"},
        }))
    }

    #[test]
    fn entries_are_the_modules_that_can_be_imported() {
        let entry = |name: &str, file: &str| (name.to_owned(), file.to_owned());
        let expected = [
            entry("hoglet", "index.js"),
            entry("hoglet", "node.js"),
            entry("hoglet/eager", "eager.js"),
        ];
        assert_eq!(manifest().entries(), expected);
    }

    #[test]
    fn peers_are_what_the_app_brings() {
        assert_eq!(manifest().peers(), ["react".to_owned()].into());
        let alone = Manifest(json!({"exports": {}}));
        assert!(alone.peers().is_empty());
    }

    #[test]
    fn everything_that_is_exported_is_promised() {
        let expected = [
            "eager.d.ts",
            "eager.js",
            "hoglet.wasm",
            "index.d.ts",
            "index.js",
            "node.js",
        ];
        assert_eq!(
            manifest().exported_files(),
            expected.map(str::to_owned).into()
        );
    }
}
