//! How a session's events move its widgets. In: widgets as a snapshot has them, and events. Out: their pictures.
//!
//! Behind a trait, so that only pages that fold bring the code that reads events: the Overview's first load is without it.

use loopscope_board::widgets::{Plan, WidgetShown, check};
use loopscope_event::{Event, Seq};

use crate::store::Taken;

/// What became of events.
pub struct Folded {
    /// Whether they followed what was there.
    pub taken: Taken,
    /// Whether a picture changed.
    pub moved: bool,
}

impl Default for Folded {
    fn default() -> Self {
        Self {
            taken: Taken::Fits,
            moved: false,
        }
    }
}

/// What moves widgets.
pub trait Folding: Send + Sync {
    /// Other widgets are shown from now on.
    fn begin(&mut self, shown: &[WidgetShown]);
    /// Folds events into what pictures are made of.
    fn take(&self, shown: &mut [WidgetShown], events: &[Event]) -> Folded;
    /// Makes the pictures.
    fn draw(&self, shown: &mut [WidgetShown]);
}

/// The events of one session, folded as the server folds them.
#[derive(Debug, Default)]
pub struct SessionFolding {
    /// Of each widget, what its declaration means; none of a pushed one.
    plans: Vec<Option<Plan>>,
}

impl Folding for SessionFolding {
    fn begin(&mut self, shown: &[WidgetShown]) {
        let plan = |own: &WidgetShown| check(own.widget.spec.as_ref()?).ok();
        self.plans = shown.iter().map(plan).collect();
    }

    fn take(&self, shown: &mut [WidgetShown], events: &[Event]) -> Folded {
        let mut folded = Folded::default();
        for (own, plan) in shown.iter_mut().zip(&self.plans) {
            let (Some(fold), Some(plan)) = (&mut own.fold, plan) else {
                continue;
            };
            for event in events {
                if event.seq > Seq(fold.seq.0 + 1) {
                    folded.taken = Taken::Gap;
                    break;
                }
                folded.moved |= fold.apply(plan, event);
            }
        }
        folded
    }

    fn draw(&self, shown: &mut [WidgetShown]) {
        for (own, plan) in shown.iter_mut().zip(&self.plans) {
            if let (Some(fold), Some(plan)) = (&own.fold, plan) {
                own.picture = (fold.taken > 0).then(|| fold.picture(plan));
            }
        }
    }
}
