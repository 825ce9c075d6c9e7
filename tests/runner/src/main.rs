//! Runs a wasm test binary in a headless browser: the test runner of `wasm-bindgen-cli`,
//! locked by the workspace's `Cargo.lock` and therefore always of the version of the
//! `wasm-bindgen` crate that the tests are compiled with.
//!
//! Cargo starts it, through `CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER`. It reads
//! `CHROMEDRIVER` (the driver to start) and `WASM_BINDGEN_TEST_WEBDRIVER_JSON` (the
//! capabilities to ask of it: `webdriver.json` beside this crate's manifest).

use std::env;

use anyhow::Result;
use wasm_bindgen_cli::wasm_bindgen_test_runner;

fn main() -> Result<()> {
    wasm_bindgen_test_runner::run_cli_with_args(env::args_os())
}
