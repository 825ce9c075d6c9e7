//! The test suites: which there are, in what order they run, and what has come of them.

mod boundary;
mod consumers;
mod lint;
mod outside;
mod routers;
mod rust;
mod workshop;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

pub(crate) use self::outside::Subject;
use crate::budgets::Budgets;
use crate::engine::Engine;
use crate::process::{Deadline, ProcessError};
use crate::workspace::Workspace;
use crate::{demo, package, say, tools};

/// What can be tested by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Formatting, lints, documentation, and what the core may name.
    Lint,
    /// Everything that runs on the host, but for the simulation.
    Core,
    /// The outbox in worlds where everything goes wrong.
    Simulation,
    /// The tests compiled to WebAssembly, in all engines.
    Wasm,
    /// The package as npm packs it: its sizes, its modules, its types.
    Package,
    /// Projects with each of the bundlers and the packed package, in all engines.
    Consumers,
    /// Apps of real routers with the packed package, in all engines.
    Routers,
    /// The tests' own driver, in all engines.
    Drivers,
    /// The packed package in a real browser with a real collector.
    EndToEnd(Engine, Mode),
    /// One visit to the demo.
    Demo,
}

/// How the core comes to the page in an end-to-end suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In each of these ways: the files of tests take turns, and so do the engines.
    Each,
    /// When there is time for it, as WebAssembly.
    Lazy,
    /// With the entry that has it at once.
    Eager,
    /// As JavaScript, in a browser without WebAssembly.
    JavaScript,
}

/// The name that `HOGLET_MODE` has for it.
impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Each => "each",
            Self::Lazy => "lazy",
            Self::Eager => "eager",
            Self::JavaScript => "js",
        })
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lint => formatter.write_str("lint"),
            Self::Core => formatter.write_str("core"),
            Self::Simulation => formatter.write_str("sim"),
            Self::Wasm => formatter.write_str("wasm"),
            Self::Package => formatter.write_str("package"),
            Self::Consumers => formatter.write_str("consumers"),
            Self::Routers => formatter.write_str("routers"),
            Self::Drivers => formatter.write_str("drivers"),
            Self::EndToEnd(engine, Mode::Each) => write!(formatter, "e2e-{engine}"),
            Self::EndToEnd(engine, mode) => write!(formatter, "e2e-{engine}-{mode}"),
            Self::Demo => formatter.write_str("demo"),
        }
    }
}

/// The name for the end-to-end suites of all engines.
const END_TO_END: &str = "e2e";

impl Suite {
    /// Those that run if none is named, the fastest first.
    fn usual() -> Vec<Self> {
        let mut usual = vec![
            Self::Lint,
            Self::Core,
            Self::Simulation,
            Self::Wasm,
            Self::Package,
            Self::Consumers,
            Self::Routers,
            Self::Drivers,
        ];
        usual.extend(Engine::ALL.map(|engine| Self::EndToEnd(engine, Mode::Each)));
        usual.push(Self::Demo);
        usual
    }

    /// All of them: with the end-to-end tests for one way of loading, each of which takes as long as those before them.
    fn all() -> Vec<Self> {
        let others = [Mode::Lazy, Mode::Eager, Mode::JavaScript]
            .into_iter()
            .flat_map(|mode| Engine::ALL.map(|engine| Self::EndToEnd(engine, mode)));
        Self::usual().into_iter().chain(others).collect()
    }

    fn is_meant_by(self, name: &str) -> bool {
        self.to_string() == name
            || (name == END_TO_END && matches!(self, Self::EndToEnd(_, Mode::Each)))
    }

    /// Installs what it needs, where that is missing. A download is no part of its time.
    fn prepare(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Lint => {
                tools::ensure_wasm_target(workspace)?;
                tools::ensure_lint_tools(workspace)
            }
            Self::Core => tools::ensure_node(),
            Self::Simulation => Ok(()),
            Self::Wasm => {
                tools::ensure_wasm_target(workspace)?;
                tools::ensure_npm_packages(&workspace.path("tests"))?;
                tools::ensure_browsers(&Engine::ALL)
            }
            Self::Package => {
                package::prepare(workspace)?;
                tools::ensure_npm_packages(&workspace.path("tests"))
            }
            Self::Consumers => {
                package::prepare(workspace)?;
                tools::ensure_npm_packages(&workspace.path("tests"))?;
                consumers::prepare(workspace)?;
                tools::ensure_browsers(&Engine::ALL)
            }
            Self::Routers => {
                package::prepare(workspace)?;
                tools::ensure_npm_packages(&workspace.path("tests"))?;
                routers::prepare(workspace)?;
                tools::ensure_browsers(&Engine::ALL)
            }
            Self::Drivers => {
                tools::ensure_npm_packages(&workspace.path("tests"))?;
                tools::ensure_browsers(&Engine::ALL)
            }
            Self::EndToEnd(engine, _) => {
                package::prepare(workspace)?;
                tools::ensure_npm_packages(&workspace.path("tests"))?;
                tools::ensure_browsers(&[engine])
            }
            Self::Demo => demo::prepare_check(workspace),
        }
    }

    fn run(
        self,
        workspace: &Workspace,
        subject: &mut Subject,
        filter: &[String],
        seeds: Option<&Seeds>,
        deadline: Deadline,
    ) -> Result<()> {
        match self {
            Self::Lint => lint::run(workspace, deadline),
            Self::Core => rust::run_on_host(workspace, filter, deadline),
            Self::Simulation => rust::simulate(workspace, seeds, deadline),
            Self::Wasm => rust::run_in_browsers(workspace, filter, deadline),
            Self::Package => outside::run_package(workspace, subject, filter, deadline),
            Self::Consumers => consumers::run(workspace, subject, filter, deadline),
            Self::Routers => routers::run(workspace, subject, filter, deadline),
            Self::Drivers => outside::run_drivers(workspace, filter, deadline),
            Self::EndToEnd(engine, mode) => {
                outside::run_end_to_end(workspace, subject, engine, mode, filter, deadline)
            }
            Self::Demo => demo::check(workspace, 0, deadline),
        }
    }
}

/// The suites of those names in the order they run in; the usual ones if none is named.
pub(crate) fn select(names: &[String]) -> Result<Vec<Suite>> {
    if names.is_empty() {
        return Ok(Suite::usual());
    }
    let all = Suite::all();
    if let Some(unknown) = names
        .iter()
        .find(|name| !all.iter().any(|suite| suite.is_meant_by(name)))
    {
        let known: Vec<_> = all.iter().map(Suite::to_string).collect();
        bail!(
            "there is no suite {unknown}; there are {}, and {END_TO_END} for all engines",
            known.join(", ")
        );
    }
    let is_wanted = |suite: &Suite| names.iter().any(|name| suite.is_meant_by(name));
    Ok(all.into_iter().filter(is_wanted).collect())
}

/// The worlds that the simulation is asked for.
#[derive(Debug)]
pub(crate) enum Seeds {
    /// So many of them.
    First(u64),
    /// This one, telling what happens in it.
    One(u64),
}

/// Runs the suites, all of them even if one fails, and says at the end how each went. With a filter, only the tests
/// whose names contain it. Seeds that are asked for may take their time.
pub(crate) fn run(
    workspace: &Workspace,
    suites: &[Suite],
    filter: &[String],
    seeds: Option<&Seeds>,
) -> Result<()> {
    let budgets = Budgets::read(workspace)?;
    let mut subject = Subject::default();
    let mut outcomes = Vec::new();
    for &suite in suites {
        let budget = budgets.time(&suite.to_string())?;
        say::step(format!("suite {suite}"));
        let prepared = suite.prepare(workspace);
        let start = Instant::now();
        let deadline = match seeds {
            None => Deadline::after(budget),
            Some(_) => Deadline::NONE,
        };
        let result =
            prepared.and_then(|()| suite.run(workspace, &mut subject, filter, seeds, deadline));
        let time = start.elapsed();
        let result = result.and_then(|()| {
            ensure!(!deadline.is_over(), "took longer than its budget");
            Ok(())
        });
        if let Err(error) = &result {
            if matches!(error.downcast_ref(), Some(ProcessError::Interrupted)) {
                return result;
            }
            eprintln!("suite {suite} failed: {error:#}");
        }
        outcomes.push(Outcome {
            suite,
            time,
            budget,
            result,
        });
    }
    report(&outcomes)
}

/// Takes all the steps, even if one fails, and gives the first failure.
fn take_all(steps: impl Iterator<Item = Result<()>>) -> Result<()> {
    steps.fold(Ok(()), Result::and)
}

struct Outcome {
    suite: Suite,
    time: Duration,
    budget: Duration,
    result: Result<()>,
}

fn report(outcomes: &[Outcome]) -> Result<()> {
    println!("\n{:14} {:>8} {:>10}", "suite", "time", "of at most");
    for Outcome {
        suite,
        time,
        budget,
        result,
    } in outcomes
    {
        let result = match result {
            Ok(()) => "passed".to_owned(),
            Err(error) => format!(
                "FAILED: {}",
                format!("{error:#}").lines().next().unwrap_or_default()
            ),
        };
        println!(
            "{:14} {:>8} {:>10}  {result}",
            suite.to_string(),
            clock(*time),
            clock(*budget)
        );
    }
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome.result.is_err())
        .count();
    println!("\n{} passed, {failed} failed", outcomes.len() - failed);
    if failed > 0 {
        bail!(SuitesFailed);
    }
    Ok(())
}

/// Some suite failed. What and why has been said already.
#[derive(Debug, thiserror::Error)]
#[error("not all suites passed")]
pub(crate) struct SuitesFailed;

fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(names: &[&str]) -> Vec<String> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        select(&names)
            .unwrap()
            .iter()
            .map(Suite::to_string)
            .collect()
    }

    #[test]
    fn suites_run_in_order_of_speed_however_they_are_named() {
        assert_eq!(selected(&["demo", "lint"]), ["lint", "demo"]);
        assert_eq!(
            selected(&["e2e"]),
            ["e2e-chromium", "e2e-firefox", "e2e-webkit"]
        );
        assert_eq!(
            selected(&["e2e-firefox-js", "e2e-chromium-eager"]),
            ["e2e-chromium-eager", "e2e-firefox-js"]
        );
        assert_eq!(selected(&[]).len(), 12);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = select(&["e2e-opera".to_owned()]).unwrap_err().to_string();
        assert!(
            message.contains("no suite e2e-opera") && message.contains("e2e-firefox"),
            "{message}"
        );
    }

    #[test]
    fn every_suite_has_its_minutes_and_together_they_stay_below_the_limit() {
        const ALL_TOGETHER: Duration = Duration::from_secs(85 * 60);
        let budgets: Budgets = toml::from_str(include_str!("../../budgets.toml")).unwrap();
        let time = |suite: Suite| budgets.time(&suite.to_string()).unwrap();
        assert!(
            Suite::all()
                .into_iter()
                .map(time)
                .all(|time| !time.is_zero())
        );
        let times = Suite::usual().into_iter().map(time);
        assert!(times.sum::<Duration>() <= ALL_TOGETHER);
    }
}
