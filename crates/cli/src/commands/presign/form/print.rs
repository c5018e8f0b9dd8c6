//! A filled-in form as a command of curl's, as a page, as JSON.

use serde_json::{Map, Value, json};
use signature::form::SignedForm;

use super::Pair;

/// A form that lacks nothing but the file.
#[derive(Debug)]
pub(super) struct Filled {
    /// Where it is sent.
    pub(super) url: String,
    /// Its fields.
    pub(super) signed: SignedForm,
    /// Fields that the user fills in, with what they begin with.
    pub(super) open: Vec<Pair>,
}

impl Filled {
    /// A command that uploads `FILE`, with open fields as short as they can be.
    pub(super) fn curl(&self) -> String {
        let open = self.open.iter().map(|field| (field.name.as_str(), field.value.as_str()));
        let fields = self.signed.iter().chain(open);
        let arguments: String = fields
            .map(|(name, value)| {
                format!("  --form-string {} \\\n", shell(&format!("{name}={value}")))
            })
            .collect();
        format!("curl \\\n{arguments}  --form file=@FILE {}", shell(&self.url))
    }

    /// A page with the form and nothing else.
    pub(super) fn html(&self) -> String {
        let hidden = self.signed.iter().map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", text(name), text(value))
        });
        let open = self.open.iter().map(|Pair { name, value }| {
            let (name, value) = (text(name), text(value));
            format!("<label>{name} <input name=\"{name}\" value=\"{value}\"></label>\n")
        });
        let fields: String = hidden.chain(open).collect();
        format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Upload</title>\n\
             <form action=\"{}\" method=\"post\" enctype=\"multipart/form-data\">\n{fields}\
             <input type=\"file\" name=\"file\" required>\n<button>Upload</button>\n</form>",
            text(&self.url)
        )
    }

    /// One JSON object. Open fields are not in it.
    pub(super) fn json(&self) -> String {
        let fields: Map<String, Value> =
            self.signed.iter().map(|(name, value)| (name.into(), value.into())).collect();
        json!({"url": self.url, "fields": fields}).to_string()
    }
}

/// A word of a shell's.
fn shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Text in a page, also between quotes.
fn text(text: &str) -> String {
    let entities = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")];
    entities.into_iter().fold(text.into(), |text: String, (c, entity)| text.replace(c, entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_themselves_in_a_shell_and_in_a_page() {
        assert_eq!(shell("a'$b\" c"), r#"'a'\''$b" c'"#);
        assert_eq!(text("<a href=\"x\">&amp;"), "&lt;a href=&quot;x&quot;&gt;&amp;amp;");
    }
}
