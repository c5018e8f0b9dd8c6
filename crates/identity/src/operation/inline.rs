//! Inline policies: documents that belong to one user, group or role.

use std::collections::BTreeMap;

use policy::{Kind, Policy, count_characters};

use super::page::{Listing, Paging};
use super::{Holder, find};
use crate::account::Account;
use crate::error::IamError;
use crate::record::{self, Name, Subject, key_of_name};

/// The inline policies of a user, group or role.
#[derive(Clone, Copy, Debug)]
pub struct Inline<'a> {
    pub(super) account: &'a Account,
    pub(super) holder: Holder<'a>,
}

impl Inline<'_> {
    /// `PutUserPolicy`, `PutGroupPolicy`, `PutRolePolicy`
    ///
    /// # Errors
    /// `NoSuchEntity`, `MalformedPolicyDocument`, `ValidationError`; `LimitExceeded` when all
    /// inline policies together are too long.
    pub fn put(self, name: &str, document: &str) -> Result<(), IamError> {
        Name::Policy.demand(name)?;
        Policy::parse(document, Kind::Identity)?;
        match self.holder {
            Holder::User(of) => self.put_of::<record::User>(of, name, document),
            Holder::Group(of) => self.put_of::<record::Group>(of, name, document),
            Holder::Role(of) => self.put_of::<record::Role>(of, name, document),
        }
    }

    fn put_of<R: Subject>(self, of: &str, name: &str, document: &str) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut record = find::<R>(draft.directory(), of)?.record.clone();
            let inline = &mut record.common_mut().inline;
            let name = spelled(inline, name).unwrap_or(name).to_owned();
            inline.insert(name, document.into());
            let characters: usize = inline.values().map(|text| count_characters(text)).sum();
            let max = R::INLINE_CHARACTERS_MAX;
            if characters > max {
                let word = R::WORD;
                return Err(IamError::LimitExceeded(format!(
                    "Maximum policy size of {max} bytes exceeded for {word} {of}"
                )));
            }
            draft.put(record)
        })
    }

    /// `GetUserPolicy`, `GetGroupPolicy`, `GetRolePolicy`: the document, as it was put.
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn get(self, name: &str) -> Result<String, IamError> {
        let (word, mut inline) = self.all()?;
        let name = spelled(&inline, name).unwrap_or(name).to_owned();
        inline.remove(&name).ok_or_else(|| missing(word, &name))
    }

    /// `ListUserPolicies`, `ListGroupPolicies`, `ListRolePolicies`: their names.
    ///
    /// # Errors
    /// `NoSuchEntity`, `ValidationError`
    pub fn list(self, paging: Paging<'_>) -> Result<Listing<String>, IamError> {
        let (_, inline) = self.all()?;
        paging.cut(inline.into_keys().map(|name| (name.clone(), name)))
    }

    /// `DeleteUserPolicy`, `DeleteGroupPolicy`, `DeleteRolePolicy`
    ///
    /// # Errors
    /// `NoSuchEntity`
    pub fn delete(self, name: &str) -> Result<(), IamError> {
        match self.holder {
            Holder::User(of) => self.delete_of::<record::User>(of, name),
            Holder::Group(of) => self.delete_of::<record::Group>(of, name),
            Holder::Role(of) => self.delete_of::<record::Role>(of, name),
        }
    }

    fn delete_of<R: Subject>(self, of: &str, name: &str) -> Result<(), IamError> {
        self.account.change(|draft| {
            let mut record = find::<R>(draft.directory(), of)?.record.clone();
            let inline = &mut record.common_mut().inline;
            let name = spelled(inline, name).unwrap_or(name).to_owned();
            inline.remove(&name).ok_or_else(|| missing(R::WORD, &name))?;
            draft.put(record)
        })
    }

    fn all(self) -> Result<(&'static str, BTreeMap<String, String>), IamError> {
        match self.holder {
            Holder::User(of) => self.all_of::<record::User>(of),
            Holder::Group(of) => self.all_of::<record::Group>(of),
            Holder::Role(of) => self.all_of::<record::Role>(of),
        }
    }

    fn all_of<R: Subject>(
        self,
        of: &str,
    ) -> Result<(&'static str, BTreeMap<String, String>), IamError> {
        let row = find::<R>(&self.account.directory(), of)?;
        Ok((R::WORD, row.record.common().inline.clone()))
    }
}

/// The name of a policy as it was first spelled.
fn spelled<'a>(inline: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    let mut names = inline.keys().map(String::as_str);
    names.find(|known| key_of_name(known) == key_of_name(name))
}

fn missing(word: &str, name: &str) -> IamError {
    IamError::no_such(&format!("{word} policy"), name)
}
