//! What each seed contributes, counterfactually. In: the accuracy with every choice of seeds left out. Out: for each
//! slot the accuracy with it less without it, and its Shapley value: the mean of what it adds over all orders in which
//! the seeds could have come.

use crate::field::{Field, SLOTS};

/// A row of the matrix: which slots are kept, and the accuracy with them, in percent.
pub type Row = ([bool; SLOTS.len()], f64);

/// The accuracy with every choice of the seeds that have a say; a matrix of one row where there is none.
pub fn matrix(field: &Field) -> Vec<Row> {
    let speaking: Vec<usize> = (0..SLOTS.len())
        .filter(|slot| speaks(field, *slot))
        .collect();
    let choices = 0..1_usize << speaking.len();
    choices
        .map(|choice| {
            let mut kept = [false; SLOTS.len()];
            for (bit, slot) in speaking.iter().enumerate() {
                kept[*slot] = choice >> bit & 1 == 1;
            }
            (kept, field.judge(kept).1)
        })
        .collect()
}

/// Whether a slot's seed has a say.
pub fn speaks(field: &Field, slot: usize) -> bool {
    field.slots[slot]
        .as_ref()
        .is_some_and(|seed| seed.alpha > 0.0)
}

/// Accuracy with a slot's seed less accuracy without it, in points, all others kept.
pub fn contribution(field: &Field, slot: usize) -> f64 {
    let mut kept = [true; SLOTS.len()];
    let with = field.judge(kept).1;
    kept[slot] = false;
    with - field.judge(kept).1
}

/// A Shapley value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shapley {
    /// The mean of what the slot adds, in points.
    pub mean: f64,
    /// How far that strays from order to order.
    pub std: f64,
    /// The number of orders.
    pub orders: usize,
}

/// The Shapley value of a slot; `None` where it is in no row of the matrix.
pub fn shapley(rows: &[Row], slot: usize) -> Option<Shapley> {
    let players: Vec<usize> = (0..SLOTS.len())
        .filter(|slot| rows.iter().any(|(kept, _)| kept[*slot]))
        .collect();
    if !players.contains(&slot) {
        return None;
    }
    let mut added = Vec::new();
    for order in orders(&players) {
        let mut kept = [false; SLOTS.len()];
        for player in order.iter().take_while(|player| **player != slot) {
            kept[*player] = true;
        }
        let without = accuracy(rows, kept)?;
        kept[slot] = true;
        added.push(accuracy(rows, kept)? - without);
    }
    let count = added.len() as f64;
    let mean = added.iter().sum::<f64>() / count;
    let variance = added.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / count;
    Some(Shapley {
        mean,
        std: variance.sqrt(),
        orders: added.len(),
    })
}

fn accuracy(rows: &[Row], kept: [bool; SLOTS.len()]) -> Option<f64> {
    rows.iter()
        .find(|(row, _)| *row == kept)
        .map(|(_, accuracy)| *accuracy)
}

/// Every order of these.
fn orders(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (place, first) in items.iter().enumerate() {
        let mut rest = items.to_vec();
        rest.remove(place);
        for mut order in orders(&rest) {
            order.insert(0, *first);
            all.push(order);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(accuracies: [f64; 8]) -> Vec<Row> {
        let row = |choice: usize| [0, 1, 2].map(|bit| choice >> bit & 1 == 1);
        accuracies
            .iter()
            .enumerate()
            .map(|(choice, one)| (row(choice), *one))
            .collect()
    }

    #[test]
    fn shapley_values_of_a_game_worked_out_by_hand() {
        // A alone 60, B alone 50 (as without), both 80: A adds 10 or 30, B adds 0 or 20.
        let rows = vec![
            ([false, false, false], 50.0),
            ([true, false, false], 60.0),
            ([false, true, false], 50.0),
            ([true, true, false], 80.0),
        ];
        let [first, second] = [0, 1].map(|slot| shapley(&rows, slot).unwrap());
        assert_eq!((first.mean, first.std, first.orders), (20.0, 10.0, 2));
        assert_eq!((second.mean, second.std), (10.0, 10.0));
        assert_eq!(shapley(&rows, 2), None);
    }

    proptest! {
        #[test]
        fn shapley_values_sum_up_to_what_all_add(accuracies: [u8; 8]) {
            let rows = rows(accuracies.map(f64::from));
            let sum: f64 = (0..3).map(|slot| shapley(&rows, slot).unwrap().mean).sum();
            prop_assert!((sum - (rows[7].1 - rows[0].1)).abs() < 1e-9);
        }
    }
}
