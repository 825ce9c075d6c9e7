//! wasm2js: the core as JavaScript, for pages that may not compile WebAssembly.
//!
//! What traps in WebAssembly throws here too if the core has asked for it (`unreachable`, with which a panic ends) or if the
//! stack is used up, which is a `RangeError`. What WebAssembly itself finds wrong is not found: reading outside of the memory
//! gives 0, writing there does nothing, and an integer divided by zero is 0. Safe Rust comes to none of them, for it checks
//! indices and divisors itself and panics. So the two differ only after memory was overwritten, where the one traps at the
//! first wild address and the other fails when something makes no sense.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash, Hasher};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::package::optimise::features;
use crate::process::{Deadline, Process};
use crate::say;
use crate::workspace::Workspace;

/// What wasm2js cannot express, expressed by what it can.
const LOWERED: [&str; 3] = [
    "--llvm-memory-copy-fill-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "--signext-lowering",
];

/// What is left of the features after that.
const FEATURES: [&str; 2] = ["--mvp-features", "--enable-mutable-globals"];

/// The module becomes a function that starts an instance, as `WebAssembly.Instance` does.
const HEAD: &str = "export const start = (imports) => {\n  var bufferView;
  const fill = (at, text) => {
    for (const [character, code] of text.matchAll(/%(..)|./g)) {
      bufferView[at++] = code ? parseInt(code, 16) : character.charCodeAt(0);
    }
  };
";

/// Where wasm2js makes its one instance.
const INSTANCE: &str = "\nvar retasmFunc = asmFunc(";

/// The functions of the module begin with the one that fills the memory; before it wasm2js has what decodes base64.
const FILLING: &str = "function initActiveSegments(imports) {\n";

/// How the memory is filled there, before an address and a text in base64.
const SEGMENT: &str = "  base64DecodeToExistingUint8Array(bufferView, ";

/// Where the memory has grown. As with WebAssembly, what looks at the former one has to notice: the glue sees that its views
/// are empty.
const GROWN: (&str, &str) = (
    "   buffer = newBuffer;\n",
    "   structuredClone(buffer, { transfer: [buffer] });\n   buffer = newBuffer;\n",
);

/// The core as a JavaScript module that exports `start`, unless the same bytes were translated before.
pub(crate) fn translate(workspace: &Workspace, wasm: &[u8], deadline: Deadline) -> Result<String> {
    let tools = workspace.path("xtask");
    let mut hasher = DefaultHasher::new();
    wasm.hash(&mut hasher);
    fs::read(tools.join("package-lock.json"))?.hash(&mut hasher);
    (LOWERED, FEATURES).hash(&mut hasher);
    let done = workspace.scratch("package/translated");
    let output = done.join(format!("{:016x}.js", hasher.finish()));

    if !output.exists() {
        say::step("translating the core to JavaScript with wasm2js");
        // One is enough, and they would pile up.
        let _ = fs::remove_dir_all(&done);
        fs::create_dir_all(&done)?;
        let lowered = done.join("lowered.wasm");
        fs::write(&lowered, wasm)?;
        let tool = |name: &str| Process::new(tools.join("node_modules/.bin").join(name));
        tool("wasm-opt")
            .args(features(workspace, deadline)?)
            .args(LOWERED)
            .arg("-Oz")
            .arg(&lowered)
            .arg("--output")
            .arg(&lowered)
            .run(deadline)?;
        let unfinished = done.join("unfinished");
        tool("wasm2js")
            .args(FEATURES)
            .arg("-Oz")
            .arg(&lowered)
            .arg("--output")
            .arg(&unfinished)
            .run(deadline)?;
        fs::rename(&unfinished, &output)?;
    }
    adapt(&fs::read_to_string(&output)?)
}

/// Makes of the module that holds one instance a function that starts one.
fn adapt(module: &str) -> Result<String> {
    let (module, _) = module.split_once(INSTANCE).context(changed(INSTANCE))?;
    let (_, functions) = module.split_once(FILLING).context(changed(FILLING))?;
    ensure!(functions.matches(GROWN.0).count() == 1, changed(GROWN.0));
    let functions = functions.replace(GROWN.0, GROWN.1);

    let mut adapted = [HEAD, FILLING].concat();
    let mut segments = 0;
    for line in functions.split_inclusive('\n') {
        let Some(segment) = line.strip_prefix(SEGMENT) else {
            adapted.push_str(line);
            continue;
        };
        let (address, text) = segment
            .strip_suffix("\");\n")
            .and_then(|segment| segment.split_once(", \""))
            .context(changed(SEGMENT))?;
        let bytes = BASE64_STANDARD
            .decode(text)
            .ok()
            .context(changed(SEGMENT))?;
        writeln!(adapted, "  fill({address}, \"{}\");", ascii(&bytes))?;
        segments += 1;
    }
    ensure!(segments > 0, changed(SEGMENT));
    adapted.push_str("\nreturn asmFunc(imports);\n};\n");
    Ok(adapted)
}

/// Bytes as text that stands in a string literal as it is, with `%` and two digits for those that cannot. It takes a tenth
/// less brotli than base64 does, and no charset garbles it either.
fn ascii(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if matches!(byte, b' '..=b'~') && !matches!(byte, b'%' | b'"' | b'\\') {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02x}").expect("writing to a string does not fail");
        }
        text
    })
}

fn changed(expected: &str) -> String {
    format!(
        "the JavaScript of the core does not have {expected:?} where it is expected: wasm2js writes it otherwise now, and {} \
         must follow",
        file!()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = r#"import * as a from 'a';

  var bufferView;
  var base64ReverseLookup = new Uint8Array(123);
function initActiveSegments(imports) {
  base64DecodeToExistingUint8Array(bufferView, 8, "YSUiXADDvA==");
}
function asmFunc(imports) {
   buffer = newBuffer;
}

var retasmFunc = asmFunc({
  "a": a,
});
export var La = retasmFunc.La;
"#;

    const FUNCTIONS: &str = r#"function initActiveSegments(imports) {
  fill(8, "a%25%22%5c%00%c3%bc");
}
function asmFunc(imports) {
   structuredClone(buffer, { transfer: [buffer] });
   buffer = newBuffer;
}

return asmFunc(imports);
};
"#;

    #[test]
    fn the_module_becomes_a_function_in_plain_ascii() {
        assert_eq!(adapt(MODULE).unwrap(), [HEAD, FUNCTIONS].concat());
    }

    #[test]
    fn a_change_of_the_module_is_told() {
        for needed in [
            "var retasmFunc",
            "function initActiveSegments",
            "base64DecodeToExistingUint8Array(bufferView",
            "buffer = newBuffer",
        ] {
            assert!(MODULE.contains(needed));
            assert!(adapt(&MODULE.replace(needed, "other")).is_err(), "{needed}");
        }
    }

    #[test]
    fn base64_of_any_length_is_read() {
        for (text, bytes) in [("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc")] {
            let adapted = adapt(&MODULE.replace("YSUiXADDvA==", text)).unwrap();
            assert!(adapted.contains(&format!("fill(8, \"{bytes}\");")));
        }
    }
}
