//! An explanation for people: what the URL is, then what there is to say about it.

use signature::Timestamp;
use signature::explain::{
    Addressing, Explanation, HeaderValue, MethodSource, Severity, Span, Validity, Verdict,
    Verification, Version, is_temporary,
};

use crate::output;

/// Columns of the first column.
const NAME_COLUMNS: usize = 13;

/// Lines of a name and a text, aligned.
struct Page(String);

impl Page {
    /// One line; characters that could steer a terminal are written out.
    fn line(&mut self, name: &str, text: &str) {
        let shown: String = text
            .chars()
            .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
            .collect();
        self.0.push_str(format!("{name:NAME_COLUMNS$}{shown}").trim_end());
        self.0.push('\n');
    }

    /// Several lines, of which the first has the name.
    fn lines<T: AsRef<str>>(&mut self, name: &str, texts: impl IntoIterator<Item = T>) {
        for (index, text) in texts.into_iter().enumerate() {
            self.line(if index == 0 { name } else { "" }, text.as_ref());
        }
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }
}

/// The page, at the time `now`. `session` is when the session of the URL's credentials ends, if
/// known.
pub(super) fn write(
    explanation: &Explanation,
    session: Option<Timestamp>,
    now: Timestamp,
) -> String {
    let mut page = Page(String::new());
    what(&mut page, explanation);
    if explanation.version != Version::Unsigned {
        who(&mut page, explanation);
        when(&mut page, explanation, session, now);
        how(&mut page, explanation);
    }
    page.lines("parameters", explanation.parameters.iter().map(pair));
    if let Some(verification) = &explanation.verification {
        texts(&mut page, verification);
    }
    findings(&mut page, explanation);
    if session.is_some_and(|end| end <= now) {
        page.line("refused", "the session of these credentials is over");
        page.line("", "-> sign a new URL with new credentials");
    }
    page.0
}

fn pair((name, value): &(String, String)) -> String {
    if value.is_empty() { name.clone() } else { format!("{name}: {value}") }
}

fn what(page: &mut Page, explanation: &Explanation) {
    let Explanation { method, scheme, host, bucket, key, addressing, .. } = explanation;
    let known = match method.source {
        MethodSource::Given => "",
        MethodSource::Proven => " (the signature is right for it)",
        MethodSource::Assumed => " (assumed: the URL does not say; --method does)",
    };
    page.line("allows", &format!("{}{known}", method.name));
    match (bucket, key) {
        (Some(bucket), Some(key)) => page.line("object", &format!("s3://{bucket}/{key}")),
        (Some(bucket), None) => page.line("bucket", &format!("s3://{bucket}")),
        (None, _) => page.line("bucket", "none: the service itself"),
    }
    let place = match addressing {
        Addressing::Path => "path",
        Addressing::VirtualHost => "host",
    };
    page.line("at", &format!("{}://{host}, bucket in the {place}", scheme.word()));
}

fn who(page: &mut Page, explanation: &Explanation) {
    let Explanation { access_key_id, region, service, version, session_token, .. } = explanation;
    let id = access_key_id.as_deref().unwrap_or("nobody");
    let is_temporary = is_temporary(id) || session_token.is_some();
    page.line("signed by", &format!("{id}{}", if is_temporary { " (temporary)" } else { "" }));
    let place = match (region, service) {
        (Some(region), Some(service)) => format!(", region {region}, service {service}"),
        (Some(region), None) => format!(", region {region}"),
        (None, _) => String::new(),
    };
    page.line("signature", &format!("{}{place}", version_word(*version)));
}

pub(super) fn version_word(version: Version) -> &'static str {
    match version {
        Version::Unsigned => "none",
        Version::V2 => "SigV2",
        Version::V4 => "SigV4",
        Version::V4a => "SigV4A",
    }
}

fn when(page: &mut Page, explanation: &Explanation, session: Option<Timestamp>, now: Timestamp) {
    if let Some(at) = explanation.signed_at {
        page.line("signed", &output::readable(at));
    }
    let Some(end) = explanation.expires_at else {
        return;
    };
    if let Some(session) = session.filter(|session| *session < end) {
        return ends_with_session(page, session, now);
    }
    let still = match explanation.validity {
        Validity::Valid { seconds_left } => format!("{} left", Span(seconds_left)),
        Validity::Early { seconds_ahead } => format!("and not for another {}", Span(seconds_ahead)),
        Validity::Expired { seconds_ago } => format!("{} ago", Span(seconds_ago)),
        Validity::Unknown => return,
    };
    let name = if now < end { "works until" } else { "worked until" };
    page.line(name, &format!("{} ({still})", output::readable(end)));
}

/// The session ends before the URL would.
fn ends_with_session(page: &mut Page, session: Timestamp, now: Timestamp) {
    let (session, now) = (session.seconds(), now.seconds());
    let at = output::readable(Timestamp::from_seconds(session));
    if now < session {
        let left = Span(session - now);
        page.line(
            "works until",
            &format!("{at} ({left} left), when the session of its credentials ends"),
        );
    } else {
        let ago = Span(now - session);
        page.line(
            "worked until",
            &format!("{at} ({ago} ago), when the session of its credentials ended"),
        );
    }
}

fn how(page: &mut Page, explanation: &Explanation) {
    let sent = explanation.headers.iter().map(|header| match &header.value {
        HeaderValue::Sent(value) => format!("{}: {value}", header.name),
        HeaderValue::InQuery(value) => format!("{}: {value} (or leave it to the URL)", header.name),
        HeaderValue::Unknown => format!("{}: (as it was signed)", header.name),
    });
    page.lines("send", sent);
    page.lines("in the query", explanation.hoisted.iter().map(pair));
    let body = match explanation.payload_hash.as_deref() {
        None | Some("UNSIGNED-PAYLOAD") => "any: it is not signed",
        Some(hash) => &format!("of SHA-256 {hash}"),
    };
    page.line("body", body);
    if let Some(token) = &explanation.session_token {
        page.line("session", &format!("token {token}"));
    }
}

fn texts(page: &mut Page, verification: &Verification) {
    let verdict = match verification.verdict {
        Verdict::Matches => "the signature matches",
        Verdict::Differs => "the signature differs",
        Verdict::OtherKey => "not compared: credentials of another access key",
        Verdict::HeadersUnknown => "not compared: signed headers are missing here",
    };
    page.line("verdict", verdict);
    if let Some(canonical) = &verification.canonical_request {
        page.lines("canonical", canonical.split('\n'));
    }
    page.lines("to sign", verification.string_to_sign.split('\n'));
}

fn findings(page: &mut Page, explanation: &Explanation) {
    if !explanation.findings.is_empty() {
        page.blank();
    }
    for finding in &explanation.findings {
        let name = match finding.severity {
            Severity::Refusal => "refused",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        page.lines(name, [finding.to_string().as_str(), &format!("-> {}", finding.remedy())]);
    }
}
