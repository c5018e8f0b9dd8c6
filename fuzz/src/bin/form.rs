//! Forms for browsers: no policy and no fields panic, what is signed verifies, and a form that
//! verifies has the fields that its policy allows and no others.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>

#![no_main]

use hallpass_fuzz::form::{allows, fields_of, is_free, sealed, verify};
use hallpass_fuzz::{REGION, credentials, now};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use signature::form::{Form, PostPolicy};

fuzz_target!(|input: &[u8]| {
    // The first byte decides between a policy as it is and one that is made.
    match input.split_first() {
        Some((b'{', _)) => written(input),
        // An input too short for a policy says nothing.
        Some((_, rest)) => made(&mut Unstructured::new(rest)).unwrap_or_default(),
        None => {}
    }
});

/// A line with a policy, one with the name of the file, and one for each field.
fn written(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.split('\n');
    let (policy, file_name) = (lines.next().unwrap_or(""), lines.next());
    let fields = lines.filter_map(|line| line.split_once('='));
    let fields = fields.map(|(n, v)| (n.to_owned(), v.to_owned())).chain(sealed(policy)).collect();
    let Ok(form) = Form::new("bucket", fields, file_name) else { return };
    if verify(&form) {
        assert!(allows(policy, &form), "{policy} allows {:?}", fields_of(&form));
    }
}

fn made(bytes: &mut Unstructured<'_>) -> Result<()> {
    let is_legacy = bytes.arbitrary()?;
    let key: &str = bytes.arbitrary()?;
    let key = key.trim_end_matches("${filename}");
    let mut policy = PostPolicy::new("bucket", key, now().plus(60));
    let mut names = vec!["key".to_owned()];
    for _ in 0..bytes.int_in_range(0..=3)? {
        let (name, value): (&str, &str) = bytes.arbitrary()?;
        if is_free(name) && !names.contains(&name.to_ascii_lowercase()) {
            policy = policy.field(name, value);
            names.push(name.to_ascii_lowercase());
        }
    }
    let signed = if is_legacy {
        policy.sign_legacy(&credentials(None))
    } else {
        policy.sign(&credentials(None), REGION, now())
    };
    let mut fields: Vec<_> = signed.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    // Too long, or without a key, is none.
    let Ok(form) = Form::new("bucket", fields.clone(), None) else { return Ok(()) };
    assert!(verify(&form), "what is signed verifies: {:?}", fields_of(&form));
    change(&mut fields, bytes)?;
    let Ok(changed) = Form::new("bucket", fields, None) else { return Ok(()) };
    if verify(&changed) {
        assert_eq!(fields_of(&changed), fields_of(&form), "another form verifies");
    }
    Ok(())
}

/// Another value for a field, or one more, or one less.
fn change(fields: &mut Vec<(String, String)>, bytes: &mut Unstructured<'_>) -> Result<()> {
    let at = bytes.choose_index(fields.len())?;
    let (name, value): (&str, &str) = bytes.arbitrary()?;
    match bytes.int_in_range(0..=2)? {
        0 => fields[at].1 = value.to_owned(),
        1 => fields.push((name.to_owned(), value.to_owned())),
        _ => drop(fields.remove(at)),
    }
    Ok(())
}
