//! Browser forms: a policy that is signed once and lets others upload with a plain HTML form.
//!
//! * Making one: [`PostPolicy`], then [`PostPolicy::sign`] gives the fields to put in front of the
//!   file.
//! * The other side: [`Form`] holds the fields as received, [`read`] finds what they claim,
//!   [`UnverifiedForm::verify`] settles it. The policy is opened only after the signature over its
//!   base64 text is proven, and a [`VerifiedForm`] says that every condition holds but one: the
//!   file's length, which is known when the file has arrived.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>

mod condition;
mod document;
mod error;
mod fields;
mod policy;
mod verify;

pub use condition::Condition;
pub use error::{FieldsError, FormError, PolicyFault};
pub use fields::Form;
pub use policy::{PostPolicy, SignedForm};
pub use verify::{PresentedForm, UnverifiedForm, VerifiedForm, read};

/// Most bytes that the fields in front of the file may have, names and values: 20 KB, as in S3.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html>
pub const FORM_BYTES_MAX: usize = 20 * 1024;
