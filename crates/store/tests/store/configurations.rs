//! Configurations of a bucket: kept over a crash, gone with the bucket; and tags put on what is
//! expected.

use s3::Tags;
use store::{Configuration, StoreError, TagOptions};

use crate::fixture::{Findings, Fixture, key};

const BOTH: [Configuration; 2] = [Configuration::Policy, Configuration::PublicAccessBlock];

fn configured(house: &Fixture) -> [Option<Vec<u8>>; 2] {
    house.store.configurations(&house.bucket, BOTH).unwrap()
}

fn configure(house: &Fixture, which: Configuration, bytes: Option<&[u8]>) {
    let bytes = bytes.map(<[u8]>::to_vec);
    house.store.configure(&house.bucket, which, bytes).wait().unwrap();
}

#[test]
fn a_configuration_is_put_replaced_and_taken_off_and_survives_a_crash() {
    let house = Fixture::new();
    assert_eq!(configured(&house), [None, None]);
    configure(&house, Configuration::Policy, Some(&[7; 20_480]));
    configure(&house, Configuration::PublicAccessBlock, Some(b""));
    let house = house.crash();
    assert_eq!(configured(&house), [Some(vec![7; 20_480]), Some(vec![])]);
    configure(&house, Configuration::Policy, Some(b"other"));
    configure(&house, Configuration::PublicAccessBlock, None);
    let house = house.reopen();
    assert_eq!(configured(&house), [Some(b"other".to_vec()), None]);
    configure(&house, Configuration::Policy, None);
    configure(&house, Configuration::Policy, None);
    assert_eq!(configured(&house), [None, None]);
}

#[test]
fn a_new_bucket_has_no_configuration_of_an_old_one() {
    let house = Fixture::new();
    for which in BOTH {
        configure(&house, which, Some(b"old"));
    }
    house.store.delete_bucket(&house.bucket).wait().unwrap();
    let of_none = house.store.configurations(&house.bucket, BOTH);
    assert!(matches!(of_none, Err(StoreError::NoSuchBucket)));
    let put = house.store.configure(&house.bucket, Configuration::Policy, Some(vec![])).wait();
    assert!(matches!(put, Err(StoreError::NoSuchBucket)));
    house.store.create_bucket(&house.bucket, 2).wait().unwrap();
    assert_eq!(configured(&house), [None, None]);
}

#[test]
fn a_check_knows_configurations() {
    let house = Fixture::new();
    configure(&house, Configuration::Policy, Some(b"a policy"));
    let mut findings = Findings::default();
    house.store.inspection().check(&mut findings).unwrap();
    assert!(findings.0.is_empty(), "{:?}", findings.0);
}

#[test]
fn tags_are_put_on_an_object_with_the_expected_ones_alone() {
    let house = Fixture::new();
    house.put("k", b"x");
    let tags = |value: &str| Tags::known(vec![("a".into(), value.into())]);
    let put = |tags, expected| {
        let options = TagOptions { version: None, tags, expected };
        house.store.set_tags(&house.bucket, &key("k"), options).wait()
    };
    put(tags("1"), Some(Tags::default())).unwrap();
    assert!(matches!(put(tags("2"), Some(Tags::default())), Err(StoreError::Changed)));
    put(tags("3"), Some(tags("1"))).unwrap();
    assert_eq!(house.store.object(&house.bucket, &key("k")).unwrap().tags, tags("3"));
}
