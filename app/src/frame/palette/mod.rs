//! The command palette: what can be asked of the open session, its tabs, pages, sessions by name, looks, times.
//!
//! In: the commands of the page that is open ([`Commands`]), what is typed. Out: what was chosen, done. Verbs come first.
//! What a page offers runs as its buttons do: a command of a session opens the dialog that confirms it.

mod entries;
mod opened;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use self::opened::Opened;
use crate::part::IntoPart as _;
use crate::text::Zone;
use crate::visit::Theme;
use crate::world;

pub(super) const DIALOG: &str = "palette";

/// Something that can be chosen.
#[derive(Clone)]
pub struct Command {
    /// The heading that it stands under.
    pub group: &'static str,
    /// The icon's name.
    pub icon: &'static str,
    /// The verb and its target: `Halt payments-api`.
    pub title: String,
    /// What stands at the row's end: a key, a target.
    pub hint: String,
    /// What choosing it does.
    pub does: Does,
}

/// What choosing does.
#[derive(Clone)]
pub enum Does {
    /// Goes to an address.
    Go(String),
    /// Presses the element of a selector.
    Press(&'static str),
    /// Calls back.
    Run(Callback<()>),
    /// Changes the look.
    Theme(Theme),
    /// Changes the zone of times.
    Zone(Zone),
    /// Asks for another zone.
    OtherZone,
    /// Puts a link to this view on the clipboard.
    CopyLink,
    /// Opens the dialog with this id.
    Open(&'static str),
}

type Offer = Arc<dyn Fn() -> Vec<Command> + Send + Sync>;

/// What the page that is open can do, and whether the palette is open.
#[derive(Clone, Copy)]
pub struct Commands {
    offers: StoredValue<Vec<(u64, Offer)>>,
    next: StoredValue<u64>,
    is_open: RwSignal<bool>,
}

impl Commands {
    /// Provides it to all pages.
    pub fn provide() -> Self {
        let commands = Self {
            offers: StoredValue::new(Vec::new()),
            next: StoredValue::new(0),
            is_open: RwSignal::new(false),
        };
        provide_context(commands);
        commands
    }

    /// What a part of a page can do, for as long as it is there. It is asked when the palette opens.
    pub fn offer(self, offer: impl Fn() -> Vec<Command> + Send + Sync + 'static) {
        let own = self.next.get_value();
        self.next.set_value(own + 1);
        let offer: Offer = Arc::new(offer);
        self.offers.update_value(|offers| offers.push((own, offer)));
        on_cleanup(move || {
            self.offers
                .try_update_value(|offers| offers.retain(|(id, _)| *id != own));
        });
    }

    /// What can be done right now.
    fn offered(self) -> Vec<Command> {
        let offers = self.offers.get_value();
        untrack(|| offers.iter().flat_map(|(_, offer)| offer()).collect())
    }

    /// Opens the palette, or closes it where it is open; over another dialog it does not open.
    pub fn toggle(self) {
        if is_shown() {
            world::close_dialog(DIALOG);
        } else if !world::has_dialog() {
            // It may have closed a moment ago, and not have been told so yet.
            self.is_open.set(false);
            self.is_open.set(true);
        }
    }
}

/// Whether the dialog stands open. The browser tells of its closing only later.
fn is_shown() -> bool {
    world::has("#palette[open]")
}

/// What the page that is open can do.
pub fn commands() -> Commands {
    expect_context()
}

/// The dialog. Its contents are made when it opens.
#[component]
pub fn Palette() -> impl IntoView {
    let is_open = commands().is_open;
    let went = StoredValue::new(false);
    let path = use_location().pathname;
    // What had the focus may be gone with the page that it was on.
    Effect::new(move || {
        path.track();
        if went.try_update_value(std::mem::take).unwrap_or_default() {
            world::next_frame(|| {
                if world::is_focus_lost() {
                    world::focus("main");
                }
            });
        }
    });
    view! {
        <dialog
            class="palette" id=DIALOG aria-label="Commands"
            on:close=move |_| if !is_shown() { is_open.set(false) }
            on:click=|event| world::close_where_outside(&event, DIALOG)
        >
            {move || is_open.get().then(|| view! { <Opened went /> })}
        </dialog>
    }
    .part()
}
