//! The client as its adapter sees it: what goes in, what comes out.

#![cfg(not(target_arch = "wasm32"))]

mod delivery;
mod page;
mod visitor;
