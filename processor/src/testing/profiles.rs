//! Colour profiles that can be told apart from all others.

/// A profile for four inks by which no ink is white, cyan is red, and all else is black (ICC.1:2022, 10.10: `lut8Type`).
#[must_use]
pub fn ink_profile() -> Vec<u8> {
    let identity: Vec<u8> = (0..=255).collect();
    // In Lab with 8 bits: lightness, then the two colours around 128.
    let corner = |inks: usize| match inks {
        0 => [255, 128, 128],
        8 => [136, 208, 195],
        _ => [0, 128, 128],
    };
    let matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1].map(|number: u32| (number << 16).to_be_bytes()).concat();
    let corners = (0..16).map(corner).collect::<Vec<_>>().concat();
    let table = [b"mft1\0\0\0\0\x04\x03\x02\0".as_slice(), &matrix, &identity.repeat(4), &corners, &identity.repeat(3)]
        .concat();
    let tags = [(*b"A2B0", table), (*b"wtpt", b"XYZ \0\0\0\0\0\0\xF6\xD6\0\x01\0\0\0\0\xD3\x2D".to_vec())];
    let mut place = 128 + 4 + 12 * tags.len();
    let (mut index, mut data) = (u32::try_from(tags.len()).expect("few").to_be_bytes().to_vec(), Vec::new());
    for (name, tag) in tags {
        let word = |number: usize| u32::try_from(number).expect("a small profile").to_be_bytes();
        index.extend([name, word(place), word(tag.len())].concat());
        let padded = tag.len().next_multiple_of(4);
        place += padded;
        data.extend(tag);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut header = vec![0; 128];
    header[..4].copy_from_slice(&u32::try_from(place).expect("a small profile").to_be_bytes());
    header[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    header[12..24].copy_from_slice(b"prtrCMYKLab ");
    header[36..40].copy_from_slice(b"acsp");
    header[68..80].copy_from_slice(b"\0\0\xF6\xD6\0\x01\0\0\0\0\xD3\x2D");
    [header, index, data].concat()
}
