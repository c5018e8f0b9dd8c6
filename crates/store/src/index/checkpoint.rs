//! Checkpoints: a thread that brings what the log has gathered into the tree, and what lies over
//! the tree meanwhile.
//!
//! The layer that is brought in is frozen: new commits go to another one over it. It is taken away
//! when the tree has it, and with it the part of the log that it came from.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use super::layer::{Layer, Layers};
use super::tree::Tree;
use crate::error::StoreError;
use crate::limits::CHECKPOINT_AFTER;

/// The layers over the tree, and the thread that brings them in.
#[derive(Debug)]
pub(super) struct Checkpoints {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// The last batch that is, or is about to be, in the tree.
    applying: AtomicU64,
}

#[derive(Debug)]
struct State {
    layers: Arc<Layers>,
    /// The last batch that is in the tree for good.
    applied: u64,
    /// The last batch of the frozen layer.
    frozen_to: u64,
    /// Why the frozen layer is not in the tree.
    failed: Option<StoreError>,
    is_closing: bool,
}

impl Checkpoints {
    /// Starts the thread, for layers over a tree that has the `applied` batches.
    pub(super) fn start(tree: Arc<Tree>, layers: Layers, applied: u64) -> Result<Self, StoreError> {
        let mut checkpoints = Self::none(layers);
        checkpoints.shared.applying.store(applied, Ordering::SeqCst);
        checkpoints.shared.lock().applied = applied;
        let shared = Arc::clone(&checkpoints.shared);
        let thread = Builder::new().name("store-index".to_owned()).spawn(move || shared.run(&tree));
        let thread = thread.map_err(|e| StoreError::io("starting a thread of the store", e))?;
        checkpoints.thread = Some(thread);
        Ok(checkpoints)
    }

    /// Layers that nobody brings in.
    pub(super) fn none(layers: Layers) -> Self {
        let state = State {
            layers: Arc::new(layers),
            applied: 0,
            frozen_to: 0,
            failed: None,
            is_closing: false,
        };
        let (state, changed) = (Mutex::new(state), Condvar::new());
        let shared = Arc::new(Shared { state, changed, applying: AtomicU64::new(0) });
        Self { shared, thread: None }
    }

    /// What lies over the tree now.
    pub(super) fn layers(&self) -> Arc<Layers> {
        Arc::clone(&self.shared.lock().layers)
    }

    /// Puts other layers in their place, where nobody commits.
    pub(super) fn replace(&self, layers: Layers) {
        self.shared.lock().layers = Arc::new(layers);
    }

    /// The last batch that is, or is about to be, in the tree.
    pub(super) fn applying(&self) -> u64 {
        self.shared.applying.load(Ordering::SeqCst)
    }

    /// The last batch that is in the tree for good.
    pub(super) fn applied(&self) -> u64 {
        self.shared.lock().applied
    }

    /// Shows a commit. What it began with may have been frozen, or brought in, since.
    pub(super) fn publish(&self, mut layers: Arc<Layers>) {
        let mut state = self.shared.lock();
        Arc::make_mut(&mut layers).frozen = state.layers.frozen.clone();
        let before = mem::replace(&mut state.layers, layers);
        drop(state);
        // Because: it may be the last that holds a layer, which takes a while to take down.
        drop(before);
    }

    /// Has what was committed so far brought in, once what is on its way is in the tree and all of
    /// the log that `is_enough` asks for.
    pub(super) fn freeze(&self, is_enough: impl Fn(u64) -> bool) -> Result<(), StoreError> {
        let mut state = self.shared.lock();
        self.shared.retry(&mut state);
        while state.layers.frozen.is_some() || !is_enough(state.applied) {
            if let Some(e) = &state.failed {
                return Err(e.clone());
            }
            if state.layers.frozen.is_none() {
                state.freeze();
                self.shared.changed.notify_all();
            }
            state = self.shared.wait(state);
        }
        state.freeze();
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Waits until all that was committed is in the tree.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        let mut state = self.shared.lock();
        self.shared.retry(&mut state);
        while !state.layers.is_empty() {
            if let Some(e) = &state.failed {
                return Err(e.clone());
            }
            if state.layers.frozen.is_none() {
                state.freeze();
                self.shared.changed.notify_all();
            }
            state = self.shared.wait(state);
        }
        Ok(())
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.shared.lock().is_closing = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // What a thread that panicked did not bring in is in the log.
            drop(thread.join());
        }
    }
}

impl State {
    fn freeze(&mut self) {
        let layers = Arc::make_mut(&mut self.layers);
        if !layers.active.is_empty() {
            layers.frozen = Some(Arc::new(mem::replace(&mut layers.active, Layer::new())));
            self.frozen_to = layers.number;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets what failed be tried again.
    fn retry(&self, state: &mut State) {
        if state.failed.take().is_some() {
            self.changed.notify_all();
        }
    }

    fn run(&self, tree: &Tree) {
        let mut state = self.lock();
        loop {
            let next = state.layers.frozen.clone().filter(|_| state.failed.is_none());
            state = match next {
                Some(layer) => {
                    let to = state.frozen_to;
                    drop(state);
                    self.bring_in(tree, &layer, to);
                    self.lock()
                }
                None if state.is_closing => return,
                None => self.rest(state),
            };
        }
    }

    /// Waits for work; when none came for a while, there is what the last commits have left.
    fn rest<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let number = state.layers.number;
        let waited = self.changed.wait_timeout(state, CHECKPOINT_AFTER);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() && state.layers.number == number {
            state.failed = None;
            if state.layers.frozen.is_none() {
                state.freeze();
            }
        }
        state
    }

    fn bring_in(&self, tree: &Tree, layer: &Arc<Layer>, to: u64) {
        // Before the tree shows it: see `Index::view`.
        self.applying.store(to, Ordering::SeqCst);
        let done = tree.apply(layer, to);
        let mut state = self.lock();
        match done {
            Ok(()) => {
                state.applied = to;
                Arc::make_mut(&mut state.layers).frozen = None;
            }
            Err(e) => state.failed = Some(e),
        }
        drop(state);
        self.changed.notify_all();
    }
}
