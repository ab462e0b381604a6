//! Temporary.
use processor::testing::*;
fn main() {
    let lands = [Land::Hills, Land::Meadow, Land::Mountains, Land::Lake, Land::Sea, Land::Beach, Land::Forest];
    let lights = [Light::Morning, Light::Noon, Light::Golden, Light::Dusk, Light::Night];
    let seed: u32 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
    let season = match std::env::args().nth(2).as_deref() { Some("a") => Season::Autumn, Some("w") => Season::Winter, _ => Season::Summer };
    let mut sheet = image::RgbImage::new(5 * 400, 7 * 270);
    let start = std::time::Instant::now();
    for (r, land) in lands.iter().enumerate() {
        for (c, light) in lights.iter().enumerate() {
            let p = draw(1200, 800, &Scene { land: *land, light: *light, season, seed: seed + (r * 5 + c) as u32 });
            let small = image::imageops::resize(&p, 396, 264, image::imageops::FilterType::Triangle);
            image::imageops::replace(&mut sheet, &small, c as i64 * 400, r as i64 * 270);
        }
    }
    eprintln!("{:?}", start.elapsed());
    sheet.save("/tmp/demo-sheet.png").ok();
    let t = std::time::Instant::now();
    let b = scene_jpeg(1200, 800, &Scene { land: Land::Lake, light: Light::Golden, season, seed }, &ExifFields::default());
    eprintln!("one jpeg {:?} {} bytes", t.elapsed(), b.len());
    image::load_from_memory(&b).ok().map(|p| p.save("/tmp/demo-one.png"));
}
