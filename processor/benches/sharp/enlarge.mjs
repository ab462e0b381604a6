// Makes a photo of twice the width and height, with some noise in place of the detail that it lacks.
//
//     node enlarge.mjs FILE TARGET
import sharp from 'sharp';

const [file, target] = process.argv.slice(2);
const { width, height } = await sharp(file).metadata();
const size = { width: width * 2, height: height * 2 };
const noise = await sharp({ create: { ...size, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 6 } } })
  .png({ compressionLevel: 0 }).toBuffer();
await sharp(file).resize(size).keepMetadata().composite([{ input: noise, blend: 'soft-light' }]).jpeg({ quality: 90 }).toFile(target);
