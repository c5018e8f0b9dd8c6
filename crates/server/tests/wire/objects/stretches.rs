//! Large answers, which the kernel sends from the page cache once they were summed: the bytes, and
//! their order among other answers, are the same as before.

use std::io::{Read as _, Write as _};

use testbed::{Auth, House, Request};

const SIZE: usize = 3 * (1 << 20) + 12_345;

fn content(seed: u32, size: usize) -> Vec<u8> {
    let mut state = seed;
    let bytes = std::iter::from_fn(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(state.to_be_bytes())
    });
    bytes.flatten().take(size).collect()
}

fn house(contents: &[(&str, &[u8])]) -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    for (key, content) in contents {
        house.ok("PUT", &format!("/bucket/{key}"), content);
    }
    house
}

fn get(target: &str) -> Request {
    Request::new("GET", target).auth(Auth::Header)
}

#[test]
fn an_object_is_the_same_each_time() {
    let bytes = content(1, SIZE);
    let house = house(&[("k", &bytes)]);
    for _ in 0..3 {
        assert!(house.ok("GET", "/bucket/k", b"").body == bytes);
    }
    let head = house.send(&Request::new("HEAD", "/bucket/k").auth(Auth::Header));
    assert_eq!(head.header("content-length"), Some(SIZE.to_string().as_str()));
    let log = house.stop();
    let sent = format!(" 200 - {SIZE} {SIZE} ");
    assert_eq!(log.lines().filter(|line| line.contains(&sent)).count(), 3, "{log}");
}

#[test]
fn a_range_is_cut_out_of_the_blocks() {
    let bytes = content(1, SIZE);
    let house = house(&[("k", &bytes)]);
    let (from, to) = (1_000_001, SIZE - 7);
    for _ in 0..2 {
        let range = format!("bytes={from}-{}", to - 1);
        let answer = house.send(&get("/bucket/k").unsigned_header("range", &range));
        assert!((answer.status, &*answer.body) == (206, &bytes[from..to]));
    }
}

#[test]
fn answers_to_requests_in_a_row_keep_their_order() {
    let (first, second) = (content(1, SIZE), content(2, SIZE - 1));
    let house = house(&[("first", &first), ("second", &second), ("small", b"small")]);
    for _ in 0..2 {
        let targets = ["/bucket/first", "/bucket/small", "/bucket/second", "/bucket/first"];
        let mut stream = house.connect();
        for (number, target) in targets.into_iter().enumerate() {
            let connection = if number == 3 { "close" } else { "keep-alive" };
            let request = get(target).unsigned_header("connection", connection);
            stream.write_all(&request.bytes(&house.authority(), house.now())).unwrap();
        }
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        let mut rest = &all[..];
        for expected in [&first[..], b"small", &second, &first] {
            let head = rest.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
            assert!(rest.starts_with(b"HTTP/1.1 200 OK\r\n"));
            assert!(rest[head..].starts_with(expected));
            rest = &rest[head + expected.len()..];
        }
        assert!(rest.is_empty());
    }
}

#[test]
fn parts_follow_each_other() {
    let house = house(&[]);
    let parts = [content(1, 5 << 20), content(2, 6 << 20), content(3, 777)];
    let begun = house.ok("POST", "/bucket/k?uploads", b"");
    let id = begun.element("UploadId").unwrap();
    let mut document = String::new();
    for (number, part) in (1..).zip(&parts) {
        let target = format!("/bucket/k?partNumber={number}&uploadId={id}");
        let etag = house.ok("PUT", &target, part).header("etag").unwrap().to_owned();
        document += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    let document = format!("<CompleteMultipartUpload>{document}</CompleteMultipartUpload>");
    house.ok("POST", &format!("/bucket/k?uploadId={id}"), document.as_bytes());
    for _ in 0..3 {
        assert!(house.ok("GET", "/bucket/k", b"").body == parts.concat());
    }
}

#[test]
fn a_reader_that_goes_away_leaves_the_others_alone() {
    let bytes = content(1, SIZE);
    let house = house(&[("k", &bytes)]);
    house.ok("GET", "/bucket/k", b"");
    for _ in 0..20 {
        let mut stream = house.connect();
        stream.write_all(&get("/bucket/k").bytes(&house.authority(), house.now())).unwrap();
        stream.read_exact(&mut [0; 100_000]).unwrap();
    }
    let answer = house.ok("GET", "/bucket/k", b"");
    assert!(answer.body == bytes);
}
