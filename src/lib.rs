//! hoglet: an analytics SDK for browsers that speaks PostHog's protocol.
//!
//! | module | what lives there |
//! |---|---|
//! | [`core`] | what is decided: pure state machines without a clock, a network, a store or a page |
//! | `browser` | what is done: one file for each facility of the browser, without decisions of its own |
//! | `api` | what JavaScript sees: exported classes and the conversions at the boundary |
//!
//! Only [`core`] exists outside the browser.

pub mod core;

#[cfg(target_arch = "wasm32")]
pub mod api;
#[cfg(target_arch = "wasm32")]
mod browser;

/// Half the code of the allocator that the standard library brings for WebAssembly, and faster: 2 KB less, compressed.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
