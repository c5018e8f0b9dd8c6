//! AWS's query protocol: parameters of a form, and answers in XML.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/making-query-requests.html> and
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

use std::collections::BTreeMap;
use std::str::FromStr;

use identity::Listing;
use s3::xml::Writer;
use signature::Params;
use signature::encode::{Plus, Slash, decode_strict, encode};

use super::fault::Fault;
use crate::limits::PARAMETERS_MAX;

/// The parameters of a request, decoded.
pub(crate) struct Parameters(BTreeMap<String, String>);

/// Shows the names alone: values may be secrets.
impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`. What could be read in two ways is refused: a
    /// name that is there twice, an escape that is none, bytes that are no text.
    pub(crate) fn read(form: &[u8]) -> Result<Self, Fault> {
        let form = std::str::from_utf8(form).map_err(|_| malformed("The form is no UTF-8."))?;
        let decode = |raw: Vec<u8>| {
            let text = String::from_utf8(raw).ok();
            text.ok_or_else(|| malformed("A parameter is no UTF-8."))
        };
        if form.split('&').any(|piece| decode_strict(piece, Plus::Blank).is_none()) {
            return Err(malformed("A parameter is not encoded as forms are."));
        }
        let mut all = BTreeMap::new();
        for parameter in Params::read(form).iter() {
            if all.len() >= PARAMETERS_MAX {
                let message = format!("There are more than {PARAMETERS_MAX} parameters.");
                return Err(malformed(&message));
            }
            let name = decode(parameter.name().collect())?;
            if all.insert(name, decode(parameter.value().collect())?).is_some() {
                return Err(malformed("A parameter is there twice."));
            }
        }
        Ok(Self(all))
    }

    /// A parameter, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Fault> {
        self.get(name).ok_or_else(|| {
            Fault::validation(format!("The request must contain the parameter {name}."))
        })
    }

    /// A parameter that is a number.
    pub(crate) fn number<N: FromStr>(&self, name: &str) -> Result<Option<N>, Fault> {
        self.parsed(name, "a number")
    }

    /// A parameter that is `true` or `false`; false when it is not there.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Fault> {
        Ok(self.parsed(name, "true or false")?.unwrap_or(false))
    }

    fn parsed<T: FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, Fault> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let parsed = text.parse();
        parsed.map(Some).map_err(|_| Fault::validation(format!("{name} must be {what}.")))
    }

    /// A list of texts: `name.member.1`, `name.member.2` and so on.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<&str>, Fault> {
        let members = self.members(name)?;
        members.iter().map(|member| self.required(member)).collect()
    }

    /// The members of a list, in order: what stands before the dot of their fields.
    pub(crate) fn members(&self, name: &str) -> Result<Vec<String>, Fault> {
        let start = format!("{name}.member.");
        let mut members = BTreeMap::new();
        let of_list = self.0.range(start.clone()..).map_while(|(key, _)| key.strip_prefix(&start));
        for rest in of_list {
            let digits = rest.split('.').next().unwrap_or(rest);
            let number: u32 = digits.parse().unwrap_or(0);
            if number == 0 || number.to_string() != digits {
                return Err(malformed(&format!("{name} has a member that is not numbered.")));
            }
            members.insert(number, format!("{start}{digits}"));
        }
        Ok(members.into_values().collect())
    }

    /// Whether there is a list of this name, be it empty, or a parameter.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some() || self.members(name).map_or(true, |members| !members.is_empty())
    }
}

fn malformed(message: &str) -> Fault {
    Fault::new(400, "MalformedInput", message)
}

/// The answer of an action: what `inner` writes is its result; none, where nothing is written.
pub(crate) fn answer(
    namespace: &str,
    action: &str,
    request_id: &str,
    inner: Option<impl FnOnce(&mut Writer) -> Result<(), Fault>>,
) -> Result<String, Fault> {
    let mut outcome = Ok(());
    let document = Writer::new().root_of(namespace, &format!("{action}Response"), |xml| {
        if let Some(inner) = inner {
            xml.element(&format!("{action}Result"), |xml| outcome = inner(xml));
        }
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", request_id));
    });
    outcome.map(|()| document.finish())
}

/// Writes a page of a list.
pub(crate) fn page<T>(
    xml: &mut Writer,
    name: &str,
    listing: &Listing<T>,
    member: impl Fn(&mut Writer, &T),
) {
    members(xml, name, &listing.items, member);
    end_of_page(xml, listing.marker.as_deref());
}

/// Writes a list.
pub(crate) fn members<T>(
    xml: &mut Writer,
    name: &str,
    items: &[T],
    member: impl Fn(&mut Writer, &T),
) {
    xml.element(name, |xml| {
        for item in items {
            xml.element("member", |xml| member(xml, item));
        }
    });
}

/// Writes whether there are more pages, and where the next one begins.
pub(crate) fn end_of_page(xml: &mut Writer, marker: Option<&str>) {
    xml.text("IsTruncated", marker.is_some());
    if let Some(marker) = marker {
        xml.text("Marker", s3::xml::carried(marker));
    }
}

/// A policy document as answers carry it: percent-encoded, as RFC 3986 has it.
pub(crate) fn document(xml: &mut Writer, name: &str, text: &str) {
    xml.text(name, encode(text, Slash::Encode));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str) -> Parameters {
        Parameters::read(form.as_bytes()).unwrap()
    }

    fn refusal(form: &[u8]) -> String {
        Parameters::read(form).unwrap_err().message().to_owned()
    }

    #[test]
    fn names_and_values_are_decoded() {
        let form = read("Action=CreateUser&UserName=a%2Bb&Path=%2Fa+b%2F&Empty=&Bare");
        assert_eq!(form.get("UserName"), Some("a+b"));
        assert_eq!(form.get("Path"), Some("/a b/"));
        assert_eq!((form.get("Empty"), form.get("Bare")), (Some(""), Some("")));
        assert_eq!(form.get("username"), None);
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        assert_eq!(refusal(b"A=1&%41=2"), "A parameter is there twice.");
        for form in ["A=%2", "A=%zz", "%=1", "A=%ff"] {
            assert!(Parameters::read(form.as_bytes()).is_err(), "{form}");
        }
        assert_eq!(refusal(b"A=\xff"), "The form is no UTF-8.");
    }

    #[test]
    fn more_parameters_than_anybody_needs_are_refused() {
        let form = |count: usize| (0..count).map(|n| format!("p{n}=&")).collect::<String>();
        assert!(Parameters::read(form(PARAMETERS_MAX).as_bytes()).is_ok());
        assert!(Parameters::read(form(PARAMETERS_MAX + 1).as_bytes()).is_err());
    }

    #[test]
    fn members_come_in_the_order_of_their_numbers() {
        let form = read("L.member.10=c&L.member.2=b&L.member.1=a&Lx.member.3=d&M=");
        assert_eq!(form.list("L").unwrap(), ["a", "b", "c"]);
        assert_eq!(form.list("M").unwrap(), [""; 0]);
        assert!(form.has("M") && form.has("L") && !form.has("N"));
        let form = read("T.member.1.Key=k&T.member.1.Value=v&T.member.2.Key=l");
        assert_eq!(form.members("T").unwrap(), ["T.member.1", "T.member.2"]);
        assert!(form.list("T").is_err());
    }

    #[test]
    fn members_without_a_plain_number_are_refused() {
        for form in ["L.member.0=a", "L.member.01=a", "L.member.x=a", "L.member.=a"] {
            assert!(read(form).list("L").is_err(), "{form}");
        }
    }

    #[test]
    fn numbers_and_flags_are_what_they_say() {
        let form = read("N=12&T=true&X=yes&E=");
        assert_eq!(form.number::<u32>("N").unwrap(), Some(12));
        assert_eq!(form.number::<u32>("None").unwrap(), None);
        assert!(form.flag("T").unwrap() && !form.flag("None").unwrap());
        assert!(form.flag("X").is_err() && form.number::<u32>("E").is_err());
        assert!(form.number::<u8>("T").is_err() && form.required("None").is_err());
    }

    #[test]
    fn answer_is_in_the_namespace_and_carries_the_request_id() {
        let inner = |xml: &mut Writer| {
            xml.text("Name", "<&>");
            Ok(())
        };
        let text = answer("urn:x", "GetUser", "id", Some(inner)).unwrap();
        assert!(text.ends_with(
            "<GetUserResponse xmlns=\"urn:x\"><GetUserResult><Name>&lt;&amp;&gt;</Name>\
             </GetUserResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>\
             </GetUserResponse>"
        ));
        let failing = |_: &mut Writer| Err(Fault::validation("no".into()));
        assert!(answer("urn:x", "GetUser", "id", Some(failing)).is_err());
    }

    #[test]
    fn documents_are_percent_encoded() {
        let mut xml = Writer::new();
        document(&mut xml, "D", "{\"a\": \"*/~\"}");
        assert!(xml.finish().ends_with("<D>%7B%22a%22%3A%20%22%2A%2F~%22%7D</D>"));
    }
}
