//! Starts the collector and runs it until it is told to stop.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use collector::args::Args;
use collector::server::Server;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("collector: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let server = Server::bind(args).await?;
    println!("listening on http://{}", server.address());
    let stop = server.stop_handle();
    let signal = stop_signal()?;
    tokio::spawn(async move {
        signal.await;
        stop.cancel();
    });
    server.run().await;
    Ok(())
}

/// Completes at the first SIGINT or SIGTERM. The handlers are in place when this returns.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes at the first Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // A failure to listen leaves the process stoppable from outside, as before.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
