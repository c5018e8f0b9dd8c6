//! A form under construction, as a browser would send it or as none would.

use signature::form::{PostPolicy, SignedForm};
use signature::{Credentials, Timestamp};
use testbed::{ACCESS_KEY_ID, House, Request, SECRET};

const BOUNDARY: &str = "----a-boundary";

/// The root user's credentials.
pub(crate) fn root() -> Credentials {
    Credentials::new(ACCESS_KEY_ID, SECRET, None)
}

/// A policy for `key` in the bucket `bucket`, good for ten minutes.
pub(crate) fn policy(house: &House, key: &str) -> PostPolicy {
    PostPolicy::new("bucket", key, house.now().plus(600))
}

/// Fields and a file.
#[derive(Clone)]
pub(crate) struct Upload {
    fields: Vec<(String, String)>,
    file_name: Option<String>,
    content: Vec<u8>,
}

impl Upload {
    /// No fields, and a file `file.txt`.
    pub(crate) fn new() -> Self {
        let content = b"content".to_vec();
        Self { fields: Vec::new(), file_name: Some("file.txt".into()), content }
    }

    /// The fields of a signed form.
    pub(crate) fn of(form: &SignedForm) -> Self {
        form.iter().fold(Self::new(), |upload, (name, value)| upload.field(name, value))
    }

    /// The form of a policy, signed by the root user at `at`.
    pub(crate) fn signed(policy: PostPolicy, at: Timestamp) -> Self {
        Self::of(&policy.sign(&root(), "us-east-1", at))
    }

    /// Adds a field in front of the file.
    pub(crate) fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Leaves a field out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(n, _)| n != name);
        self
    }

    /// Replaces the value of a field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        for (_, old) in self.fields.iter_mut().filter(|(n, _)| n == name) {
            *old = value.into();
        }
        self
    }

    /// Uploads this file.
    pub(crate) fn file(self, name: Option<&str>, content: &[u8]) -> Self {
        Self { file_name: name.map(str::to_owned), content: content.into(), ..self }
    }

    /// The body up to the file's last byte.
    pub(crate) fn open_body(&self) -> Vec<u8> {
        let disposition = "Content-Disposition: form-data; name";
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            let part = format!("--{BOUNDARY}\r\n{disposition}=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let file_name = self.file_name.as_ref().map(|name| format!("; filename=\"{name}\""));
        let file_name = file_name.unwrap_or_default();
        let part = format!(
            "--{BOUNDARY}\r\n{disposition}=\"file\"{file_name}\r\nContent-Type: text/x\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(&self.content);
        body
    }

    /// The body.
    pub(crate) fn body(&self) -> Vec<u8> {
        [&self.open_body(), format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
    }

    /// The request that sends it to `target`.
    pub(crate) fn to(&self, target: &str) -> Request {
        request(target, &self.body())
    }

    /// The request that sends it to the bucket `bucket`.
    pub(crate) fn request(&self) -> Request {
        self.to("/bucket")
    }
}

/// A form of these bytes.
pub(crate) fn request(target: &str, body: &[u8]) -> Request {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    Request::new("POST", target).unsigned_header("Content-Type", &content_type).body(body)
}
