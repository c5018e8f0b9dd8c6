//! Changes while others look: a policy holds from its answer on, and tags are those of what is
//! given out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use testbed::{Auth, House, Request};

use super::{anonymous, furnish, house, put_policy, statement};

/// Runs `change` while readers of the public do `read` again and again.
fn amid(house: &House, read: impl Fn(&House) + Sync, change: impl FnOnce(&House)) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    read(house);
                }
            });
        }
        change(house);
        is_over.store(true, Ordering::SeqCst);
    });
}

fn status(house: &House) -> u16 {
    anonymous(house, "GET", "/bucket/key").status
}

#[test]
fn a_policy_holds_from_its_answer_on_whoever_looks_meanwhile() {
    let house = house();
    let looks = |house: &House| assert!([200, 403, 404].contains(&status(house)));
    amid(&house, looks, |house| {
        for _ in 0..40 {
            put_policy(house, &[statement("Allow", "s3:GetObject", "")]);
            assert_eq!(status(house), 200);
            house.ok("DELETE", "/bucket?policy", b"");
            assert_eq!(status(house), 403);
        }
    });
}

#[test]
fn a_new_bucket_has_no_policy_of_an_old_one_whoever_looks_meanwhile() {
    let house = house();
    let looks = |house: &House| assert!([200, 403, 404].contains(&status(house)));
    amid(&house, looks, |house| {
        for _ in 0..20 {
            put_policy(house, &[statement("Allow", "s3:GetObject", "")]);
            assert_eq!(status(house), 200);
            house.ok("DELETE", "/bucket/key", b"");
            house.ok("DELETE", "/bucket", b"");
            furnish(house);
            assert_eq!(status(house), 403);
        }
    });
}

#[test]
fn what_is_given_out_has_the_tags_that_it_was_given_out_for() {
    let house = house();
    let public = r#""StringEquals": {"s3:ExistingObjectTag/class": "public"}"#;
    put_policy(
        &house,
        &[
            statement("Allow", "s3:GetObject", public),
            statement("Allow", "s3:PutObjectTagging", public),
        ],
    );
    let put = |house: &House, class: &str| {
        let request = Request::new("PUT", "/bucket/key").auth(Auth::Header);
        let request = request.header("x-amz-tagging", &format!("class={class}"));
        assert_eq!(house.send(&request.body(class.as_bytes())).status, 200);
    };
    put(&house, "public");
    let tags =
        "<Tagging><TagSet><Tag><Key>class</Key><Value>public</Value></Tag></TagSet></Tagging>";
    let looks = |house: &House| {
        let got = anonymous(house, "GET", "/bucket/key");
        assert!(got.status == 403 || got.body == b"public", "{}", got.text());
        let request = Request::new("PUT", "/bucket/key?tagging").body(tags.as_bytes());
        let put = house.send(&request).status;
        assert!([200, 403, 409].contains(&put), "{put}");
    };
    amid(&house, looks, |house| {
        for _ in 0..150 {
            put(house, "secret");
            put(house, "public");
        }
    });
}
