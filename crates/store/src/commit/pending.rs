//! A write on its way: wait for it with a thread, or await it in any runtime.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::StoreError;

/// The answer to a write, once it is durable or refused. Dropping it does not take the write back.
#[derive(Debug)]
#[must_use = "a write may be refused"]
pub struct Pending<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Pending<T> {
    /// Blocks until the answer is there.
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.recv().unwrap_or(Err(StoreError::Closed))
    }

    pub(crate) fn channel() -> (Answerer<T>, Self) {
        let (sender, receiver) = oneshot::channel();
        (Answerer(sender), Self(receiver))
    }
}

impl<T> IntoFuture for Pending<T> {
    type Output = Result<T, StoreError>;
    type IntoFuture = Answered<T>;

    fn into_future(self) -> Answered<T> {
        Answered(self.0.into_future())
    }
}

/// The future of a [`Pending`].
#[derive(Debug)]
#[must_use = "a write may be refused"]
pub struct Answered<T>(oneshot::AsyncReceiver<Result<T, StoreError>>);

impl<T> Future for Answered<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let received = Pin::new(&mut self.0).poll(context);
        received.map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}

/// The other end.
#[derive(Debug)]
pub(crate) struct Answerer<T>(oneshot::Sender<Result<T, StoreError>>);

impl<T> Answerer<T> {
    pub(crate) fn give(self, answer: Result<T, StoreError>) {
        // Nobody has to wait for an answer.
        drop(self.0.send(answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    #[test]
    fn an_answer_can_be_waited_for_and_awaited() {
        let (answer, pending) = Pending::channel();
        answer.give(Ok(7));
        assert!(matches!(pending.wait(), Ok(7)));

        let (answer, pending) = Pending::channel();
        let mut future = pending.into_future();
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut future).poll(&mut context).is_pending());
        answer.give(Ok(8));
        assert!(matches!(Pin::new(&mut future).poll(&mut context), Poll::Ready(Ok(8))));
    }

    #[test]
    fn a_lost_answer_is_a_closed_store() {
        let (answer, pending) = Pending::<()>::channel();
        drop(answer);
        assert!(matches!(pending.wait(), Err(StoreError::Closed)));
    }
}
