//! What everybody signs: a GET for an hour, without a session token.
//!
//! The access key id and the bucket have 20 characters, the key has 60. The keys differ, so that
//! no URL is the one before.

use serde::{Deserialize, Serialize};

/// How many keys take turns.
const KEYS: usize = 1000;

/// The case, as it is sent to each rival.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) region: String,
    pub(crate) bucket: String,
    pub(crate) expires_seconds: u32,
    pub(crate) keys: Vec<String>,
}

impl Case {
    /// The case of the promise, with the credentials of AWS's documentation.
    pub(crate) fn of_the_promise() -> Self {
        let key = |n| format!("folder/of/some/depth/and-a-name-of-sixty-characters-{n:04}.pdf");
        Self {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            region: "us-east-1".to_owned(),
            bucket: "bucket-of-20-letters".to_owned(),
            expires_seconds: 3600,
            keys: (0..KEYS).map(key).collect(),
        }
    }

    /// The bucket's own host name at AWS.
    pub(crate) fn host(&self) -> String {
        format!("{}.s3.{}.amazonaws.com", self.bucket, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_promise_and_no_key_is_another() {
        let mut case = Case::of_the_promise();
        assert_eq!((case.access_key_id.len(), case.bucket.len()), (20, 20));
        assert!(case.keys.iter().all(|key| key.len() == 60));
        case.keys.dedup();
        assert_eq!(case.keys.len(), KEYS);
    }
}
