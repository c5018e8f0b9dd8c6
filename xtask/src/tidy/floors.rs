//! Who may import whom: imports point down, never up, and the lower floors stay off the network.
//!
//! Only `[dependencies]` and `[build-dependencies]` count: a test may use whatever it needs.

use super::tree::{File, Finding, Tree};

/// One crate of the house: its folder under `crates`, its floor, the siblings it may import.
struct Resident {
    name: &'static str,
    floor: u8,
    imports: &'static [&'static str],
}

const HOUSE: &[Resident] = &[
    Resident { name: "s3", floor: 0, imports: &[] },
    Resident { name: "signature", floor: 0, imports: &[] },
    Resident { name: "policy", floor: 0, imports: &[] },
    Resident { name: "store", floor: 1, imports: &["s3"] },
    Resident { name: "ledger", floor: 1, imports: &[] },
    Resident { name: "identity", floor: 1, imports: &["ledger", "signature", "policy", "s3"] },
    Resident { name: "pass", floor: 1, imports: &["ledger", "policy", "s3"] },
    Resident {
        name: "server",
        floor: 2,
        imports: &["s3", "signature", "policy", "store", "ledger", "identity", "pass"],
    },
    Resident { name: "client", floor: 2, imports: &["s3", "signature"] },
    Resident {
        name: "cli",
        floor: 3,
        imports: &[
            "s3",
            "signature",
            "policy",
            "store",
            "ledger",
            "identity",
            "pass",
            "server",
            "client",
        ],
    },
    Resident {
        name: "testbed",
        floor: 3,
        imports: &[
            "s3",
            "signature",
            "policy",
            "store",
            "ledger",
            "identity",
            "pass",
            "server",
            "client",
        ],
    },
];

/// The lowest floor that may speak to the network, and the crates with which one does.
const NETWORK_FLOOR: u8 = 2;
const NETWORK_CRATES: &[&str] =
    &["tokio", "hyper", "http", "h2", "reqwest", "axum", "tower", "rustls", "mio", "socket2"];

/// Each crate imports only the crates below it that the table allows.
pub(super) fn crates_import_downwards(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (manifest, name) in manifests(tree) {
        let Some(resident) = find_resident(name) else {
            findings.push(manifest.find(1, format!("give `{name}` a row in {}", file!())));
            continue;
        };
        for (line, import) in imports(manifest) {
            if find_resident(import).is_some() && !resident.imports.contains(&import) {
                let remedy = format!("`{name}` may not import `{import}`: imports point down");
                findings.push(manifest.find(line, remedy));
            }
        }
    }
    findings
}

/// Below floor 2 nothing knows of HTTP, sockets or an async runtime.
pub(super) fn outside_crates_stay_on_their_floor(tree: &Tree) -> Vec<Finding> {
    let low = manifests(tree).filter(|(_, name)| {
        find_resident(name).is_some_and(|resident| resident.floor < NETWORK_FLOOR)
    });
    low.flat_map(|(manifest, name)| {
        imports(manifest).filter(|(_, import)| is_network(import)).map(move |(line, import)| {
            let remedy = format!("`{name}` stands below the network: do without `{import}`");
            manifest.find(line, remedy)
        })
    })
    .collect()
}

/// The compiler keeps the lowest floor pure, if it is asked to.
pub(super) fn lowest_floor_is_no_std(tree: &Tree) -> Vec<Finding> {
    let pure = HOUSE.iter().filter(|resident| resident.floor == 0);
    let roots = pure.map(|resident| format!("crates/{}/src/lib.rs", resident.name));
    roots
        .filter_map(|root| tree.files.iter().find(|file| file.path == root))
        .filter(|file| !file.text.lines().any(|line| line == "#![no_std]"))
        .map(|file| file.find(1, "add `#![no_std]`: floor 0 knows no clock, disk or network"))
        .collect()
}

fn find_resident(name: &str) -> Option<&'static Resident> {
    HOUSE.iter().find(|resident| resident.name == name)
}

fn is_network(import: &str) -> bool {
    NETWORK_CRATES.iter().any(|name| {
        import == *name || import.strip_prefix(name).is_some_and(|s| s.starts_with('-'))
    })
}

/// The manifests under `crates`, each with the name of its folder.
fn manifests(tree: &Tree) -> impl Iterator<Item = (&File, &str)> {
    tree.files.iter().filter_map(|file| {
        let name = file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
        (!name.contains('/')).then_some((file, name))
    })
}

/// The names a manifest depends on, each with its line; a rename counts as what it stands for.
fn imports(manifest: &File) -> impl Iterator<Item = (usize, &str)> {
    let mut counts = false;
    manifest.lines().filter_map(move |(number, line)| {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            let (table, name) = split_section(section);
            counts = is_counted(table);
            return (counts && !name.is_empty()).then_some((number, name));
        }
        (counts && !line.is_empty() && !line.starts_with('#')).then(|| (number, read_name(line)))
    })
}

/// Splits `dependencies.tokio` into the table and the name, if it has one.
fn split_section(section: &str) -> (&str, &str) {
    match section.split_once("dependencies.") {
        Some((before, name)) => {
            (section.get(..before.len() + "dependencies".len()).unwrap_or(section), name)
        }
        None => (section, ""),
    }
}

fn is_counted(table: &str) -> bool {
    table.ends_with("dependencies") && !table.ends_with("dev-dependencies")
}

fn read_name(line: &str) -> &str {
    let key = line.split(['=', '.', ' ']).next().unwrap_or(line);
    let renamed = line.split_once("package = \"").and_then(|(_, rest)| rest.split_once('"'));
    renamed.map_or(key, |(package, _)| package.strip_prefix("hallpass-").unwrap_or(package))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(findings: &[Finding]) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn import_upwards_is_found() {
        let text = "[package]\nname = \"x\"\n[dependencies]\nserver.workspace = true\n";
        let tree = Tree::of(&[("crates/store/Cargo.toml", text)]);
        let expected =
            "crates/store/Cargo.toml:4: `store` may not import `server`: imports point down";
        assert_eq!(said(&crates_import_downwards(&tree)), [expected]);
    }

    #[test]
    fn import_downwards_and_imports_of_tests_are_fine() {
        let text = "[dependencies]\ns3.workspace = true\n[dev-dependencies]\ntestbed = \"1\"\n";
        let tree = Tree::of(&[("crates/store/Cargo.toml", text)]);
        assert!(crates_import_downwards(&tree).is_empty());
    }

    #[test]
    fn crate_without_a_row_is_found() {
        let tree = Tree::of(&[("crates/garage/Cargo.toml", "[package]\n")]);
        assert!(said(&crates_import_downwards(&tree))[0].contains("give `garage` a row"));
    }

    #[test]
    fn network_below_floor_2_is_found_however_it_is_spelled() {
        let plain = "[dependencies]\nhttp-body = \"1\"\n";
        let renamed = "[dependencies]\nnet = { package = \"tokio\", version = \"1\" }\n";
        let table = "[target.'cfg(unix)'.dependencies.hyper]\nversion = \"1\"\n";
        for text in [plain, renamed, table] {
            let tree = Tree::of(&[("crates/pass/Cargo.toml", text)]);
            let findings = said(&outside_crates_stay_on_their_floor(&tree));
            assert!(findings[0].contains("`pass` stands below the network"), "{text}");
        }
    }

    #[test]
    fn network_on_floor_2_is_fine_and_so_is_a_name_that_only_begins_alike() {
        let network = ("crates/server/Cargo.toml", "[dependencies]\ntokio.workspace = true\n");
        let alike = ("crates/s3/Cargo.toml", "[dependencies]\nhttparse = \"1\"\n");
        assert!(outside_crates_stay_on_their_floor(&Tree::of(&[network, alike])).is_empty());
    }

    #[test]
    fn lowest_floor_with_std_is_found() {
        let tree = Tree::of(&[
            ("crates/policy/src/lib.rs", "//! Policy.\n"),
            ("crates/s3/src/lib.rs", "//! Words.\n#![no_std]\n"),
        ]);
        let findings = said(&lowest_floor_is_no_std(&tree));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].starts_with("crates/policy/src/lib.rs:1: add `#![no_std]`"));
    }
}
