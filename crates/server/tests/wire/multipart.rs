//! Multipart uploads: parts in any order, replaced, listed, completed, aborted.

use testbed::{Answer, Auth, House, Request};

const PART: usize = 5 << 20;

struct Upload {
    house: House,
    id: String,
}

impl Upload {
    fn begin() -> Self {
        let house = House::start();
        house.ok("PUT", "/bucket", b"");
        let answer = house.ok("POST", "/bucket/big?uploads", b"");
        let id = answer.element("UploadId").unwrap();
        Self { house, id }
    }

    fn send(&self, method: &str, query: &str, body: &[u8]) -> Answer {
        let mark = if query.is_empty() { "" } else { "&" };
        let target = format!("/bucket/big?uploadId={}{mark}{query}", self.id);
        self.house.send(&Request::new(method, &target).auth(Auth::Header).body(body))
    }

    fn part(&self, number: u16, body: &[u8]) -> String {
        let answer = self.send("PUT", &format!("partNumber={number}"), body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.header("etag").unwrap().to_owned()
    }

    fn complete(&self, parts: &[(u16, &str)]) -> Answer {
        let parts: String = parts
            .iter()
            .map(|(n, e)| format!("<Part><PartNumber>{n}</PartNumber><ETag>{e}</ETag></Part>"))
            .collect();
        let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        self.send("POST", "", document.as_bytes())
    }
}

#[test]
fn parts_in_any_order_make_one_object() {
    let upload = Upload::begin();
    let last = upload.part(7, b"the end");
    upload.part(2, b"to be replaced");
    let first = upload.part(2, &vec![b'a'; PART]);
    let answer = upload.complete(&[(2, &first), (7, &last)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.element("ETag").unwrap().ends_with("-2\""));
    let object = upload.house.ok("GET", "/bucket/big", b"");
    assert_eq!(object.body.len(), PART + 7);
    assert!(object.body.ends_with(b"athe end"));
    let across = Request::new("GET", "/bucket/big").auth(Auth::Header);
    let across = upload.house.send(&across.unsigned_header("range", "bytes=5242878-5242882"));
    assert_eq!(across.body, b"aathe");
    assert_eq!(upload.complete(&[(2, &first)]).refusal(), (404, "NoSuchUpload".into()));
}

#[test]
fn a_completion_that_does_not_fit_is_refused_and_can_be_repeated() {
    let upload = Upload::begin();
    let (one, two) = (upload.part(1, b"small"), upload.part(2, b"last"));
    let small = upload.complete(&[(1, &one), (2, &two)]);
    assert_eq!(small.refusal(), (400, "EntityTooSmall".into()));
    assert_eq!(small.element("PartNumber").as_deref(), Some("1"));
    let order = upload.complete(&[(2, &two), (1, &one)]);
    assert_eq!(order.refusal(), (400, "InvalidPartOrder".into()));
    assert_eq!(upload.complete(&[(1, &two)]).refusal(), (400, "InvalidPart".into()));
    assert_eq!(upload.complete(&[(3, &two)]).refusal(), (400, "InvalidPart".into()));
    assert_eq!(upload.complete(&[]).refusal(), (400, "MalformedXML".into()));
    assert_eq!(upload.house.send(&signed("GET", "/bucket/big")).status, 404);
    assert_eq!(upload.complete(&[(2, &two)]).status, 200);
    assert_eq!(upload.house.ok("GET", "/bucket/big", b"").body, b"last");
}

fn signed(method: &str, target: &str) -> Request {
    Request::new(method, target).auth(Auth::Header)
}

#[test]
fn uploads_and_parts_are_listed_until_they_are_aborted() {
    let upload = Upload::begin();
    upload.part(1, b"one");
    upload.part(3, b"three");
    let parts = upload.send("GET", "max-parts=1", b"");
    assert_eq!(parts.element("PartNumber").as_deref(), Some("1"));
    assert_eq!(parts.element("NextPartNumberMarker").as_deref(), Some("1"));
    assert_eq!(parts.element("IsTruncated").as_deref(), Some("true"));
    let uploads = upload.house.ok("GET", "/bucket?uploads", b"");
    assert_eq!(uploads.element("UploadId").as_deref(), Some(upload.id.as_str()));
    assert_eq!(upload.send("DELETE", "", b"").status, 204);
    assert_eq!(upload.send("GET", "", b"").refusal(), (404, "NoSuchUpload".into()));
    assert_eq!(upload.send("PUT", "partNumber=1", b"x").refusal(), (404, "NoSuchUpload".into()));
    assert_eq!(upload.send("PUT", "partNumber=0", b"x").refusal(), (400, "InvalidArgument".into()));
    let uploads = upload.house.ok("GET", "/bucket?uploads", b"");
    assert_eq!(uploads.element("UploadId"), None);
}

#[test]
fn a_part_can_be_a_range_of_another_object() {
    let upload = Upload::begin();
    upload.house.ok("PUT", "/bucket/source", b"0123456789");
    let target = format!("/bucket/big?uploadId={}&partNumber=1", upload.id);
    let copy = |range: &str| {
        let request = signed("PUT", &target).header("x-amz-copy-source", "bucket/source");
        upload.house.send(&request.header("x-amz-copy-source-range", range))
    };
    assert_eq!(copy("bytes=5-10").refusal(), (400, "InvalidArgument".into()));
    assert_eq!(copy("bytes=5-").refusal(), (400, "InvalidArgument".into()));
    let etag = copy("bytes=2-5").element("ETag").unwrap();
    assert_eq!(upload.complete(&[(1, &etag)]).status, 200);
    assert_eq!(upload.house.ok("GET", "/bucket/big", b"").body, b"2345");
}

#[test]
fn a_part_of_an_object_is_read_by_its_number() {
    let upload = Upload::begin();
    let last = upload.part(7, b"the end");
    let first = upload.part(2, &vec![b'a'; PART]);
    assert_eq!(upload.complete(&[(2, &first), (7, &last)]).status, 200);
    let house = &upload.house;
    let ask =
        |method: &str, target: &str| house.send(&Request::new(method, target).auth(Auth::Header));
    for method in ["GET", "HEAD"] {
        let part = ask(method, "/bucket/big?partNumber=7");
        assert_eq!((part.status, part.header("content-length")), (206, Some("7")));
        assert_eq!(part.header("content-range"), Some("bytes 5242880-5242886/5242887"));
        assert_eq!(part.header("x-amz-mp-parts-count"), Some("2"));
    }
    assert_eq!(ask("GET", "/bucket/big?partNumber=7").body, b"the end");
    assert_eq!(ask("GET", "/bucket/big?partNumber=2").body.len(), PART);
    let absent = ask("GET", "/bucket/big?partNumber=1");
    assert_eq!(absent.refusal(), (416, "InvalidPartNumber".into()));
    assert_eq!(absent.element("ActualPartCount").as_deref(), Some("2"));
    assert_eq!(absent.element("PartNumberRequested").as_deref(), Some("1"));
    for number in ["0", "10001", "x", ""] {
        let answer = ask("GET", &format!("/bucket/big?partNumber={number}"));
        assert_eq!(answer.refusal(), (400, "InvalidArgument".into()), "{number}");
    }
    let ranged = Request::new("GET", "/bucket/big?partNumber=7").auth(Auth::Header);
    let ranged = house.send(&ranged.unsigned_header("range", "bytes=0-1"));
    assert_eq!(ranged.refusal(), (400, "InvalidRequest".into()));

    house.ok("PUT", "/bucket/whole", b"in one");
    let whole = ask("GET", "/bucket/whole?partNumber=1");
    assert_eq!((whole.status, &whole.body[..]), (206, &b"in one"[..]));
    assert_eq!(whole.header("content-range"), Some("bytes 0-5/6"));
    assert_eq!(whole.header("x-amz-mp-parts-count"), None);
    let second = ask("GET", "/bucket/whole?partNumber=2");
    assert_eq!(second.refusal(), (416, "InvalidPartNumber".into()));
    house.ok("PUT", "/bucket/empty", b"");
    let empty = ask("GET", "/bucket/empty?partNumber=1");
    assert_eq!((empty.status, empty.header("content-length")), (200, Some("0")));
}

#[test]
fn the_attributes_of_an_object_are_told_without_its_bytes() {
    let upload = Upload::begin();
    let (first, last) = (upload.part(1, &vec![b'a'; PART]), upload.part(2, b"the end"));
    let etag = upload.complete(&[(1, &first), (2, &last)]).element("ETag").unwrap();
    let ask = |attributes: &str| {
        let request = Request::new("GET", "/bucket/big?attributes").auth(Auth::Header);
        upload.house.send(&request.header("x-amz-object-attributes", attributes))
    };
    let all = ask("ETag,Checksum, ObjectParts,StorageClass,ObjectSize");
    assert_eq!(all.element("ETag").as_deref(), Some(etag.trim_matches('"')));
    assert_eq!(all.element("ObjectSize").as_deref(), Some("5242887"));
    assert_eq!(all.element("PartsCount").as_deref(), Some("2"));
    assert_eq!(all.element("StorageClass").as_deref(), Some("STANDARD"));
    assert!(all.element("ChecksumCRC64NVME").is_some() && all.header("last-modified").is_some());
    assert_eq!(ask("ObjectSize").element("ETag"), None);
    assert_eq!(ask("Colour").refusal(), (400, "InvalidArgument".into()));
    assert_eq!(ask("").refusal(), (400, "InvalidArgument".into()));
}
