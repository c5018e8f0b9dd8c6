//! What an action answers, in the query protocol's XML.

use s3::xml::Writer;

use super::Api;

/// The elements of an action's result; none of an action that has no result.
#[derive(Debug)]
pub(crate) struct Document(Option<Writer>);

impl Document {
    /// The answer of an action without a result.
    pub(crate) fn empty() -> Self {
        Self(None)
    }

    /// The answer that `write` writes: what stands within `ActionResult`.
    pub(crate) fn new(write: impl FnOnce(&mut Writer)) -> Self {
        let mut result = Writer::of_piece();
        write(&mut result);
        Self(Some(result))
    }

    /// The whole answer to an action.
    pub(super) fn finish(&self, api: Api, action: &str, request_id: &str) -> String {
        let response = format!("{action}Response");
        let document = Writer::new().root_in(api.namespace(), &response, |root| {
            if let Some(result) = &self.0 {
                root.element(&format!("{action}Result"), |inner| inner.piece(result));
            }
            root.element("ResponseMetadata", |data| data.text("RequestId", request_id));
        });
        document.finish()
    }
}
