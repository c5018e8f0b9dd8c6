//! What signing and verifying takes from the heap: the URL, and nothing.

use signature::{
    Credentials, Legacy, Presented, Presign, Presigner, Request, Rules, Scope, SigningKey,
    Timestamp, verify,
};

const REGION: &str = "eu-central-1";
const HOST: &str = "some-bucket.s3.eu-central-1.amazonaws.com";
const HEADERS: [(&str, &str); 3] =
    [("Content-Type", "text/plain"), ("x-amz-meta-for", "auditors"), ("if-none-match", "*")];
const QUERY: [(&str, Option<&str>); 3] = [
    ("response-content-disposition", Some("attachment; filename=\"a b.pdf\"")),
    ("versionId", Some("3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY")),
    ("x-id", Some("GetObject")),
];

fn at() -> Timestamp {
    Timestamp::from_seconds(1_767_323_045)
}

fn credentials(token: Option<&str>) -> Credentials {
    Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", token)
}

fn every_kind() -> [Presign<'static>; 4] {
    let plain = Presign {
        method: "GET",
        scheme: "https",
        authority: HOST,
        path: "/folder/name%20of%20it.pdf",
        query: &[],
        headers: &[],
        expires_seconds: 3600,
    };
    [
        plain,
        Presign { query: &QUERY, ..plain },
        Presign { headers: &HEADERS, ..plain },
        Presign { method: "PUT", query: &QUERY, headers: &HEADERS, ..plain },
    ]
}

#[test]
fn one_more_url_takes_its_own_text_and_no_more() {
    for token in [None, Some("a/session+token=")] {
        let credentials = credentials(token);
        let presigner = Presigner::new(&credentials, REGION, at());
        for presign in every_kind() {
            let mut length = 0;
            let taken = allocation_counter::measure(|| {
                length = presigner.presign(&presign).unwrap().as_str().len();
            });
            assert_eq!((taken.count_total, taken.bytes_total), (1, length as u64), "{presign:?}");
        }
    }
}

#[test]
fn what_is_rightly_signed_verifies_without_the_heap() {
    let credentials = credentials(None);
    let key = SigningKey::derive(credentials.secret(), at(), REGION);
    let presigner = Presigner::new(&credentials, REGION, at());
    for presign in every_kind() {
        let url = presigner.presign(&presign).unwrap();
        let query = url.as_str().split_once('?').unwrap().1;
        let sent = presign.headers.iter().map(|&(name, value)| (name, value.as_bytes()));
        let headers: Vec<_> = sent.chain([("Host", HOST.as_bytes())]).collect();
        let request = Request {
            method: presign.method,
            path: presign.path,
            query,
            headers: &headers,
            virtual_bucket: None,
        };
        let rules = Rules { now: at(), scope: Scope::s3(REGION), legacy: Legacy::Refuse };
        let mut is_verified = false;
        let taken = allocation_counter::measure(|| {
            is_verified = match verify::read(&request, &rules) {
                Ok(Presented::Signature(claim)) => claim.verify_with(&key).is_ok(),
                Ok(Presented::Nothing) | Err(_) => false,
            };
        });
        assert!(is_verified, "{presign:?}");
        assert_eq!(taken.count_total, 0, "{presign:?}");
    }
}
