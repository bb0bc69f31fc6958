//! The names by prefix, with their counts: links that narrow the tab to one.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::asked::{PINNED, prefix};
use super::page::Page;
use crate::part::{IntoPart as _, Part};
use crate::text;

/// A group: its word in the address, its title, how many metrics it has.
type Group = (Option<String>, String, usize);

fn groups(names: &[String], pins: &[String]) -> Vec<Group> {
    let mut by_prefix: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *by_prefix.entry(prefix(name)).or_default() += 1;
    }
    let pinned = names.iter().filter(|name| pins.contains(name)).count();
    let mut groups = vec![(None, "All".to_owned(), names.len())];
    if pinned > 0 {
        groups.push((Some(PINNED.to_owned()), "Pinned".to_owned(), pinned));
    }
    let others = by_prefix.remove("");
    groups.extend(
        by_prefix
            .into_iter()
            .map(|(prefix, count)| (Some(prefix.to_owned()), prefix.to_owned(), count)),
    );
    if let Some(count) = others.filter(|_| groups.len() > 1) {
        groups.push((Some("/".to_owned()), "without a prefix".to_owned(), count));
    }
    groups
}

/// The groups.
#[component]
pub(super) fn Groups(page: Page, names: Memo<Vec<String>>) -> impl IntoView {
    let groups = Memo::new(move |_| {
        page.asked
            .with(|asked| names.with(|names| groups(names, &asked.pins)))
    });
    view! {
        <nav class="metric-groups" aria-label="Metric groups">
            {move || groups.get().into_iter().map(|group| link(page, group)).collect_view()}
        </nav>
    }
    .part()
}

fn link(page: Page, (group, title, count): Group) -> Part {
    let own = group.clone();
    let current = move || {
        page.asked
            .with(|asked| (asked.group == own).then_some("true"))
    };
    let href = move || {
        page.href(|asked| {
            asked.group.clone_from(&group);
            asked.more = 0;
        })
    };
    view! { <a href=href aria-current=current><span class="cut">{title}</span><span class="n">{text::count(count as u64)}</span></a> }.part()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_by_prefix() {
        let names = ["a/x", "a/y", "b/x", "loss"].map(str::to_owned);
        let told: Vec<_> = groups(&names, &["b/x".to_owned()])
            .into_iter()
            .map(|(_, title, count)| format!("{title} {count}"))
            .collect();
        assert_eq!(
            told,
            ["All 4", "Pinned 1", "a/ 2", "b/ 1", "without a prefix 1"]
        );
    }
}
