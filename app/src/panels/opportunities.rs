//! Opportunities as cards: what it is, its class, how sure its finder is, what it may bring.
//!
//! In: rows. Out: a card each; over several systems, the panel of the newest with whose each is.

use leptos::prelude::*;
use loopscope_protocol::OpportunityRow;

use super::systems::SystemFilter;
use crate::part::{IntoPart as _, Part};
use crate::source::SessionKey;
use crate::store::{SessionRows, live};
use crate::text;
use crate::ui::sentence;

/// The most cards of the panel.
const MOST: usize = 6;

/// How a share of confidence reads: green from 80 per cent, amber from 60, red below.
fn tone(confidence: f64) -> &'static str {
    match confidence {
        share if share >= 0.8 => "tone-success",
        share if share >= 0.6 => "tone-warning",
        _ => "tone-error",
    }
}

/// A card; `of` is the system that found it and its page, where several are mixed.
pub fn opportunity_card(row: &OpportunityRow, of: Option<(String, String)>) -> Part {
    let now = live().now;
    let OpportunityRow {
        opportunity,
        found_at,
        ..
    } = row.clone();
    let title = match opportunity.title.as_str() {
        "" => "Untitled Opportunity".to_owned(),
        title => title.to_owned(),
    };
    let category = opportunity.category.unwrap_or_else(|| "General".to_owned());
    let confidence = opportunity.confidence.map_or_else(
        || view! { <b class="t3">"–"</b> }.part(),
        |share| {
            let figure = format!("{}%", text::decimal(share * 100.0, 1));
            view! { <b class=format!("ct {}", tone(share))>{figure}</b> }.part()
        },
    );
    let revenue = opportunity
        .revenue_potential
        .unwrap_or_else(|| "N/A".to_owned());
    let age = move || format!("{} ago", text::age(now.get().since(found_at)));
    let of = of.map(|(name, href)| view! { <a class="who cut" href=href>{name}</a>" · " });
    view! {
        <li class="opp">
            <p class="label">{title}</p>
            {opportunity.description.map(|text| view! { <p class="t2 text">{sentence(&text)}</p> })}
            <dl>
                <div><dt>"Confidence"</dt><dd>{confidence}</dd></div>
                <div><dt>"Revenue potential"</dt><dd><b>{revenue}</b></dd></div>
            </dl>
            <p class="small t3 foot">{of}<span>{age}</span><span class="badge">{category}</span></p>
        </li>
    }
    .part()
}

/// The newest opportunities over several systems.
#[component]
pub fn OpportunityPanel(
    /// The systems.
    rows: SessionRows,
    /// Which of them.
    filter: SystemFilter,
) -> impl IntoView {
    let newest = Memo::new(move |_| newest(rows, filter));
    let is_empty = Memo::new(move |_| newest.with(Vec::is_empty));
    move || {
        (!is_empty.get()).then(|| view! {
            <section class="panel" aria-label="Opportunities">
                <div class="panel-head"><h2>"Newest opportunities"</h2></div>
                <ul class="opps">
                    {move || newest.with(|rows| {
                        let cards = rows.iter().map(|(row, of)| opportunity_card(row, Some(of.clone())));
                        cards.collect_view()
                    })}
                </ul>
            </section>
        })
    }
}

/// An opportunity, and the name and page of the system that found it.
type Found = (OpportunityRow, (String, String));

fn newest(rows: SessionRows, filter: SystemFilter) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (key, row) in rows.list() {
        row.with(|session| {
            let (true, Some(crew)) = (filter.shows(session), &session.crew) else {
                return;
            };
            let of = || (session.name.clone(), opportunities_of(&key));
            found.extend(crew.newest.iter().map(|row| (row.clone(), of())));
        });
    }
    found.sort_by_key(|(row, _)| std::cmp::Reverse(row.found_at));
    found.truncate(MOST);
    found
}

fn opportunities_of(key: &SessionKey) -> String {
    key.page("opportunities")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_reads_green_amber_red() {
        for (share, expected) in [
            (1.0, "tone-success"),
            (0.8, "tone-success"),
            (0.799, "tone-warning"),
            (0.6, "tone-warning"),
            (0.599, "tone-error"),
            (0.0, "tone-error"),
        ] {
            assert_eq!(tone(share), expected, "{share}");
        }
    }
}
