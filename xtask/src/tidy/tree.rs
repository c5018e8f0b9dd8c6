//! The files that tidy looks at, with their text, and what it finds in them.
//!
//! These are the files git tracks, so that work in progress and builds stay out of sight. In a
//! downloaded archive, where there is no git, they are all files outside `target`.

use std::fmt;
use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::step::at_root;

/// One file: its path from the root, with `/`, and its text if it is of a kind we check.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All files of the repository.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

/// One place that breaks a rule, and the remedy.
#[derive(Debug)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    remedy: String,
}

/// Kinds of file whose text is checked; of the others only the name is.
const TEXT_KINDS: &[&str] = &[".rs", ".toml", ".md", ".py"];

impl Tree {
    /// Reads the files under `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let mut paths = Vec::new();
        if root.join(".git").exists() {
            paths = list_tracked(root)?;
        } else {
            walk(root, "", &mut paths).map_err(|source| unreadable(".", &source))?;
        }
        paths.sort();
        let files = paths.into_iter().map(|path| File::read(root, path));
        Ok(Self { files: files.collect::<Result<_, _>>()? })
    }

    /// The files whose path ends in `kind`.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| file.path.ends_with(kind))
    }

    /// A tree made of paths and texts.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| File::of(path, text));
        Self { files: files.collect() }
    }
}

impl File {
    fn read(root: &Path, path: String) -> Result<Self, Failure> {
        if !TEXT_KINDS.iter().any(|kind| path.ends_with(kind)) {
            return Ok(Self { path, text: String::new() });
        }
        match fs::read_to_string(root.join(&path)) {
            Ok(text) => Ok(Self { path, text }),
            Err(source) => Err(unreadable(&path, &source)),
        }
    }

    #[cfg(test)]
    fn of(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The lines with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// A finding at `line`.
    pub(crate) fn find(&self, line: usize, remedy: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.remedy)
    }
}

/// Tracked files that are still on disk; the folder may belong to another user, as in containers.
fn list_tracked(root: &Path) -> Result<Vec<String>, Failure> {
    let mut git = at_root(Path::new("git"), &["-c", "safe.directory=*", "ls-files", "-z"]);
    let output = git.output().map_err(|source| unreadable(".git", &source))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Failure::new(format!("git ls-files: {said}"), "run this in a git checkout"));
    }
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(names.filter(|name| root.join(name).exists()).collect())
}

fn walk(root: &Path, folder: &str, paths: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if !entry.file_type()?.is_dir() {
            paths.push(path);
        } else if name != "target" && name != "__pycache__" {
            walk(root, &path, paths)?;
        }
    }
    Ok(())
}

fn unreadable(path: &str, source: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read `{path}`: {source}"), "tidy reads the text of all sources")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place;

    #[test]
    fn finding_names_file_line_and_remedy() {
        let file = File::of("crates/s3/src/etag.rs", "");
        assert_eq!(file.find(7, "shorten it").to_string(), "crates/s3/src/etag.rs:7: shorten it");
    }

    #[test]
    fn archive_without_git_is_walked_but_not_its_builds() {
        let mut paths = Vec::new();
        walk(&place::root(), "", &mut paths).unwrap();
        assert!(paths.iter().any(|path| path == "xtask/src/main.rs"));
        assert!(!paths.iter().any(|path| path.starts_with("target/")));
    }
}
