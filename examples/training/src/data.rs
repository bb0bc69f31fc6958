//! The data, made here: two spirals wound into each other. In: a generator. Out: points, each with the spiral it is of.

use crate::random::Random;

/// How often each spiral goes round.
const TURNS: f64 = 1.6;
/// How far points stray from their spiral.
const NOISE: f64 = 0.035;

/// A point of the plane.
pub type Point = [f64; 2];

/// Points, and to which of the two classes each belongs.
#[derive(Debug, Clone, Default)]
pub struct Data {
    /// The points, within about −1 to 1.
    pub points: Vec<Point>,
    /// 0 or 1.
    pub labels: Vec<usize>,
}

/// Two spirals of so many points together.
pub fn spirals(points: usize, random: &mut Random) -> Data {
    let mut data = Data::default();
    for number in 0..points {
        let label = number % 2;
        // The root spreads the points evenly along the spiral.
        let along = random.unit().sqrt();
        let angle = TURNS * std::f64::consts::TAU * along + std::f64::consts::PI * label as f64;
        let stray = [random.normal() * NOISE, random.normal() * NOISE];
        data.points.push([
            along * angle.cos() + stray[0],
            along * angle.sin() + stray[1],
        ]);
        data.labels.push(label);
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spirals_are_equal_in_number_and_lie_in_the_plane() {
        let data = spirals(400, &mut Random::new(1, 0));
        assert_eq!(data.labels.iter().sum::<usize>(), 200);
        let far = data
            .points
            .iter()
            .flatten()
            .fold(0.0_f64, |far, x| far.max(x.abs()));
        assert!(far > 0.8 && far < 1.3, "{far}");
    }
}
