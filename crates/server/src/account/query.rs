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
        if names.windows(2).any(|two| two.first() == two.last()) {
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

    /// The values of a list: `NAME.member.1`, and so on until one is not there.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.fields(name, "")
    }

    /// A field of each structure in a list, such as `.Key`; ends with the first that lacks it.
    pub(crate) fn fields(&self, name: &str, field: &str) -> Vec<&str> {
        (1..).map_while(|n: u32| self.get(&format!("{name}.member.{n}{field}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let read = Parameters::parse("Action=Get%20It&A=a+b&Empty=&Bare&&N=7").unwrap();
        assert_eq!(read.get("Action"), Some("Get It"));
        assert_eq!(read.get("A"), Some("a b"));
        assert_eq!((read.get("Empty"), read.get("Bare"), read.get("a")), (Some(""), Some(""), None));
        assert_eq!((read.number("N").unwrap(), read.number("M").unwrap()), (Some(7), None));
        assert_eq!(read.required("M").unwrap_err().code(), "MissingParameter");
        assert_eq!(read.number("A").unwrap_err().code(), "ValidationError");
    }

    #[test]
    fn lists_begin_with_one_and_end_with_the_first_that_is_not_there() {
        let text = "T.member.2=b&T.member.1=a&T.member.4=d&S.member.1.Key=k&S.member.1.Value=v";
        let read = Parameters::parse(text).unwrap();
        assert_eq!(read.list("T"), ["a", "b"]);
        assert_eq!(read.fields("S", ".Key"), ["k"]);
        assert!(read.list("Other").is_empty());
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for text in ["A=1&A=2", "A=%", "A=%ff", "A=1&%41=1"] {
            assert_eq!(Parameters::parse(text).unwrap_err().code(), "MalformedInput", "{text}");
        }
    }
}
