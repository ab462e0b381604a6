//! Which source samples a target sample is made of, and how much of each: Lanczos3, the sharpest common filter.

use std::f64::consts::PI;

/// Reach of the filter to either side, in samples of whichever of source and target is coarser.
const REACH: f64 = 3.0;
/// What the weights of a target sample add up to.
pub(super) const ONE: i16 = 1 << 14;

/// A row or column of target samples, and the stretch of the source that it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    /// Where the first target sample begins, in source samples. May be before the first one.
    pub(super) from: f64,
    /// Where the last target sample ends. May be after the last one.
    pub(super) to: f64,
    /// Number of target samples.
    pub(super) target: u32,
}

/// The weights of all samples of a row or column.
pub(super) struct Weights {
    /// Number of the first source sample, and where its weights begin and end in the list.
    of_target: Vec<(usize, usize, usize)>,
    values: Vec<i16>,
    most: usize,
}

impl Weights {
    /// For a source of `length` samples, whose first and last one are repeated beyond its ends.
    pub(super) fn new(span: Span, length: u32) -> Self {
        let mut made = Self { of_target: Vec::with_capacity(span.target as usize), values: Vec::new(), most: 0 };
        let step = (span.to - span.from) / f64::from(span.target);
        let mut exact = Vec::new();
        for index in 0..span.target {
            let center = span.from + (f64::from(index) + 0.5) * step;
            let first = exactly(center, step.max(1.0), f64::from(length - 1), &mut exact);
            let begin = made.values.len();
            quantize(&exact, &mut made.values);
            made.of_target.push((first, begin, made.values.len()));
            made.most = made.most.max(made.values.len() - begin);
        }
        made
    }

    /// Number of target samples.
    pub(super) fn len(&self) -> usize {
        self.of_target.len()
    }

    /// The first source sample of a target sample, and the weights from there on.
    pub(super) fn of(&self, target: usize) -> (usize, &[i16]) {
        let (first, begin, end) = self.of_target[target];
        (first, &self.values[begin..end])
    }

    /// The most source samples that one target sample is made of.
    pub(super) fn most(&self) -> usize {
        self.most
    }
}

/// Writes the weights of the target sample around `center`, and tells to which source sample the first belongs.
fn exactly(center: f64, scale: f64, last: f64, weights: &mut Vec<f64>) -> usize {
    weights.clear();
    let within = |sample: f64| sample.clamp(0.0, last);
    let start = (center - REACH * scale - 0.5).ceil();
    let end = (center + REACH * scale - 0.5).floor();
    let first = within(start);
    let mut sample = start;
    while sample <= end {
        let index = whole(within(sample) - first);
        weights.resize(weights.len().max(index + 1), 0.0);
        weights[index] += lanczos((sample + 0.5 - center) / scale);
        sample += 1.0;
    }
    whole(first)
}

/// sinc(x) times sinc(x / 3), where sinc(x) is sin(pi x) / (pi x). As sin(3a) is 3 sin(a) - 4 sin(a)^3, one sine is enough.
fn lanczos(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    if x.abs() >= REACH {
        return 0.0;
    }
    let angle = PI * x / REACH;
    let square = angle.sin().powi(2);
    square * (3.0 - 4.0 * square) / (3.0 * angle * angle)
}

/// Appends the weights as whole numbers that add up to [`ONE`], so that what is even stays so.
fn quantize(exact: &[f64], weights: &mut Vec<i16>) {
    let begin = weights.len();
    let sum: f64 = exact.iter().sum();
    weights.extend(exact.iter().map(|weight| nearest(weight / sum * f64::from(ONE))));
    let added = &mut weights[begin..];
    let missing = ONE - added.iter().sum::<i16>();
    if let Some(largest) = added.iter_mut().max_by_key(|weight| **weight) {
        *largest += missing;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are -2 to 2 times ONE")]
fn nearest(weight: f64) -> i16 {
    weight.round() as i16
}

/// A number of samples.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 on")]
fn whole(number: f64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sample_that_stays_as_it_is_is_made_of_itself() {
        let weights = Weights::new(Span { from: 0.0, to: 5.0, target: 5 }, 5);
        for index in 0..5 {
            let (first, taken) = weights.of(index);
            let of_itself = taken[index - first];
            assert!(of_itself == ONE && taken.iter().filter(|weight| **weight != 0).count() == 1);
        }
    }

    #[test]
    fn the_filter_is_lanczos() {
        let sinc = |x: f64| (PI * x).sin() / (PI * x);
        for x in [0.001, 0.4, 1.0, 1.7, 2.5, 2.999] {
            let expected = sinc(x) * sinc(x / 3.0);
            assert!((lanczos(x) - expected).abs() < 1e-9 && (lanczos(-x) - expected).abs() < 1e-9, "at {x}");
        }
    }

    proptest! {
        #[test]
        fn weights_are_of_the_source_and_add_up(
            length in 1..9_000_u32, target in 1..600_u32, before in 0.0..2.0_f64, after in 0.0..2.0_f64,
        ) {
            let weights = Weights::new(Span { from: -before, to: f64::from(length) + after, target }, length);
            prop_assert_eq!(weights.len(), target as usize);
            let mut last_end = 0;
            for index in 0..weights.len() {
                let (first, taken) = weights.of(index);
                let end = first + taken.len();
                prop_assert!(!taken.is_empty() && end <= length as usize && taken.len() <= weights.most());
                prop_assert!(end >= last_end, "the source is needed in order");
                prop_assert_eq!(taken.iter().map(|weight| i32::from(*weight)).sum::<i32>(), i32::from(ONE));
                last_end = end;
            }
        }
    }
}
