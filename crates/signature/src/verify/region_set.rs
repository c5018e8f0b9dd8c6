//! Whether the regions that a SigV4A signature is for cover the verifier's.
//!
//! A list such as `us-east-1,eu-*` or `*`. A star stands at an entry's end; anywhere else it covers
//! nothing, since nobody has said what it would mean there.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

use super::error::{RegionSetFault, lossy};

/// Settles it for the list that was sent.
pub(super) fn covers(region_set: Option<&[u8]>, region: &str) -> Result<(), RegionSetFault> {
    let list = region_set.ok_or(RegionSetFault::Missing)?;
    let is_covered = list.split(|&b| b == b',').any(|entry| entry_covers(entry, region.as_bytes()));
    if is_covered { Ok(()) } else { Err(RegionSetFault::Elsewhere(lossy(list))) }
}

fn entry_covers(entry: &[u8], region: &[u8]) -> bool {
    let entry = entry.trim_ascii();
    match entry.strip_suffix(b"*") {
        Some(beginning) => region.starts_with(beginning),
        None => entry == region,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_covered_by_its_name_or_by_how_it_begins() {
        for set in ["us-east-1", "*", "us-*", "eu-west-1, us-east-1", "eu-*,us-e*,x", "us-east-1*"]
        {
            assert_eq!(covers(Some(set.as_bytes()), "us-east-1"), Ok(()), "{set}");
        }
    }

    #[test]
    fn other_regions_and_stars_elsewhere_cover_nothing() {
        for set in ["", ",", "us-east-2", "us-east-11", "us-", "US-EAST-1", "eu-*", "us-*-1", "**"]
        {
            let fault = RegionSetFault::Elsewhere(set.into());
            assert_eq!(covers(Some(set.as_bytes()), "us-east-1"), Err(fault), "{set}");
        }
        assert_eq!(covers(None, "us-east-1"), Err(RegionSetFault::Missing));
    }
}
