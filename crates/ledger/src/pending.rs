//! An answer on its way: wait for it with a thread, or await it in any runtime.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::LedgerError;

/// The answer of a ledger. Dropping it takes nothing back.
#[derive(Debug)]
#[must_use = "a write may be refused"]
pub struct Pending<T>(State<T>);

#[derive(Debug)]
enum State<T> {
    Here(Result<T, LedgerError>),
    Coming(oneshot::Receiver<Result<T, LedgerError>>),
}

impl<T> Pending<T> {
    /// An answer that is there already.
    pub fn ready(answer: Result<T, LedgerError>) -> Self {
        Self(State::Here(answer))
    }

    /// An answer that somebody else will give; one who never does has closed the ledger.
    pub fn channel() -> (impl FnOnce(Result<T, LedgerError>) + Send + use<T>, Self)
    where
        T: Send,
    {
        let (sender, receiver) = oneshot::channel();
        // Nobody has to wait for an answer.
        (move |answer| drop(sender.send(answer)), Self(State::Coming(receiver)))
    }

    /// Blocks until the answer is there.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn wait(self) -> Result<T, LedgerError> {
        match self.0 {
            State::Here(answer) => answer,
            State::Coming(receiver) => receiver.recv().unwrap_or(Err(LedgerError::Closed)),
        }
    }
}

impl<T> IntoFuture for Pending<T> {
    type Output = Result<T, LedgerError>;
    type IntoFuture = Answered<T>;

    fn into_future(self) -> Answered<T> {
        Answered(match self.0 {
            State::Here(answer) => Awaited::Here(Some(answer)),
            State::Coming(receiver) => Awaited::Coming(receiver.into_future()),
        })
    }
}

/// The future of a [`Pending`].
#[derive(Debug)]
#[must_use = "a write may be refused"]
pub struct Answered<T>(Awaited<T>);

#[derive(Debug)]
enum Awaited<T> {
    Here(Option<Result<T, LedgerError>>),
    Coming(oneshot::AsyncReceiver<Result<T, LedgerError>>),
}

/// Nothing in it points into itself.
impl<T> Unpin for Answered<T> {}

impl<T> Future for Answered<T> {
    type Output = Result<T, LedgerError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Awaited::Here(answer) => Poll::Ready(answer.take().unwrap_or(Err(LedgerError::Closed))),
            Awaited::Coming(receiver) => {
                let received = Pin::new(receiver).poll(context);
                received.map(|answer| answer.unwrap_or(Err(LedgerError::Closed)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    #[test]
    fn an_answer_can_be_waited_for_and_awaited() {
        let (answer, pending) = Pending::channel();
        answer(Ok(7));
        assert!(matches!(pending.wait(), Ok(7)));

        let (answer, pending) = Pending::channel();
        let mut future = pending.into_future();
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut future).poll(&mut context).is_pending());
        answer(Ok(8));
        assert!(matches!(Pin::new(&mut future).poll(&mut context), Poll::Ready(Ok(8))));

        let mut ready = Pending::ready(Ok(9)).into_future();
        assert!(matches!(Pin::new(&mut ready).poll(&mut context), Poll::Ready(Ok(9))));
    }

    #[test]
    fn a_lost_answer_is_a_closed_ledger() {
        let (answer, pending) = Pending::<()>::channel();
        drop(answer);
        assert!(matches!(pending.wait(), Err(LedgerError::Closed)));
    }
}
