//! Writes small files of all kinds for the fuzz targets to start from.
//!
//! `cargo run -p processor --example seeds -- FOLDER`; the targets are told of in CONTRIBUTING.md.

use std::{env, fs, path::PathBuf};

use anyhow::Context;
use image::{DynamicImage, ImageEncoder, RgbImage, codecs::png::PngEncoder};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use model::Location;
use moxcms::ColorProfile;
use processor::{
    ObjectCreated, batch_of_one,
    testing::{
        self, ExifFields, film,
        heic::{self, Heic, HeicTransform},
    },
};

/// Names and contents of files.
type Seeds = Vec<(String, Vec<u8>)>;

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).context("which folder for the seeds?")?);
    let (jpegs, heics, others) = (jpegs()?, heics(), others()?);
    let all: Seeds = [&jpegs, &heics, &others].into_iter().flatten().cloned().collect();
    let blocks = vec![("block".to_owned(), testing::exif_block(&notes(6)))];
    let targets = [
        ("sniff_and_probe", [all.clone(), films()].concat()),
        ("films", films()),
        ("upright", jpegs.clone()),
        ("exif", [all, blocks].concat()),
        ("jpeg", jpegs),
        ("heic", heics),
        ("other_pictures", others),
        ("events", events()),
    ];
    for (target, seeds) in targets {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in seeds {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}

/// All that a camera writes.
fn notes(orientation: u8) -> ExifFields {
    let text = |text: &str| Some(text.to_owned());
    ExifFields {
        orientation: Some(orientation),
        camera_make: text("Maker"),
        camera_model: text("Model"),
        lens: text("Lens"),
        software: text("1.0"),
        taken: text("2024:07:03 15:04:05"),
        digitized: text("2024:07:03 15:04:05"),
        changed: text("2024:07:03 15:04:05"),
        sub_seconds: text("25"),
        offset: text("+02:00"),
        satellite_clock: Some(("2024:07:03".to_owned(), [13, 4, 5])),
        exposure_time: Some((1, 250)),
        f_number: Some((18, 10)),
        focal_length: Some((26, 1)),
        iso: Some(100),
        location: Some(Location { latitude: 48.1, longitude: -11.5, altitude_metres: Some(520.0) }),
        content_identifier: text("D7A5E1C0-0B1F-4E55-9C3E-6C1C2B3D4E5F"),
    }
}

fn jpegs() -> anyhow::Result<Seeds> {
    let samplings = [
        ("444", SamplingFactor::R_4_4_4),
        ("422", SamplingFactor::R_4_2_2),
        ("440", SamplingFactor::R_4_4_0),
        ("420", SamplingFactor::R_4_2_0),
        ("411", SamplingFactor::R_4_1_1),
        ("410", SamplingFactor::R_4_1_0),
    ];
    let mut seeds = Seeds::new();
    for (name, sampling) in samplings {
        for progressive in [false, true] {
            let jpeg = jpeg(&testing::picture(41, 27, 1), |encoder| {
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
            })?;
            seeds.push((format!("{name}_{progressive}"), jpeg));
        }
    }
    let restarts = jpeg(&testing::picture(64, 48, 2), |encoder| encoder.set_restart_interval(3))?;
    seeds.push(("restarts".to_owned(), restarts));
    // Decoded at a half, a quarter and an eighth.
    for (width, height) in [(4_100, 24), (24, 8_200), (16_400, 16)] {
        let jpeg = jpeg(&testing::picture(width, height, 3), |encoder| {
            encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        })?;
        seeds.push((format!("{width}x{height}"), jpeg));
    }
    for (name, color, samples) in
        [("grey", ColorType::Luma, 1), ("cmyk", ColorType::Cmyk, 4), ("ycck", ColorType::CmykAsYcck, 4)]
    {
        let samples: Vec<u8> = (0..40 * 24 * samples).map(|index: u32| index.to_le_bytes()[0]).collect();
        for profile in [None, Some(testing::ink_profile()), Some(ColorProfile::new_gray_with_gamma(2.2).encode()?)] {
            let mut bytes = Vec::new();
            let mut encoder = Encoder::new(&mut bytes, 90);
            profile.as_ref().map(|profile| encoder.add_icc_profile(profile)).transpose()?;
            encoder.encode(&samples, 40, 24, color)?;
            seeds.push((format!("{name}_{}", profile.map_or(0, |profile| profile.len())), bytes));
        }
    }
    for orientation in 1..=8 {
        let jpeg = testing::jpeg_with_exif(33, 18, 1, &notes(orientation));
        seeds.push((format!("orientation_{orientation}"), jpeg));
    }
    seeds.push(("profile".to_owned(), testing::jpeg_with_profile(&testing::picture(16, 16, 1), &[7; 300])));
    Ok(seeds)
}

fn jpeg(picture: &RgbImage, adjust: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    adjust(&mut encoder);
    encoder.encode(picture.as_raw(), picture.width().try_into()?, picture.height().try_into()?, ColorType::Rgb)?;
    Ok(bytes)
}

fn heics() -> Seeds {
    let block = testing::exif_block(&notes(1));
    let transforms = vec![HeicTransform::Crop(200, 150), HeicTransform::Rotate(1), HeicTransform::MirrorLeftRight];
    let seeds = [
        ("grid", Heic::grid()),
        ("limited", Heic::single(heic::LIMITED_709)),
        ("unlabelled", Heic { nclx: Some((1, 13, 6, false)), ..Heic::single(heic::UNLABELLED) }),
        ("ten_bit", Heic { icc: Some(&[7; 200]), ..Heic::single(heic::TEN_BIT) }),
        ("grey", Heic { transforms, ..Heic::single(heic::GREY) }),
        ("exif", Heic { exif: Some(&block), ..Heic::grid() }),
    ];
    seeds.into_iter().map(|(name, heic)| (format!("heic_{name}"), heic.bytes())).collect()
}

fn others() -> anyhow::Result<Seeds> {
    let picture = DynamicImage::from(testing::picture(40, 24, 1));
    let layouts = [
        picture.clone(),
        picture.to_luma8().into(),
        picture.to_luma_alpha8().into(),
        picture.to_rgba8().into(),
        picture.to_luma16().into(),
        picture.to_rgb16().into(),
        picture.to_rgba16().into(),
    ];
    let mut seeds = Seeds::new();
    for (index, layout) in layouts.iter().enumerate() {
        seeds.push((format!("png_{index}"), testing::png(layout)));
    }
    for (index, layout) in layouts.iter().enumerate().filter(|(_, layout)| !layout.color().has_alpha()) {
        seeds.push((format!("tiff_{index}"), testing::tiff(layout)));
    }
    let mut png = Vec::new();
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_icc_profile(vec![7; 200])?;
    encoder.write_image(picture.as_bytes(), 40, 24, picture.color().into())?;
    seeds.push(("png_profile".to_owned(), png));
    let frame = picture.to_rgba8();
    seeds.push(("gif".to_owned(), testing::gif(&[frame.clone(), frame])));
    seeds.push(("webp".to_owned(), testing::webp(&picture.to_rgb8(), None)));
    seeds.push(("webp_exif".to_owned(), testing::webp(&picture.to_rgb8(), Some(&notes(3)))));
    Ok(seeds)
}

fn films() -> Seeds {
    let heads = [("mp4", b"isom"), ("mov", b"qt  "), ("avif", b"avif")]
        .map(|(name, brand)| (name.to_owned(), [b"\0\0\0\x14ftyp", brand.as_slice(), &[0; 4], brand].concat()));
    let whole = [
        ("upright", film::UPRIGHT),
        ("phone", film::PHONE),
        ("hlg", film::HLG),
        ("old_phone", film::OLD_PHONE),
        ("slow_motion", film::SLOW_MOTION),
        ("dark_start", film::DARK_START),
        ("fragments", film::FRAGMENTS),
        ("sound", film::SOUND),
    ];
    heads.into_iter().chain(whole.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))).collect()
}

fn events() -> Seeds {
    let keys = [
        ("original", "originals/med_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("job", "jobs/render/med_01ARZ3NDEKTSV4RRFFQ69G5FAV/again-1"),
        ("other", "something/else"),
    ];
    let mut seeds = Seeds::new();
    for (name, key) in keys {
        let object = ObjectCreated {
            bucket: "originals",
            key,
            size_bytes: 5,
            etag: "e",
            sequencer: "1",
            time: "2026-01-01T00:00:00Z",
        };
        seeds.push((format!("{name}_event"), batch_of_one("7", "local", &object).to_string().into_bytes()));
        seeds.push((format!("{name}_key"), key.as_bytes().to_vec()));
    }
    seeds
}
