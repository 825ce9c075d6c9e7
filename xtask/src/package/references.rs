//! How the core holds what is the browser's: by its place in an array of the glue.
//!
//! rustc marks what it compiles as able to hold references to such objects, and to give several results at once; then
//! wasm-bindgen has them in a table of the wasm. wasm2js knows neither. With the array the same core and the same glue
//! serve as WebAssembly and as JavaScript.

use anyhow::{Context, Result};
use walrus::{Module, ModuleConfig};

/// The features by which wasm-bindgen would choose the table.
pub(crate) const UNUSED_FEATURES: [&str; 2] = ["reference-types", "multivalue"];

/// What wasm-bindgen gives the core only where it has the table: the first place that something can be held at.
const FIRST_PLACE: (&str, &str) = (
    "__wbindgen_externref_xform__",
    "__wbindgen_externref_statics_end",
);

/// That of the array. Before it is what the core only borrows, 1024 places, and then `undefined`, `null`, `true` and `false`.
const FIRST_PLACE_OF_ARRAY: i32 = 1028;

/// The compiled core as wasm-bindgen has to see it to use the array.
pub(crate) fn in_an_array(mut compiled: Vec<u8>, keep_debug: bool) -> Result<Vec<u8>> {
    for feature in UNUSED_FEATURES {
        let name = feature.as_bytes();
        let mark = [&[b'+', u8::try_from(name.len())?], name].concat();
        let found = compiled.windows(mark.len()).position(|bytes| bytes == mark);
        let at =
            found.with_context(|| format!("the compiled core is not marked with {feature}"))?;
        compiled[at] = b'-';
    }
    let mut module = ModuleConfig::new()
        .generate_dwarf(keep_debug)
        .parse(&compiled)?;
    give_first_place(&mut module)?;
    Ok(module.emit_wasm())
}

fn give_first_place(module: &mut Module) -> Result<()> {
    let (from, name) = FIRST_PLACE;
    let import = module.imports.get_func(from, name)?;
    module.replace_imported_func(import, |(body, _)| {
        body.i32_const(FIRST_PLACE_OF_ARRAY);
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, ValType};

    use super::*;

    #[test]
    fn the_first_place_is_no_longer_imported() {
        let mut module = Module::default();
        let kind = module.types.add(&[], &[ValType::I32]);
        let (place, _) = module.add_import_func(FIRST_PLACE.0, FIRST_PLACE.1, kind);
        let mut caller = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        caller.func_body().call(place);
        let caller = caller.finish(vec![], &mut module.funcs);
        module.exports.add("a", caller);
        give_first_place(&mut module).unwrap();
        assert_eq!(module.imports.iter().count(), 0);
    }

    #[test]
    fn a_core_without_the_marks_is_told() {
        let error = in_an_array(Module::default().emit_wasm(), false).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("not marked with reference-types"),
            "{error}"
        );
    }
}
