//! What the samples of a coded picture mean: their range, and how they were made of red, green and blue.

use heic_rs::{MatrixCoefficients, Nclx, Range};

use super::bits::{Bits, payload};

/// Sets of reference pictures that a sequence may declare (ITU-T H.265, 7.4.3.2.1).
const MAX_REFERENCE_SETS: u32 = 64;
/// Pictures that one of them may hold.
const MAX_REFERENCES: u32 = 16;

/// How samples are to be understood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Signal {
    pub(super) range: Range,
    pub(super) matrix: MatrixCoefficients,
}

/// What is not said is inferred: limited range (ITU-T H.265, E.3.1), and the matrix of JPEG, as other readers have it.
impl Default for Signal {
    fn default() -> Self {
        Self { range: Range::Limited, matrix: MatrixCoefficients::Bt601 }
    }
}

impl Signal {
    /// By the colour box of the container.
    pub(super) fn of_nclx(nclx: &Nclx) -> Self {
        Self { range: nclx.range, matrix: known(nclx.matrix) }
    }

    /// By the sequence parameter set (a NAL unit) of the coded picture; none where it does not say.
    pub(super) fn of_sequence(nal: &[u8]) -> Option<Self> {
        let payload = payload(nal)?;
        let mut bits = Bits::new(&payload);
        skip_to_usability_information(&mut bits)?;
        video_signal(&mut bits)
    }
}

fn known(matrix: MatrixCoefficients) -> MatrixCoefficients {
    match matrix {
        MatrixCoefficients::Unspecified | MatrixCoefficients::Other(_) => Signal::default().matrix,
        known => known,
    }
}

/// `seq_parameter_set_rbsp` (7.3.2.2.1), up to where its video usability information begins; none where it has none.
fn skip_to_usability_information(bits: &mut Bits) -> Option<()> {
    bits.skip(4)?;
    let sub_layers = bits.number(3)?;
    bits.skip(1)?;
    skip_profile(bits, sub_layers)?;
    bits.golomb()?; // id
    if bits.golomb()? == 3 {
        bits.skip(1)?; // separate colour planes
    }
    bits.golomb()?; // width
    bits.golomb()?; // height
    if bits.flag()? {
        (0..4).try_for_each(|_| bits.golomb().map(|_| ()))?; // conformance window
    }
    bits.golomb()?; // depth of luma
    bits.golomb()?; // depth of chroma
    let order_bits = bits.golomb()?.checked_add(4)?;
    let for_each_layer = bits.flag()?;
    let layers = if for_each_layer { sub_layers + 1 } else { 1 };
    (0..3 * layers).try_for_each(|_| bits.golomb().map(|_| ()))?;
    (0..6).try_for_each(|_| bits.golomb().map(|_| ()))?; // sizes of blocks, depths of their trees
    if bits.flag()? && bits.flag()? {
        skip_scaling_lists(bits)?;
    }
    bits.skip(2)?; // asymmetric partitions, sample adaptive offset
    if bits.flag()? {
        bits.skip(8)?; // depths of PCM samples
        bits.golomb()?;
        bits.golomb()?;
        bits.skip(1)?;
    }
    skip_reference_sets(bits)?;
    if bits.flag()? {
        let pictures = bits.golomb()?;
        (0..pictures.min(33)).try_for_each(|_| bits.skip(order_bits as usize + 1))?;
    }
    bits.skip(2)?; // temporal motion vectors, strong intra smoothing
    bits.flag()?.then_some(())
}

/// `profile_tier_level` (7.3.3).
fn skip_profile(bits: &mut Bits, sub_layers: u32) -> Option<()> {
    bits.skip(88 + 8)?;
    let present: Vec<(bool, bool)> =
        (0..sub_layers).map(|_| Some((bits.flag()?, bits.flag()?))).collect::<Option<_>>()?;
    if sub_layers > 0 {
        bits.skip(2 * (8 - sub_layers as usize))?;
    }
    present.into_iter().try_for_each(|(profile, level)| {
        bits.skip(if profile { 88 } else { 0 })?;
        bits.skip(if level { 8 } else { 0 })
    })
}

/// `scaling_list_data` (7.3.4).
fn skip_scaling_lists(bits: &mut Bits) -> Option<()> {
    for size in 0..4_u32 {
        let step = if size == 3 { 3 } else { 1 };
        for _ in (0..6).step_by(step) {
            if !bits.flag()? {
                bits.golomb()?;
                continue;
            }
            let coefficients = 64.min(1 << (4 + (size << 1)));
            let first = u32::from(size > 1);
            (0..coefficients + first).try_for_each(|_| bits.golomb().map(|_| ()))?;
        }
    }
    Some(())
}

/// All `st_ref_pic_set` (7.3.7): what a still picture refers to is nothing, but some encoders declare it.
fn skip_reference_sets(bits: &mut Bits) -> Option<()> {
    let sets = bits.golomb()?;
    if sets > MAX_REFERENCE_SETS {
        return None;
    }
    let mut references_before = 0;
    for set in 0..sets {
        let predicted = set > 0 && bits.flag()?;
        references_before = if predicted {
            bits.skip(1)?;
            bits.golomb()?;
            let mut kept = 0;
            for _ in 0..=references_before {
                let used = bits.flag()?;
                kept += u32::from(used || bits.flag()?);
            }
            kept
        } else {
            let count = bits.golomb()?.checked_add(bits.golomb()?)?;
            if count > MAX_REFERENCES {
                return None;
            }
            (0..count).try_for_each(|_| {
                bits.golomb()?;
                bits.skip(1)
            })?;
            count
        };
    }
    Some(())
}

/// The beginning of `vui_parameters` (E.2.1).
fn video_signal(bits: &mut Bits) -> Option<Signal> {
    const EXTENDED_ASPECT_RATIO: u32 = 255;
    if bits.flag()? && bits.number(8)? == EXTENDED_ASPECT_RATIO {
        bits.skip(32)?;
    }
    if bits.flag()? {
        bits.skip(1)?; // overscan
    }
    if !bits.flag()? {
        return None;
    }
    bits.skip(3)?; // format
    let range = if bits.flag()? { Range::Full } else { Range::Limited };
    if !bits.flag()? {
        return Some(Signal { range, ..Signal::default() });
    }
    bits.skip(16)?; // primaries, transfer
    let code = u16::try_from(bits.number(8)?).ok()?;
    Some(Signal { range, matrix: known(MatrixCoefficients::from_code(code)) })
}
