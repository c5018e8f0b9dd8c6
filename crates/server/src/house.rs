//! What all requests share: the store, the account, the clock, the log, the settings.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderValue;
use identity::Account;
use identity::oidc::Provider;
use policy::Network;
use signature::{Legacy, Timestamp};
use store::Store;

use crate::AccessLog;
use crate::authorize::Rulebooks;
use crate::body::Pieces;
use crate::keys::SigningKeys;

/// Says the time, in milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What an operator chooses.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region that signatures must name.
    pub region: String,
    /// Whether SigV2 is accepted.
    pub legacy: Legacy,
    /// Host names that this server goes by; a label in front of one is a bucket's name.
    pub domains: Vec<String>,
    /// Proxies that are believed where a request comes from, and whether it came over TLS.
    pub trusted_proxies: Vec<Network>,
    /// Identity providers that are believed who somebody is.
    pub identity_providers: Vec<Provider>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: "us-east-1".into(),
            legacy: Legacy::Refuse,
            domains: vec!["localhost".into()],
            trusted_proxies: Vec::new(),
            identity_providers: Vec::new(),
        }
    }
}

/// The house behind the front door.
pub struct House {
    pub(crate) store: Store,
    pub(crate) account: Arc<Account>,
    pub(crate) settings: Settings,
    pub(crate) log: AccessLog,
    pub(crate) signing_keys: SigningKeys,
    /// Those of sessions, of which anybody can have many: they displace each other alone.
    pub(crate) session_keys: SigningKeys,
    pub(crate) rulebooks: Arc<Rulebooks>,
    pub(crate) pieces: Pieces,
    /// Names this run of the server, as `x-amz-id-2`.
    pub(crate) host_id: HostId,
    clock: Clock,
    request_ids: RequestIds,
}

impl House {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the machine has no random numbers.
    pub fn new(
        store: Store,
        account: Arc<Account>,
        settings: Settings,
        clock: Clock,
        log: AccessLog,
    ) -> io::Result<Self> {
        let mut settings = settings;
        for domain in &mut settings.domains {
            domain.make_ascii_lowercase();
        }
        let mut seed = [0; 8];
        let mut host = [0; 24];
        getrandom::fill(&mut seed).map_err(io::Error::other)?;
        getrandom::fill(&mut host).map_err(io::Error::other)?;
        Ok(Self {
            store,
            account,
            settings,
            log,
            signing_keys: SigningKeys::default(),
            session_keys: SigningKeys::default(),
            rulebooks: Arc::default(),
            pieces: Pieces::default(),
            host_id: HostId::new(&host),
            clock,
            request_ids: RequestIds(AtomicU64::new(u64::from_be_bytes(seed))),
        })
    }

    /// The time, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    pub(crate) fn next_request_id(&self) -> String {
        self.request_ids.next()
    }
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("House").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A moment in milliseconds, in whole seconds.
pub(crate) fn seconds(ms: u64) -> Timestamp {
    Timestamp::from_seconds(ms / 1000)
}

/// A name as text and as the value of a header.
pub(crate) struct HostId {
    pub(crate) text: String,
    pub(crate) value: HeaderValue,
}

impl HostId {
    fn new(bytes: &[u8]) -> Self {
        let text = s3::hex::encode(bytes);
        // Digits are what every header can carry.
        let value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("-"));
        Self { text, value }
    }
}

/// 16 characters that do not repeat: a counter from a random start, mixed by a bijection.
struct RequestIds(AtomicU64);

impl RequestIds {
    fn next(&self) -> String {
        let mut id = self.0.fetch_add(1, Ordering::Relaxed);
        for multiplier in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
            id = (id ^ (id >> 33)).wrapping_mul(multiplier);
        }
        let id = id ^ (id >> 33);
        let mut text = String::with_capacity(16);
        for byte in id.to_be_bytes() {
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
        text
    }
}

fn digit(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_16_characters_and_do_not_repeat() {
        let ids = RequestIds(AtomicU64::new(u64::MAX - 500));
        let mut all: Vec<String> = (0..1000).map(|_| ids.next()).collect();
        assert!(all.iter().all(|id| id.len() == 16));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 1000);
    }
}
