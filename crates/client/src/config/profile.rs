//! Which profile is meant, and what the two shared files say of it.
//!
//! A profile stands in the config file as `[profile NAME]` (`[default]` also as such) and in the
//! credentials file as `[NAME]`; where both say something, the credentials file wins.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html>

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::shared_file::{BadLine, Section, SharedFile};
use super::{ConfigFault, Environment, fault};
use crate::error::Error;

/// The two shared files; one that does not exist is empty.
pub(super) struct SharedFiles {
    config: SharedFile,
    credentials: SharedFile,
}

/// One profile.
#[derive(Clone, Copy)]
pub(super) struct Profile<'f> {
    /// Its name.
    pub(super) name: &'f str,
    /// What the config file says.
    pub(super) config: Option<&'f Section>,
    /// What the credentials file says.
    pub(super) credentials: Option<&'f Section>,
}

impl SharedFiles {
    /// Reads the files from where the environment says they are, or from the home folder.
    pub(super) fn read(environment: &Environment<'_>) -> Result<Self, Error> {
        let file = |variable, default| match locate(environment, variable, default) {
            Some(path) => read_file(&path),
            None => Ok(SharedFile::default()),
        };
        Ok(Self {
            config: file("AWS_CONFIG_FILE", ".aws/config")?,
            credentials: file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")?,
        })
    }

    /// The profile that is asked for, else `default`, which need not exist.
    pub(super) fn profile<'f>(&'f self, asked: Option<&'f str>) -> Result<Profile<'f>, Error> {
        let name = asked.unwrap_or("default");
        let in_config = self.config.section(&format!("profile {name}"));
        let profile = Profile {
            name,
            config: match name {
                "default" => in_config.or_else(|| self.config.section(name)),
                _ => in_config,
            },
            credentials: self.credentials.section(name),
        };
        if asked.is_some() && profile.config.is_none() && profile.credentials.is_none() {
            return Err(fault(ConfigFault::NoProfile(name.into())));
        }
        Ok(profile)
    }

    /// The `[services]` section that `profile` names.
    pub(super) fn services(&self, profile: Profile<'_>) -> Result<Option<&Section>, Error> {
        let Some(name) = profile.get("services") else {
            return Ok(None);
        };
        match self.config.section(&format!("services {name}")) {
            Some(section) => Ok(Some(section)),
            None => Err(fault(ConfigFault::NoServices(name.into()))),
        }
    }
}

impl<'f> Profile<'f> {
    /// The value of a property.
    pub(super) fn get(&self, name: &str) -> Option<&'f str> {
        self.sections().find_map(|section| section.get(name))
    }

    /// The value of a property that is nested in `parent`.
    pub(super) fn nested(&self, parent: &str, name: &str) -> Option<&'f str> {
        self.sections().find_map(|section| section.nested(parent, name))
    }

    fn sections(&self) -> impl Iterator<Item = &'f Section> {
        [self.credentials, self.config].into_iter().flatten()
    }
}

fn locate(environment: &Environment<'_>, variable: &str, default: &str) -> Option<PathBuf> {
    let home = environment.get(&["HOME"]).map(PathBuf::from);
    match environment.get(&[variable]) {
        Some(path) => match (path.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => Some(home.join(rest)),
            (Some(_), None) | (None, _) => Some(path.into()),
        },
        None => home.map(|home| home.join(default)),
    }
}

fn read_file(path: &Path) -> Result<SharedFile, Error> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(SharedFile::default()),
        Err(e) => return Err(fault(ConfigFault::Unreadable(path.into())).because(e)),
    };
    SharedFile::parse(&text)
        .map_err(|BadLine(line)| fault(ConfigFault::Syntax { path: path.into(), line }))
}
