//! S3's error codes: one row each, with status and text as the service writes them.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

/// An error code of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// ACLs are switched off, as in every new bucket of S3.
    AccessControlListNotSupported,
    /// No permission, or a signature that is not good any more.
    AccessDenied,
    /// An `Authorization` header that cannot be read.
    AuthorizationHeaderMalformed,
    /// Presigning parameters that cannot be read.
    AuthorizationQueryParametersError,
    /// Content that differs from its digest.
    BadDigest,
    /// A request that breaks a rule which has no code of its own.
    BadRequest,
    /// The bucket exists and belongs to somebody else.
    BucketAlreadyExists,
    /// The bucket exists and is the caller's.
    BucketAlreadyOwnedByYou,
    /// The bucket holds objects, or versions of them.
    BucketNotEmpty,
    /// Two writers raced on one condition.
    ConditionalRequestConflict,
    /// An object over the limit.
    EntityTooLarge,
    /// A part under the limit.
    EntityTooSmall,
    /// The token of a session that is over.
    ExpiredToken,
    /// A location that is not the endpoint's.
    IllegalLocationConstraintException,
    /// A versioning configuration without a status.
    IllegalVersioningConfigurationException,
    /// A body that ended early.
    IncompleteBody,
    /// Something went wrong on this side.
    InternalError,
    /// An access key id that nobody has.
    InvalidAccessKeyId,
    /// A value that makes no sense.
    InvalidArgument,
    /// Not a bucket name.
    InvalidBucketName,
    /// A signed chunk that is too short.
    InvalidChunkSizeError,
    /// A digest that cannot be read.
    InvalidDigest,
    /// A part that was not uploaded.
    InvalidPart,
    /// A part number over what the object has.
    InvalidPartNumber,
    /// Parts not in ascending order.
    InvalidPartOrder,
    /// A form's policy that cannot be read.
    InvalidPolicyDocument,
    /// A range beyond the object.
    InvalidRange,
    /// A request that contradicts itself or the rules.
    InvalidRequest,
    /// A storage class that this server does not have.
    InvalidStorageClass,
    /// A tag that cannot be one.
    InvalidTag,
    /// A session token that belongs to nothing here.
    InvalidToken,
    /// A URL that cannot be read.
    InvalidURI,
    /// A key over 1024 bytes.
    KeyTooLongError,
    /// A form that cannot be read.
    MalformedPOSTRequest,
    /// A trailer that cannot be read.
    MalformedTrailerError,
    /// A policy that is none.
    MalformedPolicy,
    /// A document that cannot be read.
    MalformedXML,
    /// A document over the limit.
    MaxMessageLengthExceeded,
    /// A form with too much in front of its file.
    MaxPostPreDataLengthExceededError,
    /// User metadata over 2 KiB.
    MetadataTooLarge,
    /// A method that the resource does not have.
    MethodNotAllowed,
    /// No `Content-Length`.
    MissingContentLength,
    /// No bucket of this name.
    NoSuchBucket,
    /// A bucket without a policy.
    NoSuchBucketPolicy,
    /// No object of this key.
    NoSuchKey,
    /// A bucket that blocks no public access.
    NoSuchPublicAccessBlockConfiguration,
    /// A bucket without tags.
    NoSuchTagSet,
    /// No upload of this id.
    NoSuchUpload,
    /// No version of this id.
    NoSuchVersion,
    /// An operation or header that this server does not have.
    NotImplemented,
    /// Unchanged since the caller's copy.
    NotModified,
    /// A condition that does not hold.
    PreconditionFailed,
    /// Headers over 64 KiB.
    RequestHeaderSectionTooLarge,
    /// A body that stopped coming.
    RequestTimeout,
    /// A clock too far off.
    RequestTimeTooSkewed,
    /// The server cannot take more at this moment.
    ServiceUnavailable,
    /// Another signature.
    SignatureDoesNotMatch,
    /// Content that differs from its SHA-256.
    XAmzContentSHA256Mismatch,
}

/// What a code looks like on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// HTTP status.
    pub status: u16,
    /// The word in the `Code` element.
    pub word: &'static str,
    /// The usual `Message`; some refusals have a more exact one.
    pub message: &'static str,
}

impl Code {
    /// Status, word and usual message.
    #[must_use]
    pub fn row(self) -> Row {
        let (status, word, message) = self.fields();
        Row { status, word, message }
    }

    #[rustfmt::skip]
    #[expect(clippy::too_many_lines, reason = "one row for each code")]
    fn fields(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::AccessControlListNotSupported => (400, "AccessControlListNotSupported",
                "The bucket does not allow ACLs"),
            Self::AccessDenied => (403, "AccessDenied", "Access Denied"),
            Self::AuthorizationHeaderMalformed => (400, "AuthorizationHeaderMalformed",
                "The authorization header is malformed"),
            Self::AuthorizationQueryParametersError => (400, "AuthorizationQueryParametersError",
                "Error parsing the X-Amz-Credential parameter"),
            Self::BadDigest => (400, "BadDigest",
                "The Content-MD5 you specified did not match what we received."),
            Self::BadRequest => (400, "BadRequest", "Bad Request"),
            Self::BucketAlreadyExists => (409, "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by \
                 all users of the system. Please select a different name and try again."),
            Self::BucketAlreadyOwnedByYou => (409, "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own \
                 it."),
            Self::BucketNotEmpty => (409, "BucketNotEmpty",
                "The bucket you tried to delete is not empty"),
            Self::ConditionalRequestConflict => (409, "ConditionalRequestConflict",
                "The conditional request cannot succeed due to a conflicting operation against \
                 this resource."),
            Self::EntityTooLarge => (400, "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size"),
            Self::EntityTooSmall => (400, "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size"),
            Self::ExpiredToken => (400, "ExpiredToken", "The provided token has expired."),
            Self::IllegalLocationConstraintException => (400, "IllegalLocationConstraintException",
                "The location constraint is incompatible for the region specific endpoint this \
                 request was sent to."),
            Self::IllegalVersioningConfigurationException => (400,
                "IllegalVersioningConfigurationException",
                "The Versioning element must be specified"),
            Self::IncompleteBody => (400, "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP \
                 header"),
            Self::InternalError => (500, "InternalError",
                "We encountered an internal error. Please try again."),
            Self::InvalidAccessKeyId => (403, "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records."),
            Self::InvalidArgument => (400, "InvalidArgument", "Invalid Argument"),
            Self::InvalidBucketName => (400, "InvalidBucketName",
                "The specified bucket is not valid."),
            Self::InvalidChunkSizeError => (400, "InvalidChunkSizeError",
                "Only the last chunk is allowed to have a size less than 8192 bytes"),
            Self::InvalidDigest => (400, "InvalidDigest",
                "The Content-MD5 you specified was invalid."),
            Self::InvalidPart => (400, "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have \
                 been uploaded, or the specified entity tag may not match the part's entity tag."),
            Self::InvalidPartNumber => (416, "InvalidPartNumber",
                "The requested partnumber is not satisfiable"),
            Self::InvalidPartOrder => (400, "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part \
                 number."),
            Self::InvalidPolicyDocument => (400, "InvalidPolicyDocument",
                "The content of the form does not meet the conditions specified in the policy \
                 document."),
            Self::InvalidRange => (416, "InvalidRange",
                "The requested range is not satisfiable"),
            Self::InvalidRequest => (400, "InvalidRequest", "Invalid Request"),
            Self::InvalidStorageClass => (400, "InvalidStorageClass",
                "The storage class you specified is not valid"),
            Self::InvalidTag => (400, "InvalidTag", "The TagKey you have provided is invalid"),
            Self::InvalidToken => (400, "InvalidToken",
                "The provided token is malformed or otherwise invalid."),
            Self::InvalidURI => (400, "InvalidURI", "Couldn't parse the specified URI."),
            Self::KeyTooLongError => (400, "KeyTooLongError", "Your key is too long"),
            Self::MalformedPOSTRequest => (400, "MalformedPOSTRequest",
                "The body of your POST request is not well-formed multipart/form-data."),
            Self::MalformedPolicy => (400, "MalformedPolicy",
                "Policies must be valid JSON and the first byte must be '{'"),
            Self::MalformedTrailerError => (400, "MalformedTrailerError",
                "The request contained trailing data that was not well-formed or did not conform \
                 to our published schema."),
            Self::MalformedXML => (400, "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our \
                 published schema"),
            Self::MaxMessageLengthExceeded => (400, "MaxMessageLengthExceeded",
                "Your request was too large."),
            Self::MaxPostPreDataLengthExceededError => (400, "MaxPostPreDataLengthExceededError",
                "Your POST request fields preceding the upload file were too large."),
            Self::MetadataTooLarge => (400, "MetadataTooLarge",
                "Your metadata headers exceed the maximum allowed metadata size"),
            Self::MethodNotAllowed => (405, "MethodNotAllowed",
                "The specified method is not allowed against this resource."),
            Self::MissingContentLength => (411, "MissingContentLength",
                "You must provide the Content-Length HTTP header."),
            Self::NoSuchBucket => (404, "NoSuchBucket", "The specified bucket does not exist"),
            Self::NoSuchBucketPolicy => (404, "NoSuchBucketPolicy",
                "The bucket policy does not exist"),
            Self::NoSuchKey => (404, "NoSuchKey", "The specified key does not exist."),
            Self::NoSuchPublicAccessBlockConfiguration => (404,
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found"),
            Self::NoSuchTagSet => (404, "NoSuchTagSet", "The TagSet does not exist"),
            Self::NoSuchUpload => (404, "NoSuchUpload",
                "The specified upload does not exist. The upload ID may be invalid, or the \
                 upload may have been aborted or completed."),
            Self::NoSuchVersion => (404, "NoSuchVersion",
                "The specified version does not exist."),
            Self::NotImplemented => (501, "NotImplemented",
                "A header you provided implies functionality that is not implemented"),
            Self::NotModified => (304, "NotModified", "Not Modified"),
            Self::PreconditionFailed => (412, "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold"),
            Self::RequestHeaderSectionTooLarge => (400, "RequestHeaderSectionTooLarge",
                "Your request header section exceeds the maximum allowed request header section \
                 size"),
            Self::RequestTimeout => (400, "RequestTimeout",
                "Your socket connection to the server was not read from or written to within \
                 the timeout period. Idle connections will be closed."),
            Self::RequestTimeTooSkewed => (403, "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large."),
            Self::ServiceUnavailable => (503, "ServiceUnavailable",
                "Service is unable to handle request."),
            Self::SignatureDoesNotMatch => (403, "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. \
                 Check your key and signing method."),
            Self::XAmzContentSHA256Mismatch => (400, "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed."),
        }
    }
}
