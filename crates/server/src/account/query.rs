//! The parameters of a request in the query protocol: of a form, or of the query of a URL.
//!
//! A list is spelled `Name.member.1`, `Name.member.2`, and a list of structures
//! `Name.member.1.Field`. <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

use std::fmt;

use signature::encode::{Plus, decode_strict};

use super::Fault;
use crate::limits::PARAMETERS_MAX;

/// The parameters, decoded, in order of arrival.
pub(crate) struct Parameters(Vec<(String, String)>);

/// Shows nothing: a web identity token opens what it is for.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameters").finish_non_exhaustive()
    }
}

impl Parameters {
    /// Reads `name=value&name=value`. A name that is there twice could be obeyed in two ways.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let malformed = || Fault::sender("MalformedInput", "The parameters cannot be read.");
        let decoded = |text: &str| decode_strict(text, Plus::Blank).ok_or_else(malformed);
        let mut parameters: Vec<(String, String)> = Vec::new();
        for piece in text.split('&').filter(|piece| !piece.is_empty()) {
            if parameters.len() == PARAMETERS_MAX {
                return Err(malformed());
            }
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            parameters.push((decoded(name)?, decoded(value)?));
        }
        let mut names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|two| two.first() == two.last()) || has_gap(&names) {
            return Err(malformed());
        }
        Ok(Self(parameters))
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Fault> {
        let message = || format!("The request must contain the parameter {name}");
        self.get(name).ok_or_else(|| Fault::sender("MissingParameter", message()))
    }

    /// The value of a parameter that is a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u32>, Fault> {
        let malformed = || format!("The value of {name} must be a whole number.");
        let number = self.get(name).map(str::parse).transpose();
        number.map_err(|_| Fault::sender("ValidationError", malformed()))
    }

    /// The value of a parameter that is `true` or `false`; false when it is not there.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Fault> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let message = format!("The value of {name} must be true or false.");
                Err(Fault::sender("ValidationError", message))
            }
        }
    }

    /// Whether there is a parameter or a list of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        let is_it = |known: &str| known.strip_prefix(name).is_some_and(is_end_of_name);
        self.0.iter().any(|(known, _)| is_it(known))
    }

    /// The values of a list: `NAME.member.1`, and so on until one is not there.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.fields(name, "")
    }

    /// A field of each structure in a list, such as `.Key`; ends with the first that lacks it.
    pub(crate) fn fields(&self, name: &str, field: &str) -> Vec<&str> {
        (1..).map_while(|n: u32| self.get(&format!("{name}.member.{n}{field}"))).collect()
    }
}

fn is_end_of_name(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
}

/// Whether a list lacks one of its members, or has one without a number: what comes behind would
/// be left out without a word. The names are sorted.
fn has_gap(names: &[&str]) -> bool {
    const MEMBER: &str = ".member.";
    names.iter().any(|name| {
        name.match_indices(MEMBER).any(|(at, _)| {
            let (list, rest) = name.split_at(at);
            let digits = rest.trim_start_matches(MEMBER).split('.').next().unwrap_or_default();
            let number: u32 = digits.parse().unwrap_or(0);
            let before = format!("{list}{MEMBER}{}", number.saturating_sub(1));
            let at = names.partition_point(|known| *known < before.as_str());
            let is_there = || {
                let behind = names.get(at).and_then(|known| known.strip_prefix(before.as_str()));
                behind.is_some_and(is_end_of_name)
            };
            number == 0 || number.to_string() != digits || (number > 1 && !is_there())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let read = Parameters::parse("Action=Get%20It&A=a+b&Empty=&Bare&&N=7").unwrap();
        assert_eq!(read.get("Action"), Some("Get It"));
        assert_eq!(read.get("A"), Some("a b"));
        assert_eq!(
            (read.get("Empty"), read.get("Bare"), read.get("a")),
            (Some(""), Some(""), None)
        );
        assert_eq!((read.number("N").unwrap(), read.number("M").unwrap()), (Some(7), None));
        assert_eq!(read.required("M").unwrap_err().code(), "MissingParameter");
        assert_eq!(read.number("A").unwrap_err().code(), "ValidationError");
    }

    #[test]
    fn lists_are_in_the_order_of_their_numbers() {
        let text = "T.member.2=b&T.member.1=a&S.member.1.Key=k&S.member.1.Value=v&None=";
        let read = Parameters::parse(text).unwrap();
        assert_eq!(read.list("T"), ["a", "b"]);
        assert_eq!(read.fields("S", ".Key"), ["k"]);
        assert!(read.list("Other").is_empty() && read.list("None").is_empty());
        assert!(read.has("T") && read.has("S") && read.has("None") && !read.has("Non"));
        let many: String = (1..=12).map(|n| format!("L.member.{n}.A={n}&")).collect();
        assert_eq!(Parameters::parse(&many).unwrap().fields("L", ".A").len(), 12);
    }

    #[test]
    fn lists_with_gaps_are_refused() {
        for text in [
            "T.member.2=b",
            "T.member.1=a&T.member.3=c",
            "T.member.0=a",
            "T.member.01=a",
            "T.member.=a",
            "T.member.x=a",
            "S.member.1.V.member.2=a",
            "T.member.1x=a&T.member.2=b",
        ] {
            assert_eq!(Parameters::parse(text).unwrap_err().code(), "MalformedInput", "{text}");
        }
    }

    #[test]
    fn flags_are_true_or_false() {
        let read = Parameters::parse("T=true&F=false&X=yes&E=").unwrap();
        assert!(read.flag("T").unwrap());
        assert!(!read.flag("F").unwrap() && !read.flag("None").unwrap());
        assert!(read.flag("X").is_err() && read.flag("E").is_err());
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for text in ["A=1&A=2", "A=%", "A=%ff", "A=1&%41=1"] {
            assert_eq!(Parameters::parse(text).unwrap_err().code(), "MalformedInput", "{text}");
        }
    }
}
