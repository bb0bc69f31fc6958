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

/// The strip.
#[component]
pub(super) fn Strip(state: SessionState) -> impl IntoView {
    let machine = state.part(machine);
    let now = state.now;
    let cells = move || {
        machine.with(|machine| {
            let states = machine.shares.iter().map(|share| cell(machine, share, now));
            states.collect_view()
        })
    };
    view! {
        <ol class="strip" aria-label="State: time spent in each">
            {cells}
            {move || machine.with(|machine| {
                let has_last = machine.has_loops || machine.skills.is_some();
                has_last.then(|| loops(machine, now))
            })}
        </ol>
    }
    .part()
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
}

fn cell(machine: &Machine, share: &StateShare, now: Signal<Timestamp>) -> Part {
    let look = state_look(&share.state);
    let current = share.state == machine.state;
    let visited = share.spent.as_micros() > 0;
    let class = match (current, visited) {
        (true, _) => format!("{} on", look.tone),
        (false, true) => look.tone.to_owned(),
        (false, false) => format!("{} todo", look.tone),
    };
    let before = share.spent;
    let sum: i64 = machine
        .shares
        .iter()
        .map(|share| share.spent.as_micros())
        .sum();
    let machine = machine.clone();
    let spent = move || {
        let lasting = machine.lasting(now.get());
        let own = before.plus(if current {
            lasting
        } else {
            Duration::default()
        });
        (own, lasting, sum + lasting.as_micros())
    };
    let spent = Memo::new(move |_| spent());
    let time = move || {
        let (own, lasting, _) = spent.get();
        let lasts = current && lasting.as_micros() > 0;
        match (own.as_micros() > 0, current) {
            // Where it was here before for a moment only, that is not worth the room.
            (true, _) if lasts && lasting.as_micros() < own.as_micros() / 10 * 9 => {
                let own = text::clock_span(own);
                view! { <span class="no-phone">{text::clock_span(lasting)}" of "</span>{own} }
                    .part()
            }
            (true, _) => text::clock_span(own).part(),
            (false, true) => "reached".part(),
            (false, false) => "–".part(),
        }
    };
    let width = move || {
        let (own, _, total) = spent.get();
        let share = own.as_micros() as f64 * 100.0 / total.max(1) as f64;
        format!("{share:.1}%")
    };
    view! {
        <li class=class aria-current=current.then_some("step")>
            {icon(look.icon)}
            <span class="n">{title_word(&share.state)}</span>
            <span class="d">{time}</span>
            <svg class="share" aria-hidden="true"><rect width=width></rect></svg>
        </li>
    }
    .part()
}

/// The last cell: loops done, and a pip an iteration of the budget.
fn loops(machine: &Machine, now: Signal<Timestamp>) -> Part {
    if let Some((ended, total, skill)) = &machine.skills {
        return skills(machine, *ended, *total, skill);
    }
    let pips = machine.most.filter(|most| *most <= MOST_PIPS).map(|most| {
        let pip = |number: u32| match number.cmp(&machine.iteration) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal if machine.over => "done",
            std::cmp::Ordering::Equal => "on",
            std::cmp::Ordering::Greater => "",
        };
        let pips = (1..=most)
            .map(|number| view! { <i class=pip(number)></i> })
            .collect_view();
        let label = format!("Iteration {} of {most}", machine.iteration);
        view! { <span class="pips" role="img" aria-label=label>{pips}</span> }
    });
    let (word, since, over) = (title_word(&machine.state), machine.since, machine.over);
    let phone = move || {
        if over {
            word.clone()
        } else {
            format!("{word} for {}", text::clock_span(now.get().since(since)))
        }
    };
    view! {
        <li class=format!("loops {}", state_look(&machine.state).tone)>
            <span class="n t2">{small_icon("loop")}{text::plural(machine.loops.into(), "loop")}</span>
            {pips}
            <span class="d only-phone">{phone}</span>
        </li>
    }
    .part()
}

/// The last cell of a run of skills: how many ended, and a pip a skill.
fn skills(machine: &Machine, ended: u64, total: Option<u64>, skill: &str) -> Part {
    let words = match total {
        Some(total) => format!("{ended} of {}", text::plural(total, "skill")),
        None => text::plural(ended, "skill"),
    };
    let pips = total
        .filter(|total| *total <= u64::from(MOST_PIPS))
        .map(|total| {
            let pip = |number: u64| match number {
                number if number < ended => "done",
                number if number == ended && !skill.is_empty() => "on",
                _ => "",
            };
            let pips = (0..total)
                .map(|number| view! { <i class=pip(number)></i> })
                .collect_view();
            view! { <span class="pips" role="img" aria-label=words.clone()>{pips}</span> }
        });
    view! {
        <li class=format!("loops {}", state_look(&machine.state).tone)>
            <span class="n t2">{words.clone()}</span>
            {pips}
            <span class="d only-phone cut">{skill.to_owned()}</span>
        </li>
    }
    .part()
}
