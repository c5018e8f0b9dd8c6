//! The table of fuzz targets: one row here and one file under `fuzz/src/bin` each.

/// One target.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: &'static str,
    /// Runs with every push, because strangers reach it before they have proven anything.
    pub(super) is_smoke: bool,
    pub(super) ends: Ends,
    pub(super) promise: &'static str,
}

/// How a good run ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Nothing is found.
    InTime,
    /// The planted bug is found.
    ByCrash,
}

/// All targets, in the order in which they run: first the one that proves the fuzzer works.
pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "canary",
        is_smoke: true,
        ends: Ends::ByCrash,
        promise: "a planted bug is found",
    },
    smoke("query", "the canonical query is the one of S3's page"),
    smoke("verify", "a request that verifies means what somebody signed"),
    smoke("roundtrip", "what is signed verifies, and changed only with the same meaning"),
    smoke("chunk", "a chunked body is the same in any pieces, and only what was signed"),
    smoke("form", "a form that verifies has the fields that its policy allows"),
    smoke("policy", "a policy is decided as it is explained, and a deny beats every allow"),
    smoke("token", "a session token opens as it was sealed, for its own access key, or not at all"),
    other("roundtrip_v4a", "the same of signatures for sets of regions"),
    other("explain", "any text gets an explanation, or is no URL"),
    other("encode", "what is encoded decodes to itself"),
    other("xml", "documents read the same when they are written again"),
    other("range", "a range lies within the object"),
    other("time", "our calendar agrees with another one"),
];

const fn smoke(name: &'static str, promise: &'static str) -> Target {
    Target { name, is_smoke: true, ends: Ends::InTime, promise }
}

const fn other(name: &'static str, promise: &'static str) -> Target {
    Target { name, is_smoke: false, ends: Ends::InTime, promise }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place;

    #[test]
    fn table_names_exactly_the_files() {
        let mut files: Vec<_> = std::fs::read_dir(place::root().join("fuzz/src/bin"))
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        names.sort_unstable();
        assert_eq!(names, files);
    }
}
