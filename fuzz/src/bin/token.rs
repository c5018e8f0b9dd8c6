//! Session tokens: none but those that were sealed here open, no bit of one may change, and each
//! serves its own access key alone.
//!
//! The first byte says what becomes of the rest: a token as it is, one with the name of the master
//! key in front, what a genuine one is changed with, or what its access key id is.

#![no_main]

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::{Account, MasterKeys, NewRole, SessionCredentials, token};
use libfuzzer_sys::fuzz_target;
use signature::{Credentials, Timestamp};

/// Bytes of a token before what is sealed: its version and the name of the master key.
const NAME_BYTES: usize = 5;

static KEYS: LazyLock<MasterKeys> =
    LazyLock::new(|| MasterKeys::parse(&format!("{}=", "B".repeat(42) + "A")).expect("32 bytes"));
static GENUINE: LazyLock<SessionCredentials> = LazyLock::new(genuine);

fuzz_target!(|input: &[u8]| {
    let Some((way, rest)) = input.split_first() else { return };
    let id = GENUINE.access_key_id.as_str();
    let genuine = GENUINE.session_token.as_bytes();
    match way % 4 {
        0 => refuse(rest, id),
        1 => {
            let named = URL_SAFE_NO_PAD.decode(genuine).expect("base64");
            let dressed = [&named[..NAME_BYTES], rest].concat();
            refuse(URL_SAFE_NO_PAD.encode(dressed).as_bytes(), id);
        }
        2 => {
            let changed = changed(genuine, rest);
            if changed == genuine {
                let opened = token::read(&changed, id, &KEYS).expect("a genuine token");
                assert_eq!(opened.secret.expose(), GENUINE.secret.expose());
            } else {
                refuse(&changed, id);
            }
        }
        _ => {
            let other = String::from_utf8_lossy(rest);
            assert_eq!(token::read(genuine, &other, &KEYS).is_ok(), other == id);
        }
    }
});

/// A genuine token, each byte of which is changed by one of `with`, at a place that its first two
/// bytes say.
fn changed(genuine: &[u8], with: &[u8]) -> Vec<u8> {
    let mut token = genuine.to_vec();
    let Some((at, with)) = with.split_first_chunk::<2>() else { return token };
    let at = usize::from(u16::from_be_bytes(*at)) % token.len();
    for (byte, change) in token[at..].iter_mut().zip(with) {
        *byte ^= change;
    }
    token
}

fn refuse(token: &[u8], id: &str) {
    assert!(token::read(token, id, &KEYS).is_err() || token == GENUINE.session_token.as_bytes());
}

/// A session of an instance.
fn genuine() -> SessionCredentials {
    let root = Credentials::new("AKIAROOT", "secret", None);
    let ledger = Arc::new(ledger::Memory::new());
    let account = Account::open(ledger, KEYS.clone(), root).expect("an empty ledger");
    let trust = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"}}}"#;
    let now = Timestamp::from_seconds(1_700_000_000);
    let role = NewRole { name: "app", trust, ..NewRole::default() };
    let role = account.roles().create(role, now).expect("a role");
    let session = account.sessions().of_instance(&role.arn, "i-0", now).expect("a session");
    session.credentials
}
