//! Labels lie outside the plot, where plotters would push them back to its edge. In: any element. Out: the same
//! element, its points left where they are.

use plotters::coord::CoordTranslate;
use plotters::drawing::Rect;
use plotters::element::{CoordMapper, Drawable, PointCollection};
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};

/// An element that may lie outside its drawing area.
pub(crate) struct Unclipped<E>(pub(crate) E);

/// Coordinates as they are.
pub(crate) struct AsTheyAre;

impl CoordMapper for AsTheyAre {
    type Output = BackendCoord;

    fn map<CT: CoordTranslate>(coordinates: &CT, from: &CT::From, _: &Rect) -> BackendCoord {
        coordinates.translate(from)
    }
}

impl<'a, E> PointCollection<'a, BackendCoord, AsTheyAre> for &'a Unclipped<E>
where
    &'a E: PointCollection<'a, BackendCoord>,
{
    type Point = <&'a E as PointCollection<'a, BackendCoord>>::Point;
    type IntoIter = <&'a E as PointCollection<'a, BackendCoord>>::IntoIter;

    fn point_iter(self) -> Self::IntoIter {
        self.0.point_iter()
    }
}

impl<DB: DrawingBackend, E: Drawable<DB>> Drawable<DB, AsTheyAre> for Unclipped<E> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut DB,
        size: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        self.0.draw(points, backend, size)
    }
}
