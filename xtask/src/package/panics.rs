//! Panics without words.
//!
//! A panic in the core traps, and the boundary then starts a new instance. What the panic would say reaches nobody, yet
//! every place that may panic passes a message and a location, and the standard library brings its text formatting along
//! for them. So the functions by which the libraries panic are given a body that does nothing but trap: at the same
//! point, with the same end. wasm-opt then removes what only the old bodies used, and the arguments of every call.

use anyhow::{Result, ensure};
use walrus::ir::Instr;
use walrus::{FunctionId, LocalFunction, Module};

/// The paths of functions that never return, as rustc-demangle writes them; a `*` stands for any text. Those of the
/// standard library are not stable: when its names change, so must these.
const NEVER_RETURN: [&str; 18] = [
    "__rustc::rust_begin_unwind",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    // Helpers of `remove`, `split_off` and others; generic paths differ between the two manglings.
    "<alloc::vec::Vec<*>>::*::assert_failed",
    "alloc::vec::Vec<*>::*::assert_failed",
    "core::cell::lazy::panic_poisoned",
    "core::cell::panic_already_*borrowed",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::*",
    "core::result::unwrap_failed",
    "core::slice::copy_from_slice_impl::len_mismatch_fail*",
    "core::slice::index::slice_*_fail*",
    "core::str::slice_error_fail*",
    "std::panicking::begin_panic*",
    "std::sys::backtrace::__rust_end_short_backtrace*",
    // An exception with a message, thrown by the glue: for the boundary it is as good as a trap.
    "wasm_bindgen::throw_str",
];

/// Any core has more of them than this. Fewer mean that the list no longer fits the toolchain.
const FEWEST: usize = 10;

/// Makes the functions by which the libraries panic trap at once. It knows them by the module's name section.
pub(crate) fn silence(module: &mut Module) -> Result<()> {
    let count = silence_listed(module);
    ensure!(
        count >= FEWEST,
        "only {count} functions that panic were found in the compiled core, at least {FEWEST} were expected: the \
         toolchain has changed their names, bring the list in {} up to date; or the profile strips all names, which \
         needs `strip = \"debuginfo\"` in Cargo.toml",
        file!()
    );
    Ok(())
}

fn silence_listed(module: &mut Module) -> usize {
    let listed: Vec<_> = module
        .funcs
        .iter_local()
        .filter(|(id, function)| {
            let Some(name) = &module.funcs.get(*id).name else {
                return false;
            };
            // The alternate form leaves out hashes.
            let path = format!("{:#}", rustc_demangle::demangle(name));
            is_listed(&path) && is_divergent(module, function)
        })
        .map(|(id, _)| id)
        .collect();
    for &id in &listed {
        trap(module, id);
    }
    listed.len()
}

/// Gives a function of the module a body that does nothing but trap.
fn trap(module: &mut Module, id: FunctionId) {
    let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
    let mut body = function.builder_mut().func_body();
    body.instrs_mut().clear();
    body.unreachable();
}

fn is_listed(path: &str) -> bool {
    NEVER_RETURN
        .iter()
        .any(|pattern| is_match(path, pattern.split('*')))
}

/// Whether the text consists of these parts, in this order, with anything between them.
fn is_match<'a>(text: &str, mut parts: impl DoubleEndedIterator<Item = &'a str>) -> bool {
    let first = parts.next().unwrap_or_default();
    let Some(rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    let Some(mut rest) = rest.strip_suffix(last) else {
        return false;
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    true
}

/// Whether its end cannot be reached, as in the code of every function of type `!`.
fn is_divergent(module: &Module, function: &LocalFunction) -> bool {
    let body = function.block(function.entry_block());
    module.types.get(function.ty()).results().is_empty()
        && matches!(body.instrs.last(), Some((Instr::Unreachable(_), _)))
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, ValType};

    use super::*;

    const PANIC: &str = "_ZN4core9panicking5panic17h0123456789abcdefE";

    /// A function that takes a number and drops it, and then cannot go on unless it returns.
    fn function(module: &mut Module, name: &str, returns: bool) -> FunctionId {
        let argument = module.locals.add(ValType::I32);
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
        builder.name(name.to_owned());
        let mut body = builder.func_body();
        body.local_get(argument).drop();
        if !returns {
            body.unreachable();
        }
        builder.finish(vec![argument], &mut module.funcs)
    }

    fn length(module: &Module, id: FunctionId) -> usize {
        let function = module.funcs.get(id).kind.unwrap_local();
        function.block(function.entry_block()).instrs.len()
    }

    #[test]
    fn what_panics_traps_at_once_and_the_rest_stays_as_it_is() {
        let mut module = Module::default();
        let legacy = function(&mut module, PANIC, false);
        let v0 = function(
            &mut module,
            "_RNvNtCs5RG54gtZtUF_4core9panicking9panic_fmt",
            false,
        );
        let returning = function(&mut module, PANIC, true);
        let own = function(
            &mut module,
            "_ZN6hoglet9panicking5panic17h0123456789abcdefE",
            false,
        );

        assert_eq!(silence_listed(&mut module), 2);
        assert_eq!(
            [legacy, v0, returning, own].map(|id| length(&module, id)),
            [1, 1, 2, 3]
        );

        let module = Module::from_buffer(&module.emit_wasm()).unwrap();
        assert_eq!(module.funcs.iter().count(), 4);
    }

    #[test]
    fn a_module_whose_names_are_unknown_is_refused() {
        let mut module = Module::default();
        function(&mut module, "f1", false);
        let message = silence(&mut module).unwrap_err().to_string();
        assert!(message.starts_with("only 0 functions"), "{message}");
    }

    #[test]
    fn paths_are_listed_whole() {
        for path in [
            "core::panicking::panic_const::panic_const_div_by_zero",
            "core::cell::panic_already_borrowed",
            "core::cell::panic_already_mutably_borrowed",
            "core::slice::index::slice_index_fail::do_panic::runtime",
            "<alloc::vec::Vec<_, _>>::remove::assert_failed",
            "alloc::vec::Vec<T,A>::split_off::assert_failed",
        ] {
            assert!(is_listed(path), "{path}");
        }
        for path in [
            "<core::panicking::AssertKind as core::fmt::Debug>::fmt",
            "alloc::raw_vec::handle_error_of_another_kind",
            "alloc::vec::Vec<T,A>::remove",
            "core::option::Option<T>::expect_failed",
            "hoglet::core::panicking::panic",
            "std::panicking::panic_count::increase",
        ] {
            assert!(!is_listed(path), "{path}");
        }
    }
}
