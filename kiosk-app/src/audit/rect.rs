//! Rectangles in pixels from the upper left corner.

/// A rectangle; one without width or height is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl Rect {
    pub(super) const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub(super) fn right(self) -> f32 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f32 {
        self.y + self.height
    }

    pub(super) fn is_empty(self) -> bool {
        self.width <= 0.0 || self.height <= 0.0
    }

    pub(super) fn area(self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// What both have in common.
    pub(super) fn and(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        Self {
            x,
            y,
            width: (self.right().min(other.right()) - x).max(0.0),
            height: (self.bottom().min(other.bottom()) - y).max(0.0),
        }
    }

    /// The smallest that holds both; an empty one counts for nothing.
    pub(super) fn or(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self {
            x,
            y,
            width: self.right().max(other.right()) - x,
            height: self.bottom().max(other.bottom()) - y,
        }
    }

    /// How far it reaches beyond `other`, at the side where that is farthest.
    pub(super) fn beyond(self, other: Self) -> f32 {
        [
            other.x - self.x,
            other.y - self.y,
            self.right() - other.right(),
            self.bottom() - other.bottom(),
        ]
        .into_iter()
        .fold(0.0, f32::max)
    }

    /// Between the edges that are nearest, along the axis where they are farther apart; negative
    /// where they lie over each other.
    pub(super) fn gap(self, other: Self) -> f32 {
        let across = (other.x - self.right()).max(self.x - other.right());
        let down = (other.y - self.bottom()).max(self.y - other.bottom());
        across.max(down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_measured_between_edges_and_a_corner_by_its_longer_way() {
        let one = Rect::new(0.0, 0.0, 100.0, 100.0);
        assert_eq!(one.gap(Rect::new(124.0, 20.0, 50.0, 50.0)), 24.0);
        assert_eq!(one.gap(Rect::new(110.0, 130.0, 50.0, 50.0)), 30.0);
        assert!(one.gap(Rect::new(90.0, 90.0, 50.0, 50.0)) < 0.0);
    }

    #[test]
    fn what_reaches_out_of_its_box_is_measured_at_the_worst_side() {
        let place = Rect::new(10.0, 10.0, 100.0, 40.0);
        assert_eq!(Rect::new(10.0, 10.0, 100.0, 40.0).beyond(place), 0.0);
        assert_eq!(Rect::new(5.0, 0.0, 100.0, 40.0).beyond(place), 10.0);
    }
}
