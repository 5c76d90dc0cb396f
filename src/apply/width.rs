//! How many requests go side by side: a moderate number at first, soon many more if all goes well, half as many as soon as
//! the server is in trouble. From then on carefully more, as TCP does.

use std::num::NonZeroUsize;

/// Enough to hide a server's latency, few enough for a small one.
const FIRST: usize = 8;

/// The number, and how it came to it.
#[derive(Debug)]
pub(super) struct Width {
    now: usize,
    most: usize,
    /// Whether the server has been in trouble since the run began.
    is_careful: bool,
    /// Steps that went well since it last changed.
    well: usize,
    /// How often the server had been in trouble by then.
    troubles: u64,
}

impl Width {
    pub(super) fn new(most: NonZeroUsize, troubles: u64) -> Self {
        Self { now: FIRST.min(most.get()), most: most.get(), is_careful: false, well: 0, troubles }
    }

    pub(super) fn get(&self) -> usize {
        self.now
    }

    /// A step is over, and the server has been in trouble so often so far.
    pub(super) fn step_over(&mut self, troubles: u64) {
        self.well += 1;
        let enough = if self.is_careful { self.now } else { 1 };
        if troubles > self.troubles {
            self.now = (self.now / 2).max(1);
            self.is_careful = true;
        } else if self.well >= enough && self.now < self.most {
            self.now += 1;
        } else {
            return;
        }
        self.well = 0;
        self.troubles = troubles;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_while_all_goes_well_and_halves_in_trouble() {
        let mut width = Width::new(NonZeroUsize::new(10).unwrap(), 0);
        assert_eq!(width.get(), 8);
        (0..2).for_each(|_| width.step_over(0));
        assert_eq!(width.get(), 10);
        (0..100).for_each(|_| width.step_over(0));
        assert_eq!(width.get(), 10);
        width.step_over(3);
        assert_eq!(width.get(), 5);
        (0..5).for_each(|_| width.step_over(3));
        assert_eq!(width.get(), 6);
        (4..20).for_each(|troubles| width.step_over(troubles));
        assert_eq!(width.get(), 1);
        assert_eq!(Width::new(NonZeroUsize::MIN, 0).get(), 1);
    }
}
