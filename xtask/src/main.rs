//! The project's commands: `cargo xtask build`, `demo`, `test` and `bench`. Each installs what it needs and is not
//! there, and says what it is doing.

mod budgets;
mod collector;
mod demo;
mod differences;
mod engine;
mod package;
mod process;
mod readme;
mod say;
mod sizes;
mod suites;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use lexopt::prelude::*;

use crate::budgets::Budgets;
use crate::engine::Engine;
use crate::package::Profile;
use crate::process::{Deadline, ProcessError};
use crate::suites::{Subject, SuitesFailed};
use crate::workspace::Workspace;

const USAGE: &str = "\
cargo xtask build [--check | --dev]
    Builds the npm package into pkg/, shows what it weighs and what browsers can check its modules by, and
    updates the tables in README.md.
    --check   fails if README.md does not have these tables, instead of writing them
    --dev     builds quickly, with debug information and without regard to size
cargo xtask demo [--check] [--port N]
    Builds everything and serves the demo until Ctrl-C.
    --check   visits it once in a headless browser, prints the events that arrived, and ends
cargo xtask test [SUITE…] [--seeds N | --seed N] [-- NAME…]
    Runs the test suites, or those named; with names after --, only the tests that match them.
    --seeds N   tries N worlds in the suite sim
    --seed N    tells what happens in one of them
cargo xtask bench [--rounds N] [delivery|backlog]
    Measures hoglet beside posthog-js in the same browser: what it costs a page; writes the table in README.md,
    tests/bench/bench.json and www/bench.html.
    --rounds N  measures everything so often, rather than twice
    delivery  what is lost and what comes twice when something goes wrong, and writes tests/DELIVERY.md
    backlog   what events that wait cost the page
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if matches!(error.downcast_ref(), Some(ProcessError::Interrupted)) {
                // As a shell reports SIGINT.
                return ExitCode::from(130);
            }
            if !error.is::<SuitesFailed>() {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

enum Command {
    Help,
    Build {
        profile: Profile,
        is_check: bool,
    },
    Demo {
        port: Option<u16>,
        is_check: bool,
    },
    Test {
        suites: Vec<String>,
        filter: Vec<String>,
        seeds: Option<suites::Seeds>,
    },
    Bench {
        measure: Measure,
        rounds: Option<u32>,
    },
}

/// What hoglet and posthog-js are compared by.
#[derive(Clone, Copy)]
enum Measure {
    /// What a call costs the page.
    Cost,
    /// What becomes of events when something goes wrong.
    Delivery,
    /// What events that wait cost the page.
    Backlog,
}

fn parse() -> Result<Command, lexopt::Error> {
    let mut arguments = lexopt::Parser::from_env();
    let mut command = match arguments.next()? {
        None | Some(Long("help") | Short('h')) => return Ok(Command::Help),
        Some(Value(name)) => match name.string()?.as_str() {
            "build" => Command::Build {
                profile: Profile::Release,
                is_check: false,
            },
            "demo" => Command::Demo {
                port: None,
                is_check: false,
            },
            "test" => Command::Test {
                suites: Vec::new(),
                filter: Vec::new(),
                seeds: None,
            },
            "bench" => Command::Bench {
                measure: Measure::Cost,
                rounds: None,
            },
            other => return Err(format!("there is no command {other}\n\n{USAGE}").into()),
        },
        Some(other) => return Err(other.unexpected()),
    };
    loop {
        if let Command::Test { filter, .. } = &mut command
            && let Some(mut rest) = arguments.try_raw_args()
            && rest.next_if(|argument| argument == "--").is_some()
        {
            *filter = rest.map(|name| name.string()).collect::<Result<_, _>>()?;
            return Ok(command);
        }
        let Some(argument) = arguments.next()? else {
            return Ok(command);
        };
        match (&mut command, argument) {
            (_, Long("help") | Short('h')) => return Ok(Command::Help),
            (
                Command::Build {
                    is_check,
                    profile: Profile::Release,
                },
                Long("check"),
            ) => *is_check = true,
            (
                Command::Build {
                    is_check: false,
                    profile,
                },
                Long("dev"),
            ) => *profile = Profile::Dev,
            (Command::Demo { is_check, .. }, Long("check")) => *is_check = true,
            (Command::Demo { port, .. }, Long("port")) => *port = Some(arguments.value()?.parse()?),
            (Command::Test { suites, .. }, Value(name)) => suites.push(name.string()?),
            (Command::Test { seeds, .. }, Long("seeds")) => {
                *seeds = Some(suites::Seeds::First(arguments.value()?.parse()?));
            }
            (Command::Test { seeds, .. }, Long("seed")) => {
                *seeds = Some(suites::Seeds::One(arguments.value()?.parse()?));
            }
            (Command::Bench { measure, .. }, Value(name)) if name == "delivery" => {
                *measure = Measure::Delivery;
            }
            (Command::Bench { measure, .. }, Value(name)) if name == "backlog" => {
                *measure = Measure::Backlog;
            }
            (
                Command::Bench {
                    measure: Measure::Cost,
                    rounds,
                },
                Long("rounds"),
            ) => *rounds = Some(arguments.value()?.parse()?),
            (_, other) => return Err(other.unexpected()),
        }
    }
}

fn run() -> Result<()> {
    // As text, for lexopt gives an error of ours as its own source, and it would be printed twice.
    let command = parse().map_err(|error| anyhow!("{error}"))?;
    process::stop_on_signals()?;
    let workspace = Workspace::load()?;
    match command {
        Command::Help => {
            print!("{USAGE}");
            Ok(())
        }
        Command::Build { profile, is_check } => build(&workspace, profile, is_check),
        Command::Demo {
            port,
            is_check: true,
        } => {
            demo::prepare_check(&workspace)?;
            demo::check(&workspace, port.unwrap_or(0), Deadline::NONE)
        }
        Command::Demo {
            port,
            is_check: false,
        } => demo::serve(&workspace, port.unwrap_or(demo::DEFAULT_PORT)),
        Command::Test {
            suites,
            filter,
            seeds,
        } => suites::run(
            &workspace,
            &suites::select(&suites)?,
            &filter,
            seeds.as_ref(),
        ),
        Command::Bench { measure, rounds } => bench(&workspace, measure, rounds),
    }
}

fn build(workspace: &Workspace, profile: Profile, is_check: bool) -> Result<()> {
    package::prepare(workspace)?;
    let built = package::build(workspace, profile, Deadline::NONE)?;
    say::step(format!("the package is in {}", built.folder.display()));
    if profile == Profile::Dev {
        return Ok(());
    }
    println!("\n{}", built.integrity);
    let budgets = Budgets::read(workspace)?;
    let sizes = built.weigh()?;
    println!("{}", sizes.table(&budgets));
    sizes.write(&workspace.scratch("package/sizes.json"))?;
    if is_check {
        readme::check(workspace, &sizes)?;
    } else {
        readme::update(workspace, &sizes)?;
    }
    sizes.check(&budgets)
}

fn bench(workspace: &Workspace, measure: Measure, rounds: Option<u32>) -> Result<()> {
    const ENGINE: Engine = Engine::Chromium;

    package::prepare(workspace)?;
    tools::ensure_npm_packages(&workspace.path("tests"))?;
    tools::ensure_browsers(&[ENGINE])?;
    let node = Subject::default().node(workspace, ENGINE, Deadline::NONE)?;
    say::step("measuring");
    let script = match measure {
        Measure::Cost => "tests/bench/run.js",
        Measure::Delivery => "tests/bench/delivery.js",
        Measure::Backlog => "tests/bench/backlog.js",
    };
    let rounds = rounds.map(|rounds| format!("--rounds={rounds}"));
    node.arg(script).args(rounds).run(Deadline::NONE)?;
    Ok(())
}
