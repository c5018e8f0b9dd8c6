//! Documents: each has one title, and `docs/README.md` leads to all of them.

use super::tree::{File, Finding, Tree};

const INDEX: &str = "docs/README.md";

/// Each document has exactly one title.
pub(super) fn document_has_one_title(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in documents(tree) {
        let titles = titles(file);
        match titles.as_slice() {
            [_] => {}
            [] => findings.push(file.find(1, "begin with one `# ` title")),
            [_, second, ..] => {
                findings.push(file.find(*second, "make this `## `: a document has one title"));
            }
        }
    }
    findings
}

/// The index links each document and nothing that is not there.
pub(super) fn document_is_in_the_index(tree: &Tree) -> Vec<Finding> {
    let Some(index) = tree.files.iter().find(|file| file.path == INDEX) else {
        let first = documents(tree).next();
        let missing = first.map(|file| file.find(1, format!("write {INDEX} and link this there")));
        return missing.into_iter().collect();
    };
    let links: Vec<(usize, &str)> = index.lines().flat_map(links).collect();
    let unlinked = documents(tree).filter(|file| file.path != INDEX && !is_linked(&links, file));
    let unlinked = unlinked.map(|file| file.find(1, format!("link this from {INDEX}")));
    let dead = links.iter().filter(|(_, target)| !exists(tree, target));
    let dead = dead.map(|(number, target)| {
        index.find(*number, format!("mend the link: there is no `{}`", resolve(target)))
    });
    unlinked.chain(dead).collect()
}

fn documents(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.of_kind(".md").filter(|file| file.path.starts_with("docs/"))
}

/// The lines of the titles, those in code left out: there `# ` is a comment.
fn titles(file: &File) -> Vec<usize> {
    let mut in_code = false;
    let mut lines = Vec::new();
    for (number, line) in file.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code && line.starts_with("# ") {
            lines.push(number);
        }
    }
    lines
}

/// The targets linked on a line that are files of ours.
fn links((number, line): (usize, &str)) -> impl Iterator<Item = (usize, &str)> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .map(move |target| (number, target))
}

fn is_linked(links: &[(usize, &str)], file: &File) -> bool {
    links.iter().any(|(_, target)| resolve(target) == file.path)
}

fn exists(tree: &Tree, target: &str) -> bool {
    let path = resolve(target.trim_end_matches('/'));
    tree.files.iter().any(|file| {
        file.path.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The path from the root that a link in the index means.
fn resolve(target: &str) -> String {
    match target.strip_prefix("../") {
        Some(path) => path.to_owned(),
        None => format!("docs/{target}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_without_a_title_or_with_two_is_found() {
        let tree = Tree::of(&[
            ("docs/none.md", "text\n"),
            ("docs/two.md", "# One\n# Two\n"),
            ("docs/one.md", "# One\n```sh\n# a comment\n```\n"),
        ]);
        let findings: Vec<_> =
            document_has_one_title(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0], "docs/none.md:1: begin with one `# ` title");
        assert!(findings[1].starts_with("docs/two.md:2: make this `## `"));
    }

    #[test]
    fn document_the_index_does_not_link_is_found() {
        let tree = Tree::of(&[
            ("docs/README.md", "# Index\n[disk](disk-format.md) [root](../README.md)\n"),
            ("docs/disk-format.md", "# Disk\n"),
            ("docs/decisions/0001-a.md", "# A\n"),
            ("README.md", ""),
        ]);
        let findings = document_is_in_the_index(&tree);
        assert_eq!(findings.len(), 1);
        let expected = "docs/decisions/0001-a.md:1: link this from docs/README.md";
        assert_eq!(findings[0].to_string(), expected);
    }

    #[test]
    fn link_of_the_index_that_leads_nowhere_is_found() {
        let tree = Tree::of(&[("docs/README.md", "# Index\n\n[gone](gone.md#here)\n")]);
        let findings = document_is_in_the_index(&tree);
        let expected = "docs/README.md:3: mend the link: there is no `docs/gone.md`";
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].to_string(), expected);
    }

    #[test]
    fn documents_without_an_index_are_found() {
        let findings = document_is_in_the_index(&Tree::of(&[("docs/a.md", "# A\n")]));
        assert!(findings[0].to_string().contains("write docs/README.md"));
    }
}
