//! How much the package weighs, and whether that is within the budgets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::iter::Sum;
use std::ops::Add;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::budgets::{self, Budgets};
use crate::package::modules::{Modules, SCRIPT};

/// The bytes of something as it is, and as servers send it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Weight {
    raw: usize,
    /// By `gzip -9`.
    gzip: usize,
    /// By `brotli -11`.
    brotli: usize,
}

impl Weight {
    fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes)?;
        let mut brotli = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams {
            quality: 11,
            ..Default::default()
        };
        brotli::BrotliCompress(&mut &bytes[..], &mut brotli, &parameters)?;
        Ok(Self {
            raw: bytes.len(),
            gzip: gzip.finish()?.len(),
            brotli: brotli.len(),
        })
    }
}

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }
}

impl Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(weights: I) -> Self {
        weights.fold(Self::default(), Self::add)
    }
}

/// What an app that imports the package by one name makes its users load.
#[derive(Serialize)]
struct Entry {
    name: String,
    file: String,
    /// With all that the file imports statically.
    weight: Weight,
    /// What is loaded later, by `import()`, on top of that.
    later: BTreeMap<String, Weight>,
}

impl Entry {
    /// How an app asks for it.
    fn title(&self) -> String {
        if self.file == SCRIPT {
            format!("<script src=\"{SCRIPT}\">")
        } else {
            format!("import '{}'", self.name)
        }
    }
}

/// The weights of all that the package brings to a browser.
#[derive(Serialize)]
pub(crate) struct Sizes {
    files: BTreeMap<String, Weight>,
    entries: Vec<Entry>,
    #[serde(skip)]
    modules: Modules,
}

impl Sizes {
    /// Weighs the modules and the `.wasm` files in `folder`.
    pub(crate) fn measure(
        folder: &Path,
        modules: Modules,
        entries: &[(String, String)],
    ) -> Result<Self> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".wasm") || modules.contains_key(&name) {
                files.insert(name.clone(), Weight::of(&fs::read(folder.join(&name))?)?);
            }
        }
        let mut sizes = Self {
            files,
            entries: Vec::new(),
            modules,
        };
        for (name, file) in entries {
            let entry = sizes.entry(name, file);
            sizes.entries.push(entry);
        }
        Ok(sizes)
    }

    fn entry(&self, name: &str, file: &str) -> Entry {
        let mut loaded = self.together(file);
        let mut later = BTreeMap::new();
        let mut waiting: Vec<&str> = loaded.iter().copied().collect();
        while let Some(module) = waiting.pop() {
            for chunk in &self.modules[module].later {
                if loaded.insert(chunk) {
                    later.insert(chunk.clone(), self.weight(chunk));
                    let together = self.together(chunk);
                    waiting.extend(&together);
                    loaded.extend(together);
                }
            }
        }
        Entry {
            name: name.to_owned(),
            file: file.to_owned(),
            weight: self.weight(file),
            later,
        }
    }

    /// The module and all that comes with it.
    fn together<'a>(&'a self, file: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![file];
        while let Some(file) = waiting.pop() {
            if found.insert(file) {
                waiting.extend(self.modules[file].now.iter().map(String::as_str));
            }
        }
        found
    }

    fn weight(&self, file: &str) -> Weight {
        self.together(file)
            .into_iter()
            .map(|file| self.files[file])
            .sum()
    }

    /// An error that names every budget that is exceeded, if any is.
    pub(crate) fn check(&self, budgets: &Budgets) -> Result<()> {
        let mut over = Vec::new();
        for (file, &budget) in &budgets.brotli_bytes {
            ensure!(
                self.modules.contains_key(file),
                "{} has a budget for {file}, which the package has not",
                budgets::FILE
            );
            let weight = self.weight(file).brotli;
            if weight > budget {
                over.push(format!(
                    "{file} weighs {} brotli bytes, {} more than its budget of {}",
                    grouped(weight),
                    grouped(weight - budget),
                    grouped(budget)
                ));
            }
        }
        if !over.is_empty() {
            bail!(
                "the package is too heavy ({}):\n  {}",
                budgets::FILE,
                over.join("\n  ")
            );
        }
        Ok(())
    }

    /// The sizes for the terminal.
    pub(crate) fn table(&self, budgets: &Budgets) -> String {
        let mut text = String::new();
        let mut line = |name: &str, weight: Weight, budget: Option<&usize>| {
            let budget = budget
                .map(|budget| format!("  of {}", grouped(*budget)))
                .unwrap_or_default();
            let Weight { raw, gzip, brotli } = weight;
            writeln!(
                text,
                "{name:34} {:>9} {:>9} {:>9}{budget}",
                grouped(raw),
                grouped(gzip),
                grouped(brotli)
            )
            .expect("writing to a string does not fail");
        };
        for (name, weight) in &self.files {
            line(name, *weight, None);
        }
        for entry in &self.entries {
            line(
                &entry.title(),
                entry.weight,
                budgets.brotli_bytes.get(&entry.file),
            );
            for (file, weight) in &entry.later {
                line(
                    &format!("  later {file}"),
                    *weight,
                    budgets.brotli_bytes.get(file),
                );
            }
        }
        format!(
            "{:34} {:>9} {:>9} {:>9}\n{text}",
            "", "raw", "gzip -9", "brotli -11"
        )
    }

    /// The sizes for the README.
    pub(crate) fn markdown(&self) -> String {
        let mut text = "| | raw | gzip -9 | brotli -11 |\n|---|--:|--:|--:|\n".to_owned();
        let mut line = |name: &str, weight: &Weight| {
            let Weight { raw, gzip, brotli } = *weight;
            writeln!(
                text,
                "| {name} | {} | {} | {} |",
                grouped(raw),
                grouped(gzip),
                grouped(brotli)
            )
            .expect("writing to a string does not fail");
        };
        for entry in &self.entries {
            line(&format!("`{}`", entry.title()), &entry.weight);
        }
        // Most entries fetch the same.
        let later: BTreeMap<_, _> = self.entries.iter().flat_map(|entry| &entry.later).collect();
        for (file, weight) in later {
            line(&format!("… and when it is first needed, `{file}`"), weight);
        }
        for (name, weight) in self
            .files
            .iter()
            .filter(|(name, _)| name.ends_with(".wasm"))
        {
            line(
                &format!("`{name}`, for those who serve it themselves"),
                weight,
            );
        }
        text
    }

    /// Writes them for other programs to read.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        fs::write(file, serde_json::to_vec_pretty(self)?)
            .with_context(|| file.display().to_string())
    }
}

/// The number with a comma after each three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::modules::Imports;

    fn sizes() -> Sizes {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let modules = [
            (
                "index.js",
                Imports {
                    now: names(&["queue.js"]),
                    later: names(&["core.js"]),
                },
            ),
            (
                "eager.js",
                Imports {
                    now: names(&["queue.js", "core.js"]),
                    later: names(&[]),
                },
            ),
            ("queue.js", Imports::default()),
            (
                "core.js",
                Imports {
                    now: names(&[]),
                    later: names(&["extra.js"]),
                },
            ),
            ("extra.js", Imports::default()),
        ];
        let weigh = |brotli| Weight {
            raw: 4 * brotli,
            gzip: 2 * brotli,
            brotli,
        };
        let files = [
            ("index.js", 100),
            ("eager.js", 50),
            ("queue.js", 20),
            ("core.js", 3000),
            ("extra.js", 10),
            ("hoglet.wasm", 2500),
        ];
        let mut sizes = Sizes {
            files: files
                .into_iter()
                .map(|(name, brotli)| (name.to_owned(), weigh(brotli)))
                .collect(),
            entries: Vec::new(),
            modules: modules
                .into_iter()
                .map(|(name, imports)| (name.to_owned(), imports))
                .collect(),
        };
        sizes.entries = vec![
            sizes.entry("hoglet", "index.js"),
            sizes.entry("hoglet/eager", "eager.js"),
        ];
        sizes
    }

    fn budgets(index: usize, core: usize) -> Budgets {
        toml::from_str(&format!(
            "minutes = {{}}\n[brotli-bytes]\n\"index.js\" = {index}\n\"core.js\" = {core}"
        ))
        .unwrap()
    }

    #[test]
    fn an_entry_weighs_what_it_imports_but_not_what_comes_later() {
        let sizes = sizes();
        assert_eq!(sizes.entries[0].weight.brotli, 120);
        assert_eq!(sizes.entries[0].later["core.js"].brotli, 3000);
        assert_eq!(sizes.entries[0].later["extra.js"].brotli, 10);
        assert_eq!(sizes.entries[1].weight.brotli, 3070);
        assert_eq!(sizes.entries[1].later.len(), 1);
    }

    #[test]
    fn what_several_entries_fetch_is_in_the_readme_once() {
        let text = sizes().markdown();
        assert_eq!(text.matches("`extra.js`").count(), 1, "{text}");
    }

    #[test]
    fn every_exceeded_budget_is_named() {
        assert!(sizes().check(&budgets(120, 3000)).is_ok());
        let message = sizes().check(&budgets(119, 2000)).unwrap_err().to_string();
        assert!(
            message.contains("index.js weighs 120 brotli bytes, 1 more than its budget of 119"),
            "{message}"
        );
        assert!(
            message.contains("core.js weighs 3,000 brotli bytes, 1,000 more"),
            "{message}"
        );
    }

    #[test]
    fn a_budget_for_nothing_is_an_error() {
        let budgets = toml::from_str("minutes = {}\nbrotli-bytes = {\"gone.js\" = 1}").unwrap();
        assert!(sizes().check(&budgets).is_err());
    }

    #[test]
    fn bytes_are_measured_as_servers_send_them() {
        let weight = Weight::of(&b"hoglet ".repeat(1000)).unwrap();
        assert_eq!(weight.raw, 7000);
        assert!(
            weight.brotli < weight.gzip && weight.gzip < 100,
            "{weight:?}"
        );
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
