//! Signing keys, kept: deriving one costs four HMACs, which is more than all else that verifying a
//! request takes.
//!
//! A key is kept beside the secret that it was derived from and serves that secret alone, so that
//! the keys of one that was replaced are never used again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use signature::{SecretKey, SigningKey, Timestamp};

use crate::limits::{KEPT_DAYS_MAX, KEPT_SECRETS_MAX};

/// The keys of one region and service.
#[derive(Debug, Default)]
pub(crate) struct SigningKeys(RwLock<HashMap<String, Kept>>);

/// The keys of one secret, each for a day.
#[derive(Debug)]
struct Kept {
    secret: SecretKey,
    days: Vec<(u64, Arc<SigningKey>)>,
}

impl SigningKeys {
    /// The key that `secret` of `access_key_id` signs with on the day of `at`: kept, or derived.
    pub(crate) fn of(
        &self,
        access_key_id: &str,
        secret: &SecretKey,
        at: Timestamp,
        derive: impl FnOnce() -> SigningKey,
    ) -> Arc<SigningKey> {
        let day = at.seconds() / SECONDS_OF_DAY;
        if let Some(key) = self.kept(access_key_id, secret, day) {
            return key;
        }
        let key = Arc::new(derive());
        self.keep(access_key_id, secret, (day, Arc::clone(&key)));
        key
    }

    fn kept(&self, access_key_id: &str, secret: &SecretKey, day: u64) -> Option<Arc<SigningKey>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(access_key_id).filter(|kept| kept.is_of(secret))?;
        kept.days.iter().find(|(of, _)| *of == day).map(|(_, key)| Arc::clone(key))
    }

    /// Keeps a key; of too many, all others go, and those in use are soon derived again.
    fn keep(&self, access_key_id: &str, secret: &SecretKey, key: (u64, Arc<SigningKey>)) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT_SECRETS_MAX && !all.contains_key(access_key_id) {
            all.clear();
        }
        let kept = all.entry(access_key_id.to_owned()).or_insert_with(|| Kept::new(secret));
        if !kept.is_of(secret) {
            *kept = Kept::new(secret);
        }
        if kept.days.len() >= KEPT_DAYS_MAX {
            kept.days.clear();
        }
        kept.days.push(key);
    }
}

const SECONDS_OF_DAY: u64 = 24 * 3600;

impl Kept {
    fn new(secret: &SecretKey) -> Self {
        Self { secret: secret.clone(), days: Vec::new() }
    }

    fn is_of(&self, secret: &SecretKey) -> bool {
        self.secret.expose() == secret.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// How many of these (access key id, secret, day) have to be derived.
    fn derived(asked: &[(&str, &str, u64)]) -> usize {
        let (keys, count) = (SigningKeys::default(), Cell::new(0));
        for (id, secret, day) in asked {
            let (secret, at) = (SecretKey::new(*secret), Timestamp::from_seconds(day * 86400 + 7));
            keys.of(id, &secret, at, || {
                count.set(count.get() + 1);
                SigningKey::derive(&secret, at, "r")
            });
        }
        count.get()
    }

    #[test]
    fn a_key_is_derived_once_for_each_secret_and_day() {
        assert_eq!(derived(&[("a", "x", 1), ("a", "x", 1), ("a", "x", 2), ("a", "x", 1)]), 2);
        assert_eq!(derived(&[("a", "x", 1), ("b", "x", 1), ("a", "x", 1), ("b", "x", 1)]), 2);
    }

    #[test]
    fn a_replaced_secret_has_keys_of_its_own() {
        assert_eq!(derived(&[("a", "x", 1), ("a", "y", 1), ("a", "y", 1), ("a", "x", 1)]), 3);
    }

    #[test]
    fn keys_are_bounded() {
        let keys = SigningKeys::default();
        let secret = SecretKey::new("x");
        let at = |day: usize| Timestamp::from_seconds(u64::try_from(day).unwrap() * 86400);
        for day in 0..3 * KEPT_DAYS_MAX {
            keys.of("a", &secret, at(day), || SigningKey::derive(&secret, at(day), "r"));
        }
        for id in 0..2 * KEPT_SECRETS_MAX {
            let id = id.to_string();
            keys.of(&id, &secret, at(1), || SigningKey::derive(&secret, at(1), "r"));
        }
        let all = keys.0.read().unwrap();
        assert!(all.len() <= KEPT_SECRETS_MAX);
        assert!(all.values().all(|kept| kept.days.len() <= KEPT_DAYS_MAX));
    }
}
