//! A condition key: a name whose case does not matter, and the tag behind it for the keys that
//! have one.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html> and
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

/// Names that are known, as AWS spells them.
const NAMES: &[&str] = &[
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:userid",
    "aws:username",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "s3:AccessGrantsInstanceArn",
    "s3:AccessPointNetworkOrigin",
    "s3:authType",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "s3:delimiter",
    "s3:destinationRegion",
    "s3:if-match",
    "s3:if-none-match",
    "s3:InventoryAccessibleOptionalFields",
    "s3:JobSuspendedCause",
    "s3:locationconstraint",
    "s3:max-keys",
    "s3:object-lock-legal-hold",
    "s3:object-lock-mode",
    "s3:object-lock-remaining-retention-days",
    "s3:object-lock-retain-until-date",
    "s3:ObjectCreationOperation",
    "s3:prefix",
    "s3:RequestObjectTagKeys",
    "s3:ResourceAccount",
    "s3:signatureAge",
    "s3:signatureversion",
    "s3:TlsVersion",
    "s3:VersionId",
    "s3:x-amz-acl",
    "s3:x-amz-content-sha256",
    "s3:x-amz-copy-source",
    "s3:x-amz-grant-full-control",
    "s3:x-amz-grant-read",
    "s3:x-amz-grant-read-acp",
    "s3:x-amz-grant-write",
    "s3:x-amz-grant-write-acp",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-object-ownership",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-storage-class",
    "s3:x-amz-website-redirect-location",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:TransitiveTagKeys",
];

/// Names that the request answers itself, and no context.
const OWN: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalType",
    "aws:ResourceAccount",
    "aws:userid",
    "aws:username",
    "s3:ResourceAccount",
];

/// Names that stand before a slash and a tag.
const TAGGED: &[&str] = &[
    "aws:PrincipalTag",
    "aws:RequestTag",
    "aws:ResourceTag",
    "s3:BucketTag",
    "s3:ExistingObjectTag",
    "s3:RequestObjectTag",
];

/// A condition key, such as `aws:SourceIp` or `aws:PrincipalTag/team`.
#[derive(Clone, Debug)]
pub struct Key {
    name: Cow<'static, str>,
    tag: Option<Box<str>>,
    /// Whether it follows from who asks for what.
    is_own: bool,
}

impl Key {
    /// Reads a key; none when it has no service in front.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (service, rest) = text.split_once(':')?;
        let is_plain = text.chars().all(|c| !c.is_control() && !matches!(c, '{' | '}' | '$'));
        if service.is_empty() || rest.is_empty() || !is_plain {
            return None;
        }
        if let Some((name, tag)) = text.split_once('/')
            && let Some(name) = TAGGED.iter().find(|known| known.eq_ignore_ascii_case(name))
        {
            let tag = (!tag.is_empty()).then(|| tag.into())?;
            return Some(Self { name: Cow::Borrowed(name), tag: Some(tag), is_own: false });
        }
        let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(text));
        let name = match known {
            Some(known) => Cow::Borrowed(*known),
            None => Cow::Owned(text.to_ascii_lowercase()),
        };
        let is_own = OWN.contains(&&*name);
        Some(Self { name, tag: None, is_own })
    }

    /// The name without the tag: as AWS spells it if it is known, else in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tag behind the name, as it was spelled; whether its case matters is the context's to
    /// say.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Whether it follows from who asks for what.
    pub(crate) fn is_own(&self) -> bool {
        self.is_own
    }

    /// Whether AWS lists the key.
    pub(crate) fn is_known(&self) -> bool {
        matches!(self.name, Cow::Borrowed(_))
    }
}

/// Equal when they ask for the same: the case of neither name nor tag matters.
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        let tags = match (&self.tag, &other.tag) {
            (Some(one), Some(two)) => one.eq_ignore_ascii_case(two),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        self.name == other.name && tags
    }
}

impl Eq for Key {}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(tag) = &self.tag { write!(f, "/{tag}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn case_of_a_name_does_not_matter() {
        let key = Key::parse("AWS:sourceip").unwrap();
        assert_eq!(key.name(), "aws:SourceIp");
        assert_eq!(key, Key::parse("aws:SourceIp").unwrap());
        assert_eq!(Key::parse("Example.com:Sub").unwrap().name(), "example.com:sub");
    }

    #[test]
    fn tag_is_kept_as_it_is_spelled() {
        let key = Key::parse("AWS:principaltag/Team Name/x").unwrap();
        assert_eq!((key.name(), key.tag()), ("aws:PrincipalTag", Some("Team Name/x")));
        assert_eq!(key.to_string(), "aws:PrincipalTag/Team Name/x");
        assert_eq!(key, Key::parse("aws:PrincipalTag/team name/X").unwrap());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "SourceIp", ":SourceIp", "aws:", "aws:PrincipalTag/", "aws:a{b", "aws:a\n"]
        {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
