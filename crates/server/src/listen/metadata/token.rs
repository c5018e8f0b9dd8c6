//! Tokens of the metadata service: when one ends, and a code that only this process can make.
//! None is kept, so that any number of them costs nothing.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html>

use std::fmt;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use signature::Timestamp;

const SECONDS_MIN: u64 = 1;
/// Six hours, as on EC2.
const SECONDS_MAX: u64 = 21_600;
/// The moment of its end, and HMAC-SHA256.
const BYTES: usize = 8 + 32;

/// What makes and checks tokens, with a key of this process.
pub(super) struct Tokens(Hmac<Sha256>);

impl Tokens {
    /// With a new key: tokens of before are of no use, and software asks for another.
    pub(super) fn new() -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Hmac::new_from_slice(&key).map(Self).map_err(io::Error::other)
    }

    /// A token for as many seconds as the text says; none when it says none, or too many.
    pub(super) fn issue(&self, seconds: &str, now: Timestamp) -> Option<String> {
        let seconds: u64 = seconds.parse().ok()?;
        if !(SECONDS_MIN..=SECONDS_MAX).contains(&seconds) {
            return None;
        }
        let end = now.seconds().saturating_add(seconds).to_be_bytes();
        let mac = self.0.clone().chain_update(end).finalize().into_bytes();
        Some(URL_SAFE_NO_PAD.encode([end.as_slice(), mac.as_slice()].concat()))
    }

    /// Whether this is a token that has not ended.
    pub(super) fn is_good(&self, token: &[u8], now: Timestamp) -> bool {
        let mut bytes = [0; BYTES];
        if !matches!(URL_SAFE_NO_PAD.decode_slice(token, &mut bytes), Ok(BYTES)) {
            return false;
        }
        let Some((end, code)) = bytes.split_first_chunk::<8>() else { return false };
        let is_ours = self.0.clone().chain_update(end).verify_slice(code).is_ok();
        is_ours && now.seconds() < u64::from_be_bytes(*end)
    }
}

/// The key makes tokens.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_seconds(1_700_000_000)
    }

    #[test]
    fn token_is_good_until_its_end() {
        let tokens = Tokens::new().unwrap();
        let token = tokens.issue("60", now()).unwrap();
        assert!(tokens.is_good(token.as_bytes(), now().plus(59)));
        assert!(!tokens.is_good(token.as_bytes(), now().plus(60)));
    }

    #[test]
    fn token_of_another_process_and_an_altered_one_are_refused() {
        let tokens = Tokens::new().unwrap();
        let token = tokens.issue("60", now()).unwrap().into_bytes();
        assert!(!Tokens::new().unwrap().is_good(&token, now()));
        for at in 0..token.len() {
            let mut altered = token.clone();
            altered[at] = if altered[at] == b'A' { b'Q' } else { b'A' };
            assert!(!tokens.is_good(&altered, now()), "{at}");
        }
        assert!(!tokens.is_good(b"", now()) && !tokens.is_good(&[b'A'; 100], now()));
    }

    #[test]
    fn token_lives_a_second_to_six_hours() {
        let tokens = Tokens::new().unwrap();
        for seconds in ["1", "21600"] {
            assert!(tokens.issue(seconds, now()).is_some(), "{seconds}");
        }
        for seconds in ["0", "21601", "-1", "", "1.5", "99999999999999999999"] {
            assert!(tokens.issue(seconds, now()).is_none(), "{seconds}");
        }
    }
}
