//! Why an access key is nobody's who may ask, in S3's words.

use identity::ResolveError;
use s3::Code;

use super::Refusal;

impl Refusal {
    /// Why an access key is nobody's who may ask. Whether it ever was somebody's is the operator's
    /// to know.
    pub(crate) fn of_resolve(
        error: ResolveError,
        access_key_id: &str,
        token: Option<&[u8]>,
    ) -> Self {
        let why = error.to_string();
        let of_token = |code| {
            Self::new(code).with("Token-0", String::from_utf8_lossy(token.unwrap_or_default()))
        };
        match error {
            ResolveError::Unknown => {
                Self::new(Code::InvalidAccessKeyId).with("AWSAccessKeyId", access_key_id)
            }
            ResolveError::Inactive | ResolveError::TokenMissing | ResolveError::Gone => {
                Self::new(Code::InvalidAccessKeyId)
                    .with("AWSAccessKeyId", access_key_id)
                    .because(why)
            }
            ResolveError::TokenInvalid => of_token(Code::InvalidToken),
            ResolveError::TokenExpired(_) => of_token(Code::ExpiredToken).because(why),
            ResolveError::SecretLost => Self::new(Code::InternalError).because(why),
        }
    }
}
