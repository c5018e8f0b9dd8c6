//! Listings: order, prefixes, delimiters, pages.

use store::{Entry, ListQuery};

use crate::fixture::Fixture;

const KEYS: [&str; 10] =
    ["a", "a/", "a/1", "a/2", "a0", "b//c", "b/c", "\u{e9}", "\u{ffff}", "\u{1f600}"];

fn house() -> Fixture {
    let house = Fixture::new();
    for key in KEYS.iter().rev() {
        house.put(key, b"v");
    }
    house
}

fn texts(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(Entry::text).collect()
}

/// All pages of one limit, joined; each but the last must be full.
fn pages(house: &Fixture, mut query: ListQuery) -> Vec<Entry> {
    let mut all = Vec::new();
    loop {
        let listing = house.store.list(&house.bucket, &query).unwrap();
        assert!(listing.next.is_none() || listing.entries.len() == query.limit);
        all.extend(listing.entries);
        match listing.next {
            Some(next) => query.after = Some(next),
            None => return all,
        }
    }
}

fn query(prefix: &str, delimiter: &str, after: Option<&str>) -> ListQuery {
    ListQuery {
        prefix: prefix.into(),
        delimiter: Some(delimiter.into()),
        after: after.map(str::to_owned),
        limit: 1000,
    }
}

#[test]
fn keys_are_in_the_order_of_their_bytes() {
    assert_eq!(texts(&pages(&house(), query("", "", None))), KEYS);
}

#[test]
fn pages_of_any_size_join_to_the_whole() {
    let house = house();
    for (prefix, delimiter) in [("", ""), ("", "/"), ("a", "/"), ("b/", "/"), ("", "//")] {
        let whole = pages(&house, query(prefix, delimiter, None));
        for limit in 1..5 {
            let paged = pages(&house, ListQuery { limit, ..query(prefix, delimiter, None) });
            assert_eq!(paged, whole, "{prefix} {delimiter} {limit}");
        }
    }
}

#[test]
fn keys_are_rolled_up_to_the_first_delimiter_behind_the_prefix() {
    let house = house();
    let list = |prefix, delimiter, after| {
        let entries = pages(&house, query(prefix, delimiter, after));
        texts(&entries).join(" ")
    };
    assert_eq!(list("", "/", None), "a a/ a0 b/ \u{e9} \u{ffff} \u{1f600}");
    assert_eq!(list("a", "/", None), "a a/ a0");
    assert_eq!(list("a/", "/", None), "a/ a/1 a/2");
    assert_eq!(list("b/", "/", None), "b// b/c");
    assert_eq!(list("", "//", Some("a0")), "b// b/c \u{e9} \u{ffff} \u{1f600}");
    assert_eq!(list("a", "/", Some("a/")), "a0");
    assert_eq!(list("a", "/", Some("a/1")), "a0");
    assert_eq!(list("a/", "/", Some("a/")), "a/1 a/2");
    assert_eq!(list("b", "/", Some("a")), "b/");
    assert_eq!(list("b", "/", Some("c")), "");
    assert_eq!(list("nothing", "/", None), "");
}

#[test]
fn strange_queries_are_answered() {
    let house = house();
    let none = ListQuery { limit: 0, ..query("", "", None) };
    let listing = house.store.list(&house.bucket, &none).unwrap();
    assert_eq!((listing.entries, listing.next), (vec![], None));
    let long = "a".repeat(5000);
    assert_eq!(pages(&house, query(&long, "/", None)), []);
    assert_eq!(pages(&house, query("", "", Some(&long))).len(), 5);
    assert_eq!(pages(&house, query("", "", Some(""))).len(), KEYS.len());
}

#[test]
fn the_longest_keys_are_kept() {
    let house = Fixture::new();
    for last in ["\u{0}", "\u{7f}"] {
        let key = ["k".repeat(1023).as_str(), last].concat();
        house.put(&key, key.as_bytes());
        assert_eq!(house.get(&key).unwrap(), key.as_bytes());
    }
    assert_eq!(pages(&house, query("k", "", None)).len(), 2);
}
