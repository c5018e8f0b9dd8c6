//! One library as a process: it reads the case, says its version, and signs when asked.
//!
//! Standard input brings the case as one line of JSON, then one line with a number of
//! milliseconds per turn. A turn is signing for as much CPU time, one key after the other; the
//! answer is one line: how many URLs, in how many nanoseconds of CPU time, and the last of them.
//! `python/rival.py` and `node/rival.cjs` speak the same.

mod aws_sdk_s3;
mod hallpass;
mod object_store;
mod reqsign;
mod rusty_s3;
mod version;

use std::error::Error;
use std::hint::black_box;
use std::io::{self, BufRead};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{self, Runtime};

use crate::case::Case;
use crate::failure::Failure;
use crate::output;

/// URLs between two looks at the clock.
const BATCH: usize = 100;

/// What a library returns.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// A library that presigns. What it can keep between URLs is made once, in `new`.
trait Presigner: Sized {
    /// Its package in the lock file.
    const PACKAGE: &'static str;

    /// A URL in the form in which the library returns it.
    type Url;

    fn new(case: &Case) -> Outcome<Self>;

    async fn presign(&mut self, key: &str) -> Outcome<Self::Url>;

    /// The URL as text; not part of what is measured.
    fn text(url: &Self::Url) -> String;
}

/// Serves as the library called `name` until standard input ends.
pub(crate) fn serve(name: &str) -> Result<(), Failure> {
    let served = match name {
        "aws-sdk-s3" => take_turns::<aws_sdk_s3::Presigner>(),
        "hallpass" => take_turns::<hallpass::Presigner>(),
        "object_store" => take_turns::<object_store::Presigner>(),
        "reqsign" => take_turns::<reqsign::Presigner>(),
        "rusty-s3" => take_turns::<rusty_s3::Presigner>(),
        _ => Err("there is no such rival".into()),
    };
    served.map_err(|source| Failure::new(format!("{name}: {source}"), "see `src/rival`"))
}

fn take_turns<P: Presigner>() -> Outcome<()> {
    let mut lines = io::stdin().lock().lines();
    let case: Case = serde_json::from_str(&lines.next().ok_or("no case was sent")??)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut presigner = P::new(&case)?;
    output::say(version::of(P::PACKAGE)?);
    for line in lines {
        let turn = Duration::from_millis(line?.parse()?);
        output::say(&take_turn(&mut presigner, &case.keys, turn, &runtime)?);
    }
    Ok(())
}

fn take_turn<P: Presigner>(
    presigner: &mut P,
    keys: &[String],
    turn: Duration,
    runtime: &Runtime,
) -> Outcome<String> {
    let mut keys = keys.iter().cycle();
    let (mut last, mut urls) = (None, 0);
    let began = cpu_time()?;
    loop {
        last = runtime.block_on(sign(presigner, keys.by_ref().take(BATCH), last))?;
        urls += BATCH;
        let spent = cpu_time()?.saturating_sub(began);
        if spent >= turn {
            let url = last.as_ref().map(P::text).unwrap_or_default();
            return Ok(format!("{urls} {} {url}", spent.as_nanos()));
        }
    }
}

/// Signs for each of `keys`, and keeps the last URL.
async fn sign<'k, P: Presigner>(
    presigner: &mut P,
    keys: impl Iterator<Item = &'k String>,
    mut last: Option<P::Url>,
) -> Outcome<Option<P::Url>> {
    for key in keys {
        last = Some(black_box(presigner.presign(black_box(key)).await?));
    }
    Ok(last)
}

/// The CPU time that this process has taken, all threads and the kernel's work for it included.
fn cpu_time() -> Outcome<Duration> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rival_that_nobody_knows_is_refused() {
        assert!(serve("s3").unwrap_err().error.contains("no such rival"));
    }
}
