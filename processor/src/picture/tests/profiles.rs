//! Colours: what the profile of an original says must be what one sees of its renditions.

use jpeg_encoder::{ColorType as Colors, Encoder};
use moxcms::{ColorProfile, Layout, TransformOptions};

use super::*;

/// Pixels by a profile, as they look on a usual screen.
fn shown(picture: &RgbImage, profile: &ColorProfile) -> RgbImage {
    let srgb = ColorProfile::new_srgb();
    let transform = profile
        .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default())
        .expect("profiles of red, green and blue");
    let mut pixels = vec![0; picture.as_raw().len()];
    transform.transform(picture.as_raw(), &mut pixels).expect("the same number of pixels");
    RgbImage::from_raw(picture.width(), picture.height(), pixels).expect("the same size")
}

#[test]
fn a_picture_in_display_p3_looks_the_same_in_its_renditions() -> TestResult {
    let p3 = ColorProfile::new_display_p3();
    let colors = [[190, 90, 70], [80, 170, 90], [70, 90, 180], [200, 190, 80]];
    let picture = RgbImage::from_fn(800, 200, |x, _| Rgb(colors[x as usize / 200]));
    let expected = shown(&picture, &p3);
    assert!(difference(&expected, &picture) > 5.0, "without its profile, the picture looks otherwise");
    let profile = p3.encode()?;
    let rendered = render_bytes(&testing::jpeg_with_profile(&picture, &profile))?;
    for rendition in [&rendered.preview, &rendered.thumbnail] {
        let kept = JpegDecoder::new(std::io::Cursor::new(&rendition.jpeg))?.icc_profile()?.expect("a profile");
        let looks = shown(&decoded(rendition), &ColorProfile::new_from_slice(&kept)?);
        for (index, x) in [100, 300, 500, 700].into_iter().enumerate() {
            let at = x * rendition.width / 800;
            assert_near(*looks.get_pixel(at, rendition.height / 2), expected.get_pixel(x, 100).0);
            assert_near(*decoded(rendition).get_pixel(at, rendition.height / 2), colors[index]);
        }
    }
    Ok(())
}

#[test]
fn inks_look_as_their_profile_says() -> TestResult {
    for kind in [Colors::Cmyk, Colors::CmykAsYcck] {
        for (inks, with_profile, without) in
            [([255, 0, 0, 0], [252, 3, 7], [0, 255, 255]), ([0, 0, 0, 0], [255; 3], [255; 3])]
        {
            let file = |profile: Option<&[u8]>| -> Result<Vec<u8>, Box<dyn Error>> {
                let mut jpeg = Vec::new();
                let mut encoder = Encoder::new(&mut jpeg, 95);
                profile.map(|profile| encoder.add_icc_profile(profile)).transpose()?;
                encoder.encode(&inks.repeat(32 * 32), 32, 32, kind)?;
                Ok(jpeg)
            };
            let profile = testing::ink_profile();
            for (profile, expected) in [(Some(profile.as_slice()), with_profile), (None, without)] {
                let rendered = render_bytes(&file(profile)?)?;
                assert_near(*decoded(&rendered.preview).get_pixel(16, 16), expected);
                assert_eq!(JpegDecoder::new(std::io::Cursor::new(&rendered.preview.jpeg))?.icc_profile()?, None);
            }
        }
    }
    Ok(())
}

#[test]
fn grey_looks_as_its_profile_says() -> TestResult {
    // Of light in proportion, a half is 188 in sRGB.
    let profile = ColorProfile::new_gray_with_gamma(1.0).encode()?;
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 95);
    encoder.add_icc_profile(&profile)?;
    encoder.encode(&[128; 32 * 32], 32, 32, Colors::Luma)?;
    let rendered = render_bytes(&jpeg)?;
    assert_near(*decoded(&rendered.preview).get_pixel(16, 16), [188; 3]);
    assert_eq!(rendered.dominant_color, "#bcbcbc");
    Ok(())
}

#[test]
fn a_broken_profile_costs_nothing_but_itself() -> TestResult {
    let profile = testing::ink_profile();
    let whole = render_bytes(&testing::jpeg(&testing::picture(40, 30, 1)))?;
    for space in [b"RGB ", b"CMYK", b"GRAY"] {
        let mut broken = profile[..200].to_vec();
        broken[16..20].copy_from_slice(space);
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, 95);
        encoder.add_icc_profile(&broken)?;
        encoder.encode(&[60; 32 * 32], 32, 32, Colors::Luma)?;
        assert_near(*decoded(&render_bytes(&jpeg)?.preview).get_pixel(16, 16), [60; 3]);
        let colored = render_bytes(&testing::jpeg_with_profile(&testing::picture(40, 30, 1), &broken))?;
        assert_eq!(decoded(&colored.preview), decoded(&whole.preview));
    }
    Ok(())
}
