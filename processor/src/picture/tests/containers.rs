//! Files of other formats in the forms that few programs write.

use super::{jpegs::waves, *};

fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("a small file").to_be_bytes()
}

/// A zlib stream of one stored block (RFC 1950, RFC 1951).
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a small picture");
    let (a, b) = data.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let check = ((b << 16) | a).to_be_bytes();
    [&[0x78, 1, 1], length.to_le_bytes().as_slice(), &(!length).to_le_bytes(), data, &check].concat()
}

/// A PNG of these chunks after its header, whose last five bytes are `kind`.
fn png_of(width: u8, height: u8, kind: [u8; 5], chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let header = [&word(width.into()), word(height.into()).as_slice(), &kind].concat();
    let chunks: Vec<u8> = chunks.iter().flat_map(|(name, data)| chunk(*name, data)).collect();
    [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(*b"IHDR", &header), chunks, chunk(*b"IEND", &[])].concat()
}

#[test]
fn a_palette_may_have_alpha() -> TestResult {
    // 16 x 8: on the left the first colour, which is not opaque, on the right the second, which is.
    let rows: Vec<u8> = (0..8).flat_map(|_| [vec![0], vec![0; 8], vec![1; 8]].concat()).collect();
    let png = png_of(
        16,
        8,
        [8, 3, 0, 0, 0],
        &[(*b"PLTE", vec![200, 0, 0, 0, 0, 200]), (*b"tRNS", vec![51]), (*b"IDAT", stored(&rows))],
    );
    let preview = decoded(&render_bytes(&png)?.preview);
    assert_near(*preview.get_pixel(2, 4), [244, 204, 204]);
    assert_near(*preview.get_pixel(14, 4), [0, 0, 200]);
    Ok(())
}

#[test]
fn an_interlaced_png_is_put_together() -> TestResult {
    // Seven passes (PNG, 8.2), each with a filter byte before its rows.
    let value = |x: usize, y: usize| u8::try_from(40 + 10 * x + 8 * y).expect("a sample");
    let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let mut data = Vec::new();
    for (left, top, across, down) in passes {
        for y in (top..8).step_by(down) {
            data.push(0);
            data.extend((left..8).step_by(across).map(|x| value(x, y)));
        }
    }
    let preview = decoded(&render_bytes(&png_of(8, 8, [8, 0, 0, 0, 1], &[(*b"IDAT", stored(&data))]))?.preview);
    for (x, y) in [(0, 0), (7, 0), (3, 4), (0, 7), (7, 7)] {
        assert_near(*preview.get_pixel(x, y), [value(x as usize, y as usize); 3]);
    }
    Ok(())
}

#[test]
fn deep_alpha_is_flattened_too() -> TestResult {
    let picture = ImageBuffer::from_pixel(24, 24, Rgba([65_535_u16, 0, 0, 32_768]));
    let preview = decoded(&render_bytes(&testing::png(&picture.into()))?.preview);
    assert_near(*preview.get_pixel(12, 12), [255, 127, 127]);
    Ok(())
}

#[test]
fn an_animated_png_shows_its_first_frame() -> TestResult {
    let frame = |value: u8| stored(&[vec![0], vec![value; 8]].concat().repeat(8));
    let control = |number: u8| {
        let size = [word(8), word(8), word(0), word(0)].concat();
        [&[0, 0, 0, number], size.as_slice(), &[0, 1, 0, 10, 0, 0]].concat()
    };
    let png = png_of(
        8,
        8,
        [8, 0, 0, 0, 0],
        &[
            (*b"acTL", [word(2), word(0)].concat()),
            (*b"fcTL", control(0)),
            (*b"IDAT", frame(60)),
            (*b"fcTL", control(1)),
            (*b"fdAT", [word(2).to_vec(), frame(200)].concat()),
        ],
    );
    let rendered = render_bytes(&png)?;
    assert!(!rendered.partial);
    assert_near(*decoded(&rendered.preview).get_pixel(4, 4), [60; 3]);
    Ok(())
}

#[test]
fn an_animated_webp_shows_its_first_frame() -> TestResult {
    let riff = |name: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).expect("a small chunk").to_le_bytes();
        [name.as_slice(), &length, data, &[0][..data.len() % 2]].concat()
    };
    let frame = |color: [u8; 3]| {
        let still = testing::webp(&RgbImage::from_pixel(20, 10, Rgb(color)), None);
        // Left, top, width and height less one, milliseconds, how it is drawn; then the picture as in a still file.
        let head = [0, 0, 0, 0, 0, 0, 19, 0, 0, 9, 0, 0, 100, 0, 0, 0];
        riff(b"ANMF", &[&head, &still[12..]].concat())
    };
    let size = [0x02, 0, 0, 0, 19, 0, 0, 9, 0, 0];
    let chunks = [riff(b"VP8X", &size), riff(b"ANIM", &[0; 6]), frame([220, 20, 20]), frame([20, 220, 20])].concat();
    let webp = riff(b"RIFF", &[b"WEBP".as_slice(), &chunks].concat());
    let rendered = render_bytes(&webp)?;
    assert_eq!((rendered.format, rendered.width, rendered.height), (Format::WebP, 20, 10));
    assert_near(*decoded(&rendered.preview).get_pixel(10, 5), [220, 20, 20]);
    Ok(())
}

/// A TIFF of one strip or tile, with short numbers for values: more tags than these come with each picture.
struct Tiff {
    big: bool,
    size: (u16, u16),
    tile: Option<(u16, u16)>,
    /// Bits of a sample, samples of a pixel, what they mean, how they are packed.
    bits: u16,
    samples: u16,
    meaning: u16,
    packing: u16,
    data: Vec<u8>,
}

impl Tiff {
    fn bytes(&self) -> Vec<u8> {
        let short = |number: u16| if self.big { number.to_be_bytes() } else { number.to_le_bytes() };
        let long = |number: usize| {
            let number = u32::try_from(number).expect("a small file");
            if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
        };
        let (data_start, bits_start) = (8, 8 + self.data.len().next_multiple_of(2));
        let directory = bits_start + 2 * usize::from(self.samples.max(2));
        let one = |tag: u16, number: u16| {
            [short(tag), short(3), [long(1)[0], long(1)[1]], [long(1)[2], long(1)[3]], short(number), [0; 2]].concat()
        };
        let place = |tag: u16, number: usize| [&short(tag), &short(4), long(1).as_slice(), &long(number)].concat();
        let bits = if self.samples == 1 {
            one(258, self.bits)
        } else {
            [&short(258), &short(3), long(self.samples.into()).as_slice(), &long(bits_start)].concat()
        };
        let mut entries =
            vec![one(256, self.size.0), one(257, self.size.1), bits, one(259, self.packing), one(262, self.meaning)];
        if self.tile.is_none() {
            entries.push(place(273, data_start));
        }
        entries.push(one(277, self.samples));
        match self.tile {
            None => entries.extend([one(278, self.size.1), place(279, self.data.len())]),
            Some((width, height)) => {
                let count = usize::from(self.size.0.div_ceil(width)) * usize::from(self.size.1.div_ceil(height));
                assert_eq!(count, 1, "the places of more would not fit an entry");
                entries.extend([
                    one(322, width),
                    one(323, height),
                    place(324, data_start),
                    place(325, self.data.len()),
                ]);
            }
        }
        let mut file = [if self.big { b"MM" } else { b"II" }.as_slice(), &short(42), &long(directory)].concat();
        file.extend(&self.data);
        file.resize(bits_start, 0);
        file.extend(short(self.bits).repeat(self.samples.max(2).into()));
        file.extend(short(u16::try_from(entries.len()).expect("few entries")));
        file.extend(entries.concat());
        file.extend([0; 4]);
        file
    }
}

/// Codes of nine bits (TIFF 6.0, section 13), cleared before they would need ten.
fn lzw(data: &[u8]) -> Vec<u8> {
    const CLEAR: u16 = 256;
    const END: u16 = 257;
    let codes = data.chunks(200).flat_map(|part| [CLEAR].into_iter().chain(part.iter().map(|byte| u16::from(*byte))));
    let bits: Vec<u8> =
        codes.chain([END]).flat_map(|code| (0..9).rev().map(move |bit| u8::from(code >> bit & 1 == 1))).collect();
    bits.chunks(8).map(|bits| (0..8).fold(0, |byte, bit| byte << 1 | bits.get(bit).copied().unwrap_or(0))).collect()
}

#[test]
fn tiffs_of_all_kinds_show_their_colours() -> TestResult {
    let (grey, red) = ([120; 3], [200, 40, 30]);
    let plain = |data: Vec<u8>| Tiff {
        big: false,
        size: (16, 8),
        tile: None,
        bits: 8,
        samples: 1,
        meaning: 1,
        packing: 1,
        data,
    };
    let rgb = |data: Vec<u8>| Tiff { samples: 3, meaning: 2, ..plain(data) };
    let reds = red.repeat(128);
    let deep = |big: bool| {
        red.repeat(128)
            .iter()
            .flat_map(|&s| {
                let s = u16::from(s) * 257;
                if big { s.to_be_bytes() } else { s.to_le_bytes() }
            })
            .collect::<Vec<u8>>()
    };
    let cases = [
        ("grey", plain(vec![120; 128]), grey),
        ("white is zero", Tiff { meaning: 0, ..plain(vec![135; 128]) }, grey),
        ("RGB", rgb(reds.clone()), red),
        ("big endian", Tiff { big: true, ..rgb(reds.clone()) }, red),
        ("16 bits", Tiff { bits: 16, ..rgb(deep(false)) }, red),
        ("16 bits, big endian", Tiff { bits: 16, big: true, ..rgb(deep(true)) }, red),
        ("inks", Tiff { samples: 4, meaning: 5, ..plain([0, 255, 255, 55].repeat(128)) }, [200, 0, 0]),
        ("LZW", Tiff { packing: 5, ..rgb(lzw(&reds)) }, red),
        ("deflate", Tiff { packing: 8, ..rgb(stored(&reds)) }, red),
        ("a tile", Tiff { tile: Some((16, 16)), ..rgb(red.repeat(256)) }, red),
        ("1 bit, white", Tiff { bits: 1, ..plain(vec![255; 16]) }, [255; 3]),
        ("1 bit, black", Tiff { bits: 1, ..plain(vec![0; 16]) }, [0; 3]),
        ("1 bit, white is zero", Tiff { bits: 1, meaning: 0, ..plain(vec![0; 16]) }, [255; 3]),
    ];
    for (what, tiff, expected) in cases {
        let rendered = render_bytes(&tiff.bytes()).map_err(|refusal| format!("{what}: {refusal:?}"))?;
        assert_eq!((rendered.width, rendered.height, rendered.partial), (16, 8, false), "{what}");
        for (x, y) in [(1, 1), (14, 6)] {
            let found = *decoded(&rendered.preview).get_pixel(x, y);
            let far = found.0.iter().zip(expected).any(|(a, b)| a.abs_diff(b) > 6);
            assert!(!far, "{what}: {found:?} is not {expected:?}");
        }
    }
    Ok(())
}

#[test]
fn pictures_of_any_shape_are_rendered_in_every_format() -> TestResult {
    for (width, height) in [(1, 1), (1, 1000), (1000, 1), (7, 5)] {
        let picture = waves(width, height);
        let files = [
            testing::jpeg(&picture),
            testing::png(&picture.clone().into()),
            testing::tiff(&picture.clone().into()),
            testing::webp(&picture, None),
            testing::gif(&[DynamicImage::from(picture.clone()).into_rgba8()]),
        ];
        for bytes in files {
            let rendered = render_bytes(&bytes)?;
            assert_eq!((rendered.width, rendered.height), (width, height));
            assert_eq!((rendered.preview.width, rendered.preview.height), (width, height));
            let found = difference(&decoded(&rendered.preview), &picture);
            assert!(found < 12.0, "{:?} of {width} x {height} differs by {found:.1}", rendered.format);
        }
    }
    Ok(())
}

#[test]
fn what_mantel_does_not_know_is_said_in_plain_words() {
    for head in [b"BM\x8A\0\0\0\0\0\0\0".as_slice(), b"\0\0\x01\0\x01\0\x10\x10"] {
        let refusal = render_bytes(&[head, &[0; 200]].concat()).expect_err("a BMP, an icon");
        assert_eq!(
            refusal.to_string(),
            "This file is not a picture or a video that Mantel knows. The original is kept and can be downloaded."
        );
    }
}
