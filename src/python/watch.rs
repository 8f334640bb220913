//! Long work on a thread of its own, while Python's thread shows progress and listens for Ctrl-C.

use super::errors::to_py;
use crate::engine::Control;
use crate::error::{Error, Result};
use pyo3::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often Python looks up from waiting.
const LOOK: Duration = Duration::from_millis(20);

/// Runs `work` detached; calls `progress(done)` as draws finish. Ctrl-C stops it and is raised.
pub fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Control) -> Result<T> + Send,
) -> PyResult<T> {
    let control = Control::default();
    let (sender, receiver) = channel();
    let receiver = Mutex::new(receiver);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            // A sender dropped by a panic wakes the waiting thread too.
            let sender = sender;
            let result = work(&control);
            let _ = sender.send(());
            result
        });
        let mut raised = None;
        loop {
            let woken = py.detach(|| match receiver.lock() {
                Ok(receiver) => receiver.recv_timeout(LOOK),
                Err(_) => Err(RecvTimeoutError::Disconnected),
            });
            let told =
                progress.map_or(Ok(()), |tell| tell.call1((control.done.load(Ordering::Relaxed),)).map(drop));
            if let Err(failed) = py.check_signals().and(told) {
                control.stop.store(true, Ordering::Relaxed);
                raised.get_or_insert(failed);
            }
            if !matches!(woken, Err(RecvTimeoutError::Timeout)) {
                break;
            }
        }
        let finished = py.detach(|| worker.join());
        match (raised, finished) {
            (Some(failed), _) => Err(failed),
            (None, Ok(result)) => result.map_err(to_py),
            (None, Err(_)) => Err(to_py(Error::Internal("a computation failed".into()))),
        }
    })
}
