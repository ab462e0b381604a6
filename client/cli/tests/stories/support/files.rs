//! Pictures and folders to upload.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A picture of one pixel, in a file that no other number gives.
pub(crate) fn picture(number: u32) -> Vec<u8> {
    let note = format!("picture {number}");
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    gif.extend([0x21, 0xfe, u8::try_from(note.len()).expect("a short note")]);
    gif.extend(note.as_bytes());
    gif.push(0);
    gif.extend(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
    gif
}

/// The same, with so many bytes behind it that nobody reads: a large file.
pub(crate) fn large_picture(number: u32, length: usize) -> Vec<u8> {
    let mut gif = picture(number);
    let seed = u64::from(number) + 1;
    let rest = (0_u64..).map(|at| (at.wrapping_mul(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56).to_le_bytes()[0]);
    gif.extend(rest.take(length.saturating_sub(gif.len())));
    gif
}

/// Writes a file, with the folders that it lies in.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    fs::write(path, bytes).expect("it can be written");
}

/// A folder with so many pictures.
pub(crate) fn pictures(folder: &Path, numbers: std::ops::Range<u32>) -> PathBuf {
    for number in numbers {
        write(&folder.join(format!("{number:04}.gif")), picture(number));
    }
    folder.to_owned()
}
