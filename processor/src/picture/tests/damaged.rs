//! Damaged JPEGs: what is there is shown, and what is missing is told.

use jpeg_encoder::{ColorType, Encoder};

use super::{
    jpegs::{encoded, psnr, waves},
    *,
};

const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];
const START_OF_SCAN: [u8; 2] = [0xFF, 0xDA];

fn baseline() -> Vec<u8> {
    encoded(&waves(96, 64), |_| {})
}

fn progressive() -> Vec<u8> {
    encoded(&waves(96, 64), |encoder| encoder.set_progressive(true))
}

/// A scan for each component.
fn in_three_scans() -> Vec<u8> {
    encoded(&waves(96, 64), |encoder| encoder.set_optimized_huffman_tables(true))
}

fn without_end(jpeg: &[u8]) -> &[u8] {
    jpeg.strip_suffix(END_OF_IMAGE.as_slice()).expect("a JPEG ends with its marker")
}

fn last(jpeg: &[u8], marker: [u8; 2]) -> usize {
    jpeg.windows(2).rposition(|bytes| bytes == marker).expect("the marker is there")
}

#[test]
fn a_file_that_lacks_nothing_but_its_end_marker_is_whole() -> TestResult {
    let restarts = encoded(&waves(96, 64), |encoder| encoder.set_restart_interval(2));
    for jpeg in [baseline(), progressive(), in_three_scans(), restarts] {
        let whole = render_bytes(&jpeg)?;
        for cut in [1, 2] {
            let rendered = render_bytes(&jpeg[..jpeg.len() - cut])?;
            assert!(!rendered.partial, "{cut} bytes less");
            assert_eq!(rendered.preview, whole.preview);
        }
    }
    Ok(())
}

#[test]
fn a_file_that_lacks_whole_scans_is_partial() -> TestResult {
    for jpeg in [progressive(), in_three_scans()] {
        let cut = &jpeg[..last(&jpeg, START_OF_SCAN)];
        assert!(render_bytes(cut)?.partial);
    }
    // Though it ends as it should, one plane never came.
    let jpeg = in_three_scans();
    let ended = [&jpeg[..last(&jpeg, START_OF_SCAN)], &END_OF_IMAGE].concat();
    assert!(render_bytes(&ended)?.partial);
    Ok(())
}

#[test]
fn bytes_that_are_left_over_in_the_picture_are_damage_and_in_the_headers_are_not() -> TestResult {
    let rubbish = [1; 40];
    for jpeg in [baseline(), progressive()] {
        let after_data = [without_end(&jpeg), &rubbish, &END_OF_IMAGE].concat();
        assert!(render_bytes(&after_data)?.partial);
        let table = jpeg.windows(2).position(|bytes| bytes == [0xFF, 0xDB]).expect("a table");
        let before_data = [&jpeg[..table], &rubbish, &jpeg[table..]].concat();
        assert!(!render_bytes(&before_data)?.partial);
    }
    Ok(())
}

#[test]
fn a_progressive_file_that_breaks_near_its_end_shows_what_came_before() -> TestResult {
    let picture = waves(96, 64);
    let jpeg = progressive();
    let scan = last(&jpeg, START_OF_SCAN);
    // A scan of nine components, a second frame header, and a table that is longer than any.
    for broken in [
        [&jpeg[..scan + 4], &[9], &jpeg[scan + 5..]].concat(),
        [&jpeg[..scan], &[0xFF, 0xC2], &jpeg[scan + 2..]].concat(),
        [&jpeg[..scan], &[0xFF, 0xC4, 0, 19], &[255; 17], &jpeg[scan..]].concat(),
        [&jpeg[..scan], &[0xFF, 0xC4]].concat(),
    ] {
        let rendered = render_bytes(&broken)?;
        assert!(rendered.partial);
        let found = psnr(&decoded(&rendered.preview), &picture);
        assert!(found > 20.0, "{found:.1} dB");
    }
    // Before the first scan there is nothing to show.
    let first = jpeg.windows(2).position(|bytes| bytes == START_OF_SCAN).expect("a scan");
    let refusal = render_bytes(&[&jpeg[..first + 4], &[9], &jpeg[first + 5..]].concat()).expect_err("nothing");
    assert!(matches!(refusal, Refusal::Broken { .. }), "{refusal:?}");
    Ok(())
}

#[test]
fn what_is_missing_of_a_picture_in_inks_is_grey_as_in_others() -> TestResult {
    let inks: Vec<u8> = (0..96 * 64).flat_map(|_| [200, 30, 90, 60]).collect();
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, 90).encode(&inks, 96, 64, kind)?;
        // After the header of the scan, which tells of four components.
        let data = last(&jpeg, START_OF_SCAN) + 16;
        let rendered = render_bytes(&jpeg[..data + (jpeg.len() - data) / 2])?;
        assert!(rendered.partial);
        let preview = decoded(&rendered.preview);
        assert_near(*preview.get_pixel(90, 60), [128; 3]);
        let [r, g, b] = preview.get_pixel(4, 4).0;
        assert!(r < g && b < g, "cyan and magenta leave green: {r} {g} {b}");
        let refusal = render_bytes(&jpeg[..data]).expect_err("nothing of it is there");
        assert!(matches!(refusal, Refusal::Broken { .. }), "{refusal:?}");
    }
    Ok(())
}

#[test]
fn a_machine_without_memory_is_not_the_files_fault() {
    let refusal = Refusal::from(libjpeg::Failure::Memory);
    assert_eq!(refusal.code(), "OUT_OF_MEMORY");
    assert!(refusal.is_transient());
    assert!(!refusal.to_string().contains("damaged"));
}
