//! Deliveries: what channels were told, and what they answered. In: rows. Out: a list.

use leptos::prelude::*;
use loopscope_protocol::{Delivery, DeliveryState};

use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::text;
use crate::ui::small_icon;
use crate::visit::prefs;

/// The tab of deliveries.
pub(super) fn deliveries(rows: &[Delivery]) -> Part {
    let none = rows
        .is_empty()
        .then(|| view! { <p class="empty">"No deliveries yet."</p> });
    let rows = rows.iter().map(delivery).collect_view();
    view! { <section class="panel" aria-label="Deliveries"><ul class="rows">{rows}</ul>{none}</section> }.part()
}

fn delivery(row: &Delivery) -> Part {
    let (live, zone) = (live(), prefs().zone);
    let (tone, mark, word) = match row.state {
        DeliveryState::Pending => ("tone-halted", "clock", "retrying"),
        DeliveryState::Delivered => ("tone-success", "success", "delivered"),
        DeliveryState::Failed => ("tone-error", "error", "failed"),
    };
    let at = row.created_at;
    let when = move || text::day_and_minute(at, live.now.get(), zone.get());
    let answer = row.answer.clone().unwrap_or_default();
    let status = row
        .status
        .map(|status| format!("{status} "))
        .unwrap_or_default();
    view! {
        <li class=format!("alarm {tone}")>
            <span class="ct">{small_icon(mark)}<span class="sr">{word}</span></span>
            <span class="two grow">
                <span class="label cut">{row.summary.clone()}</span>
                <span class="small t3 cut">{row.channel.clone()}" · "{row.event.clone()}" · "{text::plural(u64::from(row.attempts), "attempt")}" · "{status}{answer}</span>
            </span>
            <span class="small t3 nowrap">{when}</span>
        </li>
    }
    .part()
}
