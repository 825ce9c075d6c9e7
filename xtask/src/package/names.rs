//! Short names for what the wasm and its glue have of each other.
//!
//! wasm-bindgen's names are long, mostly hashes, and stand both in the wasm and in the glue. wasm-opt gives the imports
//! and exports of the wasm names of one or two characters, and says which; here the glue follows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// wasm-opt's pass that renames, and that prints the [`Renamed`] names.
pub(crate) const PASS: &str = "--minify-imports-and-exports-and-modules";

/// What the pass calls every module that is imported from. It does not print that.
const MODULE: &str = "a";

/// The variable of the glue that holds the exports.
const EXPORTS: &str = "wasm";

/// The exports that wasm-bindgen adds for others to find. Its glue does not use them.
const UNUSED_BY_GLUE: [&str; 2] = ["__abort_handler", "__instance_terminated"];

/// The names that wasm-opt has changed, in the form in which it prints them.
#[derive(Deserialize)]
pub(crate) struct Renamed {
    /// Module, old name, new name.
    imports: Vec<(String, String, String)>,
    /// Old name, new name.
    exports: Vec<(String, String)>,
}

impl Renamed {
    /// Reads what wasm-opt has printed.
    pub(crate) fn parse(printed: &str) -> Result<Self> {
        serde_json::from_str(printed)
            .with_context(|| format!("the names that wasm-opt's pass {PASS} prints"))
    }

    /// The glue with the new names in the place of the old ones.
    pub(crate) fn apply(&self, glue: &str) -> Result<String> {
        let imports = self.imports.iter();
        let imports: BTreeMap<_, _> = imports
            .map(|(_, old, new)| (old.as_str(), new.as_str()))
            .collect();
        let glue = self.rename_module(&without_unused(glue, &imports))?;
        let exports = self.exports.iter();
        let exports: BTreeMap<_, _> = exports
            .map(|(old, new)| (old.as_str(), new.as_str()))
            .collect();

        let mut missing: BTreeSet<_> = imports.keys().chain(exports.keys()).copied().collect();
        let mut renamed = String::with_capacity(glue.len());
        let mut rest = glue.as_str();
        while let Some(start) = rest.find(is_identifier_character) {
            renamed.push_str(&rest[..start]);
            rest = &rest[start..];
            let end = rest.find(|character| !is_identifier_character(character));
            let (identifier, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;

            let new = if is_after_exports(&renamed) {
                let Some(new) = exports.get(identifier) else {
                    bail!("the glue uses `{EXPORTS}.{identifier}`, which the wasm does not export");
                };
                Some(new)
            } else if after.starts_with(':') {
                imports.get(identifier)
            } else {
                None
            };
            if new.is_some() {
                missing.remove(identifier);
            }
            renamed.push_str(new.unwrap_or(&identifier));
        }
        renamed.push_str(rest);

        for name in UNUSED_BY_GLUE {
            missing.remove(name);
        }
        ensure!(
            missing.is_empty(),
            "wasm-opt has renamed {missing:?}, but the glue does not name them as `{EXPORTS}.<export>` or `<import>:`; \
             wasm-bindgen writes another glue now, and {} must follow",
            file!()
        );
        Ok(renamed)
    }

    fn rename_module(&self, glue: &str) -> Result<String> {
        let modules: BTreeSet<_> = self.imports.iter().map(|(module, ..)| module).collect();
        let mut glue = glue.to_owned();
        // Two of them would become one, while the glue has an object of imports for each.
        ensure!(
            modules.len() <= 1,
            "the wasm imports from more than one module, {modules:?}, which wasm-opt's pass {PASS} cannot keep apart"
        );
        for module in modules {
            let key = format!("\"{module}\":");
            let count = glue.matches(&key).count();
            ensure!(
                count == 1,
                "the glue has the key {key} {count} times instead of once"
            );
            glue = glue.replace(&key, &format!("{MODULE}:"));
        }
        Ok(glue)
    }
}

/// The glue without the functions that it offers for import and that wasm-opt has found no use for. wasm-bindgen writes
/// each as a member of one object, with the same indentation before its first and its last line.
fn without_unused(glue: &str, imports: &BTreeMap<&str, &str>) -> String {
    const INDENTATION: &str = "        ";
    let mut kept = String::with_capacity(glue.len());
    let mut skips = false;
    for line in glue.split_inclusive('\n') {
        if let Some((name, "function")) = line
            .strip_prefix(INDENTATION)
            .and_then(|member| member.split_once('(')?.0.split_once(": "))
        {
            skips = name.starts_with("__wb") && !imports.contains_key(name);
        }
        if !skips {
            kept.push_str(line);
        }
        if line.trim_end() == "        }," {
            skips = false;
        }
    }
    kept
}

/// Whether the text ends as if the name of an export came next.
fn is_after_exports(text: &str) -> bool {
    text.strip_suffix('.')
        .and_then(|text| text.strip_suffix(EXPORTS))
        .is_some_and(|text| !text.ends_with(|c| c == '.' || is_identifier_character(c)))
}

/// Whether it may be part of an identifier, as far as wasm-bindgen and wasm-opt make them.
fn is_identifier_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
 "imports": [
  ["./glue_bg.js", "__wbg_parse_c3f7", "$"],
  ["./glue_bg.js", "__wbg_parse_c3f70", "A"]
 ],
"exports": [
  ["memory", "b"],
  ["core_new", "$a"],
  ["core_new2", "c"],
  ["__abort_handler", "d"]
 ]
}"#;

    const GLUE: &str = r#"
/** Calls core_new of the wasm. */
const make = (memory) => wasm.core_new(wasm.memory.buffer, wasm.core_new2, memory, this.wasm.core_new)
const import0 = {
    __wbg_parse_c3f70: function(arg0) { return { memory: JSON.parse(arg0) } },
    __wbg_parse_c3f7: function() { return handleError(function () {}, arguments); },
};
const imports = { __proto__: null, "./glue_bg.js": import0, };
if (wasm !== undefined) wasm = instance.exports;
"#;

    fn renamed() -> Renamed {
        Renamed::parse(PRINTED).unwrap()
    }

    #[test]
    fn imports_and_exports_get_their_new_names_and_nothing_else_does() {
        assert_eq!(
            renamed().apply(GLUE).unwrap(),
            r#"
/** Calls core_new of the wasm. */
const make = (memory) => wasm.$a(wasm.b.buffer, wasm.c, memory, this.wasm.core_new)
const import0 = {
    A: function(arg0) { return { memory: JSON.parse(arg0) } },
    $: function() { return handleError(function () {}, arguments); },
};
const imports = { __proto__: null, a: import0, };
if (wasm !== undefined) wasm = instance.exports;
"#
        );
    }

    #[test]
    fn what_the_wasm_no_longer_imports_leaves_the_glue() {
        let member = |name: &str| {
            format!("        {name}: function(arg0) {{\n            return arg0;\n        }},\n")
        };
        let glue = [
            "{\n",
            &member("__wbg_used_1"),
            &member("__wbg_unused_2"),
            &member("__wbindgen_cast_3"),
            "}\n",
        ]
        .concat();
        let imports = BTreeMap::from([("__wbg_used_1", "a")]);
        assert_eq!(
            without_unused(&glue, &imports),
            ["{\n", &member("__wbg_used_1"), "}\n"].concat()
        );
    }

    #[test]
    fn a_name_that_the_glue_does_not_have_is_an_error() {
        for (name, instead) in [
            ("wasm.core_new2", "wasm.core_new"),
            ("__wbg_parse_c3f7:", "\"__wbg_parse_c3f7\":"),
            ("wasm.memory", "wasm.__abort_handlers"),
            ("\"./glue_bg.js\"", "'./glue_bg.js'"),
        ] {
            let glue = GLUE.replace(name, instead);
            assert!(renamed().apply(&glue).is_err(), "{glue}");
        }
    }

    #[test]
    fn imports_from_two_modules_are_refused() {
        let mut renamed = renamed();
        renamed.imports[1].0 = "./snippets/other.js".to_owned();
        assert!(renamed.apply(GLUE).is_err());
    }
}
