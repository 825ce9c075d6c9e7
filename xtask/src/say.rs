//! What is told to whoever runs a command.

use std::fmt::Display;
use std::io::{IsTerminal, stdout};

/// Says what is being done now.
pub(crate) fn step(what: impl Display) {
    if stdout().is_terminal() {
        println!("\x1b[1m==> {what}\x1b[0m");
    } else {
        println!("==> {what}");
    }
}
