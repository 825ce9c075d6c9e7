//! The client as its adapter sees it: what goes in, what comes out.

#![cfg(not(target_arch = "wasm32"))]

mod allocations;
mod app;
mod arrival;
mod browser;
mod capture;
mod consent;
mod cookieless;
mod damage;
mod delivery;
mod environment;
mod flag_model;
mod flags;
mod hooks;
mod identity;
mod model;
mod outbox;
mod page;
mod persistence;
mod person;
mod registered;
mod reset;
mod sessions;
mod splitting;
mod tabs;
mod viewing;
