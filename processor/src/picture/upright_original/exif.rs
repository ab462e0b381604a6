//! EXIF of a picture that is turned, changed in its place: whatever else is in it, notes of the maker among them, may count
//! on where it is.

use crate::exif::{EXIF_DIRECTORY, Order};

/// Byte order, the number 42, and the place of the first directory.
const HEADER_BYTES: usize = 8;
const FIRST_DIRECTORY_AT: usize = 4;
const ENTRY_BYTES: usize = 12;

const ORIENTATION: u16 = 0x0112;
/// Width and height, in the first directory and in that of EXIF.
const SIDES: [(u16, u16); 2] = [(0x0100, 0x0101), (0xA002, 0xA003)];
/// Place and length of a preview, compressed or not.
const PREVIEWS: [(u16, u16); 2] = [(0x0201, 0x0202), (0x0111, 0x0117)];

const BYTE: u16 = 1;
const SHORT: u16 = 3;
const LONG: u16 = 4;

/// A list of tags in a block.
struct Directory {
    at: usize,
    /// Tag and place of each entry.
    entries: Vec<(u16, usize)>,
    /// Where the place of the next directory is.
    next_at: usize,
}

/// Says that the picture is upright, has no preview, and is as wide as it was high if its sides are swapped.
pub(super) fn make_upright(block: &mut Vec<u8>, swaps_sides: bool) {
    let Some(order) = Order::of(block) else { return };
    let Some(directory) = first_directory(block, order) else { return };
    drop_preview(block, order, &directory);
    for &(_, at) in directory.entries.iter().filter(|(tag, _)| *tag == ORIENTATION) {
        set_number(block, order, at, 1);
    }
    if swaps_sides {
        swap_sides(block, order, &directory);
        let exif_at = directory.find(EXIF_DIRECTORY).and_then(|at| number(block, order, at));
        if let Some(exif) = exif_at.and_then(|at| Directory::read(block, order, at)) {
            swap_sides(block, order, &exif);
        }
    }
}

/// Takes the second directory out of the list, and the preview that it is about out of the block.
fn drop_preview(block: &mut Vec<u8>, order: Order, first: &Directory) {
    let Some(next) = word(block, order, first.next_at).filter(|&next| next != 0) else { return };
    block[first.next_at..first.next_at + 4].fill(0);
    let Some(second) = Directory::read(block, order, next) else { return };
    for (place, length) in PREVIEWS {
        let value = |tag| usize::try_from(number(block, order, second.find(tag)?)?).ok();
        let (Some(start), Some(length)) = (value(place), value(length)) else { continue };
        let end = start.saturating_add(length).min(block.len());
        let spares_directories = start >= first.end() || end <= first.at;
        if start < HEADER_BYTES || start >= end || !spares_directories {
            continue;
        }
        let is_last = start >= second.end() && block[end..].iter().all(|&byte| byte == 0);
        if is_last {
            block.truncate(start);
        } else {
            block[start..end].fill(0);
        }
    }
}

fn swap_sides(block: &mut [u8], order: Order, directory: &Directory) {
    for (width, height) in SIDES {
        let (Some(width), Some(height)) = (directory.find(width), directory.find(height)) else { continue };
        if number(block, order, width).is_some() && number(block, order, height).is_some() {
            // Type, count and value.
            (2..ENTRY_BYTES).for_each(|byte| block.swap(width + byte, height + byte));
        }
    }
}

fn first_directory(block: &[u8], order: Order) -> Option<Directory> {
    Directory::read(block, order, word(block, order, FIRST_DIRECTORY_AT)?)
}

impl Directory {
    /// What there is of it, if the block is cut.
    fn read(block: &[u8], order: Order, at: u32) -> Option<Self> {
        let at = usize::try_from(at).ok().filter(|&at| at >= HEADER_BYTES)?;
        let count = usize::from(order.u16(*block.get(at..)?.first_chunk()?));
        let next_at = at + 2 + count * ENTRY_BYTES;
        let table = block.get(at + 2..next_at.min(block.len()))?.as_chunks::<ENTRY_BYTES>().0;
        let entries = table.iter().zip((at + 2..).step_by(ENTRY_BYTES));
        let entries = entries.map(|(&[t0, t1, ..], at)| (order.u16([t0, t1]), at)).collect();
        Some(Self { at, entries, next_at })
    }

    /// Where the entry of a tag is.
    fn find(&self, tag: u16) -> Option<usize> {
        self.entries.iter().find(|(found, _)| *found == tag).map(|&(_, at)| at)
    }

    fn end(&self) -> usize {
        self.next_at + 4
    }
}

fn word(block: &[u8], order: Order, at: usize) -> Option<u32> {
    block.get(at..)?.first_chunk().map(|&bytes| order.u32(bytes))
}

/// The value of an entry that is one whole number (TIFF 6.0, section 2: tag, type, count, value).
fn number(block: &[u8], order: Order, at: usize) -> Option<u32> {
    let &[_, _, k0, k1, c0, c1, c2, c3, v0, v1, v2, v3] = block.get(at..)?.first_chunk()?;
    if order.u32([c0, c1, c2, c3]) != 1 {
        return None;
    }
    match order.u16([k0, k1]) {
        BYTE => Some(u32::from(v0)),
        SHORT => Some(u32::from(order.u16([v0, v1]))),
        LONG => Some(order.u32([v0, v1, v2, v3])),
        _ => None,
    }
}

/// Writes a small number as the value of an entry that is one.
fn set_number(block: &mut [u8], order: Order, at: usize, value: u8) {
    let Some(&[k0, k1]) = block.get(at + 2..).and_then(<[u8]>::first_chunk) else { return };
    let bytes = match order.u16([k0, k1]) {
        BYTE => [value, 0, 0, 0],
        SHORT => {
            let [high, low] = order.bytes_of_u16(value.into());
            [high, low, 0, 0]
        }
        LONG => order.bytes_of_u32(value.into()),
        _ => return,
    };
    if let Some(target) = block.get_mut(at + 8..at + ENTRY_BYTES) {
        target.copy_from_slice(&bytes);
    }
}
