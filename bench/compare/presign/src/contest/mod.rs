//! The contest: all take turns, each URL that ends a turn is verified, and the medians decide.
//!
//! CPU time is what is compared, so that other programs cost little; the turns are short and many,
//! so that what they do cost hits all alike.

mod contestant;
mod table;
mod verdict;

use std::env;
use std::path::Path;
use std::time::Duration;

use crate::case::Case;
use crate::failure::Failure;
use crate::output::say;
use contestant::{Contestant, command};
use table::Row;

/// The first turn of each, which does not count: compilers at run time and caches warm up.
const WARM_UP: Duration = Duration::from_secs(2);
/// A turn that counts, in CPU time.
const TURN: Duration = Duration::from_millis(500);
/// Turns of each that count.
const ROUNDS: usize = 9;
/// Times the fastest rival that hallpass promises to be.
const TIMES_MIN: f64 = 6.0;

/// Hallpass itself.
const OURS: &str = "hallpass";
/// Hallpass and the rivals in Rust: this program, by the name that it serves under.
const RUST: [&str; 5] = [OURS, "rusty-s3", "reqsign", "object_store", "aws-sdk-s3"];
/// Rivals in Python: the script, by the name that it serves under.
const PYTHON: [&str; 2] = ["minio-py", "boto3"];
/// Rivals in JavaScript: the two ways of one package.
const NODE: [&str; 2] = ["S3RequestPresigner", "getSignedUrl"];

/// Prints the table, and fails when a URL is wrong or the promise missed.
pub(crate) fn measure(python: &Path, node_modules: &Path) -> Result<(), Failure> {
    let case = Case::of_the_promise();
    let mut contestants = start(&case, python, node_modules)?;
    for contestant in &mut contestants {
        turn(contestant, WARM_UP, &case)?;
    }
    let mut rates = vec![Vec::with_capacity(ROUNDS); contestants.len()];
    for _ in 0..ROUNDS {
        for (contestant, rates) in contestants.iter_mut().zip(&mut rates) {
            rates.push(turn(contestant, TURN, &case)?);
        }
    }
    let names = contestants.iter().map(|contestant| (contestant.name, &contestant.version));
    let rows = names.zip(&mut rates).map(|((name, version), rates)| Row::new(name, version, rates));
    judge(rows.collect())
}

/// Starts them all.
fn start(case: &Case, python: &Path, node_modules: &Path) -> Result<Vec<Contestant>, Failure> {
    let myself = env::current_exe().map_err(Failure::while_doing("finding this program"))?;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut contestants = Vec::new();
    for name in RUST {
        let mut program = command(&myself);
        program.arg("rival");
        contestants.push(Contestant::start(name, program, case)?);
    }
    for name in PYTHON {
        let mut program = command(python);
        program.arg(sources.join("python/rival.py"));
        contestants.push(Contestant::start(name, program, case)?);
    }
    for name in NODE {
        let mut program = command(Path::new("node"));
        program.env("NODE_PATH", node_modules).arg(sources.join("node/rival.cjs"));
        contestants.push(Contestant::start(name, program, case)?);
    }
    Ok(contestants)
}

/// One turn: URLs per second of CPU time, the last of them verified.
fn turn(contestant: &mut Contestant, time: Duration, case: &Case) -> Result<f64, Failure> {
    let signed = contestant.sign_for(time)?;
    let key = case.keys.iter().cycle().nth(signed.urls - 1).map_or("", String::as_str);
    verdict::check(&signed.last, key, case).map_err(|fault| {
        Failure::new(
            format!("{}: a wrong URL: {fault}", contestant.name),
            "see how it is called in `src/rival`, `python` or `node`",
        )
    })?;
    Ok(signed.rate())
}

/// Prints the rows and decides.
fn judge(mut rows: Vec<Row>) -> Result<(), Failure> {
    rows.sort_by(|a, b| b.median.total_cmp(&a.median));
    let ours = rows.iter().find(|row| row.name == OURS);
    let fastest = rows.iter().find(|row| row.name != OURS);
    let (Some(ours), Some(fastest)) = (ours, fastest) else {
        return Err(Failure::new("nobody to compare", "there are rivals in `src/contest/mod.rs`"));
    };
    table::print(&rows, ours);
    let times = ours.median / fastest.median;
    let said = format!("{times:.2} times {}, the fastest rival", fastest.name);
    if times >= TIMES_MIN {
        say(&format!("\nheld: {said}"));
        return Ok(());
    }
    Err(Failure::new(
        format!("presigning is {said}, and {TIMES_MIN} times are promised"),
        "repeat it on a quiet machine",
    ))
}
