//! Child processes that never outlive this one.
//!
//! Every child leads a process group of its own, so that what it starts in turn can be ended with it: when its time is
//! up, when the value that stands for it is dropped, and when this process is told to stop.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long a child and those it started may take to end by themselves after they were asked to.
const GRACE: Duration = Duration::from_secs(5);

/// How often it is looked for those that the child itself has started: nothing tells when they end.
const POLL: Duration = Duration::from_millis(20);

/// Why a child process did not do what was wanted of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    /// No program of that name is on the search path.
    #[error("`{0}` is not installed, or not on PATH")]
    NotInstalled(String),
    /// The system refused to start it, or to say how it ended.
    #[error("`{0}` could not be run: {1}")]
    NotRun(String, #[source] io::Error),
    /// It ended with another status than 0.
    #[error("`{0}` failed ({1})")]
    Failed(String, ExitStatus),
    /// It was still running at its deadline, and was ended.
    #[error("`{0}` was still running when the time was up")]
    OverTime(String),
    /// This process was told to stop.
    #[error("interrupted")]
    Interrupted,
}

/// The moment at which work is cut off, if there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Work that may take as long as it takes.
    pub(crate) const NONE: Self = Self(None);

    /// The moment this long from now.
    pub(crate) fn after(time: Duration) -> Self {
        Self(Some(Instant::now() + time))
    }

    /// Whether the moment has passed.
    pub(crate) fn is_over(self) -> bool {
        self.0.is_some_and(|moment| Instant::now() >= moment)
    }

    fn wait_for<T>(self, receiver: &Receiver<T>) -> Result<T, RecvTimeoutError> {
        match self.0 {
            Some(moment) => receiver.recv_timeout(moment.saturating_duration_since(Instant::now())),
            None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }
}

/// A program with its arguments, not yet started. It reads nothing from the terminal.
pub(crate) struct Process {
    name: String,
    command: Command,
}

impl Process {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).process_group(0);
        let name = Path::new(program).file_name().unwrap_or(program);
        Self {
            name: name.to_string_lossy().into_owned(),
            command,
        }
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in this folder instead of the current one.
    pub(crate) fn dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to its end, its output going where ours goes. Any status but 0 is an error.
    pub(crate) fn run(self, deadline: Deadline) -> Result<(), ProcessError> {
        self.start()?.succeed(deadline)
    }

    /// Runs it to its end and gives what it wrote to its standard output. Any status but 0 is an error.
    pub(crate) fn read(mut self, deadline: Deadline) -> Result<String, ProcessError> {
        self.command.stdout(Stdio::piped());
        let name = self.name.clone();
        let mut running = self.start()?;
        let mut stdout = running.take_stdout();
        let reader = thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        running.succeed(deadline)?;
        drop(running);
        let text = reader.join().expect("reading does not panic");
        text.map_err(|error| ProcessError::NotRun(name, error))
    }

    /// Starts it and gives its standard output to be read while it runs.
    pub(crate) fn start_piped(mut self) -> Result<(Running, ChildStdout), ProcessError> {
        self.command.stdout(Stdio::piped());
        let mut running = self.start()?;
        let stdout = running.take_stdout();
        Ok((running, stdout))
    }

    fn start(mut self) -> Result<Running, ProcessError> {
        // Held until the child is known, so that none slips in unseen while a signal is being handled.
        let mut children = Children::lock();
        if children.interrupted {
            return Err(ProcessError::Interrupted);
        }
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ProcessError::NotInstalled(self.name));
            }
            Err(error) => return Err(ProcessError::NotRun(self.name, error)),
        };
        let group = Pid::from_child(&child);
        let stdout = child.stdout.take();
        let (sender, news) = channel();
        children.running.push((group, sender.clone()));
        drop(children);
        thread::spawn(move || watch(child, &sender));
        Ok(Running {
            name: self.name,
            group,
            news,
            stdout,
            ended: false,
        })
    }
}

/// A started child. Dropping it ends it and all that it started in its process group.
pub(crate) struct Running {
    name: String,
    group: Pid,
    news: Receiver<News>,
    stdout: Option<ChildStdout>,
    ended: bool,
}

impl Running {
    /// Waits until it ends by itself; any status but 0 is an error.
    pub(crate) fn succeed(&mut self, deadline: Deadline) -> Result<(), ProcessError> {
        match deadline.wait_for(&self.news) {
            Ok(News::Ended(outcome)) => {
                self.ended = true;
                match outcome {
                    Ok(status) if status.success() => Ok(()),
                    Ok(status) => Err(ProcessError::Failed(self.name.clone(), status)),
                    Err(error) => Err(ProcessError::NotRun(self.name.clone(), error)),
                }
            }
            Ok(News::Interrupted) => Err(ProcessError::Interrupted),
            Err(RecvTimeoutError::Timeout) => Err(ProcessError::OverTime(self.name.clone())),
            Err(RecvTimeoutError::Disconnected) => {
                unreachable!("the watcher speaks before it goes")
            }
        }
    }

    fn take_stdout(&mut self) -> ChildStdout {
        self.stdout
            .take()
            .expect("the standard output was piped and is taken once")
    }

    fn signal(&self, signal: Signal) {
        // It fails only where nobody is left in the group, which is what is wanted.
        let _ = kill_process_group(self.group, signal);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.signal(Signal::TERM);
            let grace = Deadline::after(GRACE);
            while let Ok(News::Interrupted) = grace.wait_for(&self.news) {}
            // Those it started may have profiles and other temporary files to remove.
            while !grace.is_over() && test_kill_process_group(self.group).is_ok() {
                thread::sleep(POLL);
            }
        }
        // Those it left behind, and itself if it would not listen.
        self.signal(Signal::KILL);
        Children::lock()
            .running
            .retain(|(group, _)| *group != self.group);
    }
}

enum News {
    Ended(io::Result<ExitStatus>),
    Interrupted,
}

fn watch(mut child: Child, sender: &Sender<News>) {
    // Nobody listens any more if the child did not end within its grace.
    let _ = sender.send(News::Ended(child.wait()));
}

/// The children that a signal must reach.
struct Children {
    interrupted: bool,
    running: Vec<(Pid, Sender<News>)>,
}

static CHILDREN: Mutex<Children> = Mutex::new(Children {
    interrupted: false,
    running: Vec::new(),
});

impl Children {
    fn lock() -> MutexGuard<'static, Self> {
        CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From here on the first SIGINT or SIGTERM makes every wait for a child return [`ProcessError::Interrupted`], which
/// ends the children one by one as the callers return; the second one kills what is left and leaves at once.
pub(crate) fn stop_on_signals() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for signal in &mut signals {
            let mut children = Children::lock();
            if children.interrupted {
                for (group, _) in &children.running {
                    let _ = kill_process_group(*group, Signal::KILL);
                }
                std::process::exit(128 + signal);
            }
            children.interrupted = true;
            for (_, sender) in &children.running {
                let _ = sender.send(News::Interrupted);
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::BufRead;

    use super::*;

    fn shell(script: &str) -> Process {
        Process::new("sh").args(["-c", script])
    }

    #[test]
    fn output_is_given_to_the_caller() {
        assert_eq!(
            shell("echo one; echo two").read(Deadline::NONE).unwrap(),
            "one\ntwo\n"
        );
    }

    #[test]
    fn a_failure_names_the_program_and_the_status() {
        let error = shell("exit 3").run(Deadline::NONE).unwrap_err();
        assert_eq!(error.to_string(), "`sh` failed (exit status: 3)");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Process::new("hoglet-no-such-program")
            .run(Deadline::NONE)
            .unwrap_err();
        assert!(
            matches!(error, ProcessError::NotInstalled(name) if name == "hoglet-no-such-program")
        );
    }

    #[test]
    fn at_the_deadline_the_whole_group_is_ended() {
        let (mut running, stdout) = shell("sleep 600 & echo $!; wait").start_piped().unwrap();
        let mut line = String::new();
        io::BufReader::new(stdout).read_line(&mut line).unwrap();
        let grandchild = Pid::from_raw(line.trim().parse().unwrap()).unwrap();

        let error = running
            .succeed(Deadline::after(Duration::ZERO))
            .unwrap_err();
        assert!(matches!(error, ProcessError::OverTime(_)));
        drop(running);

        // Until its new parent has fetched its status it is still listed, but as a zombie.
        let status = std::fs::read_to_string(format!("/proc/{}/stat", grandchild.as_raw_nonzero()));
        assert!(status.is_err() || status.is_ok_and(|text| text.contains(") Z ")));
    }
}
