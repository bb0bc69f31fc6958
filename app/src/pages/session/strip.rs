//! The state strip: a cell a state with the time spent in it and its share of the run; the current one is lit.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_event::{Dialect, Duration, Timestamp};
use loopscope_protocol::StateShare;

use super::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, small_icon, state_look, title_word};

/// The most iterations that are drawn as pips.
const MOST_PIPS: u32 = 24;

/// What the strip shows.
#[derive(Debug, Clone, PartialEq)]
struct Machine {
    state: String,
    since: Timestamp,
    shares: Vec<StateShare>,
    over: bool,
    loops: u32,
    iteration: u32,
    most: Option<u32>,
    /// Of a run of skills: how many ended, how many it has, and which one runs.
    skills: Option<(u64, Option<u64>, String)>,
    /// Whether it goes round in passes.
    has_loops: bool,
}

fn machine(board: &Board) -> Machine {
    let machine = board.machine();
    // A state that stands for the worst is shown only once it came true.
    let shown = |share: &&StateShare| {
        let only_when_true = matches!(&*share.state, "FAILED" | "INTERRUPTED");
        !only_when_true || machine.state() == share.state
    };
    Machine {
        state: machine.state().to_owned(),
        since: machine.since(),
        shares: machine.shares().iter().filter(shown).cloned().collect(),
        over: machine.is_over(),
        loops: machine.loops(),
        iteration: machine.iteration(),
        most: board.header().max_iterations,
        skills: (board.header().dialect == Dialect::Orchestrator).then(|| {
            let skill = board.current_skill().unwrap_or_default().to_owned();
            (board.skills().ended(), board.steps_total(), skill)
        }),
        has_loops: match board.header().dialect {
            Dialect::Training => false,
            Dialect::Generic => machine.iteration() > 0,
            _ => true,
        },
    }
}

/// The strip. Its cells stand as long as their states do: what changes many times a second moves their figures, and
/// makes nothing anew.
#[component]
pub(super) fn Strip(state: SessionState) -> impl IntoView {
    let machine = state.part(machine);
    let now = state.now;
    let states = Memo::new(move |_| {
        let name = |share: &StateShare| share.state.clone();
        machine.with(|machine| machine.shares.iter().map(name).collect::<Vec<String>>())
    });
    let last = Memo::new(move |_| {
        machine.with(|machine| match machine.skills {
            Some(_) => Last::Skills,
            None if machine.has_loops => Last::Loops,
            None => Last::Nothing,
        })
    });
    view! {
        <ol class="strip" aria-label="State: time spent in each">
            <For each=move || states.get() key=String::clone let:state>
                {cell(machine, state, now)}
            </For>
            {move || match last.get() {
                Last::Skills => skills(machine),
                Last::Loops => loops(machine, now),
                Last::Nothing => ().part(),
            }}
        </ol>
    }
    .part()
}

/// Which cell stands last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Skills,
    Loops,
    Nothing,
}

/// What a cell tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stay {
    is_current: bool,
    /// In this state, what lasts included.
    spent: Duration,
    /// How long it lasts already.
    lasting: Duration,
    /// In all states.
    sum_us: i64,
}

impl Machine {
    /// How long the current state lasts already; nothing once the run is over.
    fn lasting(&self, now: Timestamp) -> Duration {
        if self.over {
            Duration::default()
        } else {
            now.since(self.since).max(Duration::default())
        }
    }

    fn stay(&self, state: &str, now: Timestamp) -> Stay {
        let spent = |share: &StateShare| share.spent;
        let before = self.shares.iter().find(|share| share.state == state);
        let before = before.map(spent).unwrap_or_default();
        let sum_us: i64 = self.shares.iter().map(|own| own.spent.as_micros()).sum();
        let is_current = self.state == state;
        let lasting = self.lasting(now);
        Stay {
            is_current,
            spent: if is_current {
                before.plus(lasting)
            } else {
                before
            },
            lasting,
            sum_us: sum_us + lasting.as_micros(),
        }
    }
}

fn cell(machine: Memo<Machine>, state: String, now: Signal<Timestamp>) -> Part {
    let look = state_look(&state);
    let name = title_word(&state);
    let stay = Memo::new(move |_| machine.with(|machine| machine.stay(&state, now.get())));
    let class = Memo::new(move |_| {
        let stay = stay.get();
        match (stay.is_current, stay.spent.as_micros() > 0) {
            (true, _) => format!("{} on", look.tone),
            (false, true) => look.tone.to_owned(),
            (false, false) => format!("{} todo", look.tone),
        }
    });
    let width = move || {
        let stay = stay.get();
        let share = stay.spent.as_micros() as f64 * 100.0 / stay.sum_us.max(1) as f64;
        format!("{share:.1}%")
    };
    // The first figure stands only where the second is a part of it.
    let now_of = Memo::new(move |_| lasts_of(stay.get()));
    let time = Memo::new(move |_| time_of(stay.get()));
    view! {
        <li class=move || class.get() aria-current=move || stay.get().is_current.then_some("step")>
            {icon(look.icon)}
            <span class="n">{name}</span>
            <span class="d"><span class="no-phone">{move || now_of.get()}</span>{move || time.get()}</span>
            <svg class="share" aria-hidden="true"><rect width=width></rect></svg>
        </li>
    }
    .part()
}

/// "0:12 of ", where it was here before: where that was for a moment only, it is not worth the room.
fn lasts_of(stay: Stay) -> String {
    let (spent, lasting) = (stay.spent.as_micros(), stay.lasting.as_micros());
    if stay.is_current && lasting > 0 && lasting < spent / 10 * 9 {
        format!("{} of ", text::clock_span(stay.lasting))
    } else {
        String::new()
    }
}

fn time_of(stay: Stay) -> String {
    match (stay.spent.as_micros() > 0, stay.is_current) {
        (true, _) => text::clock_span(stay.spent),
        (false, true) => "reached".to_owned(),
        (false, false) => "–".to_owned(),
    }
}

/// The last cell: loops done, and a pip an iteration of the budget.
fn loops(machine: Memo<Machine>, now: Signal<Timestamp>) -> Part {
    let pips = Memo::new(move |_| {
        machine.with(|machine| {
            let most = machine.most.filter(|most| *most <= MOST_PIPS)?;
            Some((most, machine.iteration, machine.over))
        })
    });
    let pips = move || {
        let (most, now, is_over) = pips.get()?;
        let pip = |number: u32| match number.cmp(&now) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal if is_over => "done",
            std::cmp::Ordering::Equal => "on",
            std::cmp::Ordering::Greater => "",
        };
        let label = format!("Iteration {now} of {most}");
        Some(row(&label, (1..=most).map(pip)))
    };
    let phase = move || {
        machine.with(|machine| {
            let word = title_word(&machine.state);
            if machine.over {
                word
            } else {
                format!(
                    "{word} for {}",
                    text::clock_span(now.get().since(machine.since))
                )
            }
        })
    };
    let count = move || machine.with(|machine| text::plural(machine.loops.into(), "loop"));
    view! {
        <li class=move || tone(machine)>
            <span class="n t2">{small_icon("loop")}{count}</span>
            {pips}
            <span class="d only-phone">{phase}</span>
        </li>
    }
    .part()
}

fn tone(machine: Memo<Machine>) -> String {
    machine.with(|machine| format!("loops {}", state_look(&machine.state).tone))
}

/// A pip each, by its class.
fn row(label: &str, pips: impl Iterator<Item = &'static str>) -> Part {
    let pips = pips
        .map(|class| view! { <i class=class></i> })
        .collect_view();
    view! { <span class="pips" role="img" aria-label=label.to_owned()>{pips}</span> }.part()
}

/// The last cell of a run of skills: how many ended, and a pip a skill.
fn skills(machine: Memo<Machine>) -> Part {
    let told =
        Memo::new(move |_| machine.with(|machine| machine.skills.clone().unwrap_or_default()));
    let words = move || told.with(|(ended, total, _)| ended_of(*ended, *total));
    let pips = move || {
        let (ended, total, skill) = told.get();
        let total = total.filter(|total| *total <= u64::from(MOST_PIPS))?;
        let pip = |number: u64| match number {
            number if number < ended => "done",
            number if number == ended && !skill.is_empty() => "on",
            _ => "",
        };
        Some(row(&ended_of(ended, Some(total)), (0..total).map(pip)))
    };
    let skill = move || told.with(|(_, _, skill)| skill.clone());
    view! {
        <li class=move || tone(machine)>
            <span class="n t2">{words}</span>
            {pips}
            <span class="d only-phone cut">{skill}</span>
        </li>
    }
    .part()
}

fn ended_of(ended: u64, total: Option<u64>) -> String {
    match total {
        Some(total) => format!("{ended} of {}", text::plural(total, "skill")),
        None => text::plural(ended, "skill"),
    }
}
