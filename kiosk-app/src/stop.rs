//! Being told to end: what runs at a device is ended there first.

use std::io;

use kiosk_drivers::runner::CancelToken;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// What a shell says of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A token that Ctrl-C, SIGTERM and a terminal that is closed pull; then `told` is done, on a
/// thread of its own. Whoever tells it a second time does not want to wait for the device any
/// more.
///
/// # Errors
/// When signals cannot be received.
pub fn on_signal(told: impl FnOnce() + Send + 'static) -> io::Result<CancelToken> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let within = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    drop(within);
    let cancel = CancelToken::default();
    let hand = cancel.clone();
    let ends = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        hand.cancel();
        told();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "told twice, nobody waits for a way out that may hang at the device"
        )]
        std::process::exit(INTERRUPTED);
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || runtime.block_on(ends))?;
    Ok(cancel)
}
