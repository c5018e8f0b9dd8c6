//! Lists in pages. The marker is the name that the page before ended with, so that what comes and
//! goes between two pages neither hides nor repeats anything.

use crate::error::IamError;
use crate::limits::{PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX};

/// Which page of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paging<'a> {
    /// What the page before ended with.
    pub marker: Option<&'a str>,
    /// How many items; 100 when nothing is said.
    pub max_items: Option<usize>,
    /// What the path has to begin with, where there are paths.
    pub path_prefix: Option<&'a str>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// The items, in the order of their names.
    pub items: Vec<T>,
    /// What the next page begins behind; none when there is no more.
    pub marker: Option<String>,
}

impl Paging<'_> {
    /// A page of items that come in the order of their markers.
    pub(super) fn cut<T>(
        self,
        items: impl Iterator<Item = (String, T)>,
    ) -> Result<Listing<T>, IamError> {
        let max = self.max_items.unwrap_or(PAGE_ITEMS_DEFAULT);
        if !(1..=PAGE_ITEMS_MAX).contains(&max) {
            return Err(IamError::Validation(format!(
                "MaxItems must be between 1 and {PAGE_ITEMS_MAX}."
            )));
        }
        let is_behind = |name: &str| self.marker.is_none_or(|marker| name > marker);
        let mut rest = items.filter(|(name, _)| is_behind(name));
        let page: Vec<(String, T)> = rest.by_ref().take(max).collect();
        let last = page.last().map(|(name, _)| name.clone());
        let marker = last.filter(|_| rest.next().is_some());
        Ok(Listing { items: page.into_iter().map(|(_, item)| item).collect(), marker })
    }

    /// Whether a path is asked for.
    pub(super) fn has_path(self, path: &str) -> bool {
        self.path_prefix.is_none_or(|prefix| path.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(marker: Option<&str>, max_items: usize) -> Listing<u8> {
        let items = [("a", 1), ("b", 2), ("c", 3)].map(|(name, item)| (name.to_owned(), item));
        let paging = Paging { marker, max_items: Some(max_items), path_prefix: None };
        paging.cut(items.into_iter()).unwrap()
    }

    #[test]
    fn pages_follow_one_another_to_the_end() {
        assert_eq!(page(None, 2), Listing { items: vec![1, 2], marker: Some("b".into()) });
        assert_eq!(page(Some("b"), 2), Listing { items: vec![3], marker: None });
        assert_eq!(page(None, 3), Listing { items: vec![1, 2, 3], marker: None });
    }

    #[test]
    fn a_page_goes_on_behind_an_item_that_is_gone() {
        assert_eq!(page(Some("aa"), 1), Listing { items: vec![2], marker: Some("b".into()) });
    }

    #[test]
    fn pages_of_none_and_of_too_many_are_refused() {
        for max in [0, 1001] {
            let paging = Paging { max_items: Some(max), ..Paging::default() };
            assert!(paging.cut::<u8>(std::iter::empty()).is_err());
        }
    }
}
