//! What HEVC's sequence parameter sets say of the colours of coded pictures, in photos and films (ITU-T H.265).

mod bits;

use self::bits::{Bits, payload};

/// Type of a NAL unit with a sequence parameter set (table 7-1).
pub(crate) const SEQUENCE_PARAMETERS: u8 = 33;

/// Sets of reference pictures that a sequence may declare (7.4.3.2.1).
const MAX_REFERENCE_SETS: u32 = 64;
/// Pictures that one of them may hold.
const MAX_REFERENCES: u32 = 16;

/// How samples are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VideoSignal {
    pub(crate) is_full_range: bool,
    /// Primaries, transfer and matrix by the numbers of ITU-T H.273, where they are said.
    pub(crate) colors: Option<[u16; 3]>,
}

/// What a sequence parameter set (a NAL unit) says; none where it does not say anything.
pub(crate) fn video_signal(nal: &[u8]) -> Option<VideoSignal> {
    let payload = payload(nal)?;
    let mut bits = Bits::new(&payload);
    skip_to_usability_information(&mut bits)?;
    read_usability_information(&mut bits)
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

/// All `st_ref_pic_set` (7.3.7): what refers to nothing, as still pictures do, may declare some all the same.
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
fn read_usability_information(bits: &mut Bits) -> Option<VideoSignal> {
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
    let is_full_range = bits.flag()?;
    let colors = if bits.flag()? { Some([number(bits)?, number(bits)?, number(bits)?]) } else { None };
    Some(VideoSignal { is_full_range, colors })
}

fn number(bits: &mut Bits) -> Option<u16> {
    u16::try_from(bits.number(8)?).ok()
}
