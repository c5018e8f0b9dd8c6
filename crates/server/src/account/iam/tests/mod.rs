//! Every action, as `answer` does it.
