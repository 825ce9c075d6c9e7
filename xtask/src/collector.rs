//! The collector while it runs: it serves the demo and takes its events.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{Deadline, Process, ProcessError, Running};
use crate::workspace::Workspace;

/// The package that the program comes from, and its name.
pub(crate) const PACKAGE: &str = "collector";

/// How long it may take until it listens.
const START: Duration = Duration::from_secs(30);

/// What it says when it listens, before its address.
const LISTENING: &str = "listening on ";

/// A running collector with the demo mounted. It ends when this is dropped.
pub(crate) struct Collector {
    running: Running,
    address: String,
}

impl Collector {
    /// Starts it at that port (0: any that is free), with the events in that database file, and with the demo's flags
    /// unless there are some.
    pub(crate) fn start_with_demo(
        workspace: &Workspace,
        program: &Path,
        port: u16,
        database: &Path,
    ) -> Result<Self> {
        let (running, stdout) = Process::new(program)
            .args(["--port", &port.to_string()])
            .args([
                "--mount",
                "/=www/demo",
                "--mount",
                "/hoglet=pkg",
                "--spa",
                "/=www/demo/index.html",
                "--spa",
                "/bench=www/bench.html",
                "--flags",
                "www/demo/flags.json",
            ])
            .arg("--database")
            .arg(database)
            .dir(workspace.root())
            .start_piped()?;

        let (sender, first_line) = channel();
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            let read = stdout.read_line(&mut line);
            // Nobody listens any more if it took too long.
            let _ = sender.send(read.map(|_| line));
            let _ = io::copy(&mut stdout, &mut io::stdout());
        });
        let line = first_line
            .recv_timeout(START)
            .context("the collector does not say where it listens")??;
        let address = line.trim().strip_prefix(LISTENING);
        let address =
            address.with_context(|| format!("the collector did not start: it says {line:?}"))?;
        Ok(Self {
            running,
            address: address.to_owned(),
        })
    }

    /// Its address, without a slash at the end.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Waits until it ends, which it does when this command is interrupted.
    pub(crate) fn serve(mut self) -> Result<(), ProcessError> {
        match self.running.succeed(Deadline::NONE) {
            Err(ProcessError::Interrupted) => Ok(()),
            outcome => outcome,
        }
    }
}
