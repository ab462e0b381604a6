// The same job as ours, by sharp: a preview, a thumbnail and a thumbhash.
//
//     node render.mjs chained|usual FILE FOLDER
//
// Prints the CPU time of the job in milliseconds, without that of starting Node and loading sharp.
import { writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';

const PREVIEW = { width: 2048, height: 2048, fit: 'inside', withoutEnlargement: true };
const THUMBNAIL = { ...PREVIEW, width: 512, height: 512 };
const PLACEHOLDER = { ...PREVIEW, width: 100, height: 100 };

const [form, file, folder] = process.argv.slice(2);
sharp.cache(false);

const placeholder = async (picture) => {
  const { data, info } = await picture.resize(PLACEHOLDER).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return rgbaToThumbHash(info.width, info.height, data);
};

const forms = {
  // The best we know: one decoding, each smaller picture from the larger one, Huffman tables as ours, one thread (more
  // cost more CPU time in sum).
  async chained() {
    sharp.concurrency(1);
    const jpeg = { quality: 80, optimiseCoding: false };
    const upright = sharp(file).autoOrient().keepIccProfile().resize(PREVIEW);
    const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true });
    const raw = (data, { width, height, channels }) => sharp(data, { raw: { width, height, channels } });
    const preview = await raw(data, info).jpeg(jpeg).toBuffer();
    const small = await raw(data, info).resize(THUMBNAIL).raw().toBuffer({ resolveWithObject: true });
    const thumbnail = await raw(small.data, small.info).jpeg(jpeg).toBuffer();
    const thumbhash = await placeholder(raw(small.data, small.info));
    return { preview, thumbnail, thumbhash };
  },
  // As the documentation shows it: a pipeline for each size, from the file, with the defaults.
  async usual() {
    const from = () => sharp(file).autoOrient().keepIccProfile();
    const [preview, thumbnail, thumbhash] = await Promise.all([
      from().resize(PREVIEW).jpeg({ quality: 80 }).toBuffer(),
      from().resize(THUMBNAIL).jpeg({ quality: 80 }).toBuffer(),
      placeholder(sharp(file).autoOrient()),
    ]);
    return { preview, thumbnail, thumbhash };
  },
};

const before = process.cpuUsage();
const { preview, thumbnail } = await forms[form]();
const used = process.cpuUsage(before);
const stem = parse(file).name;
await writeFile(join(folder, `${stem}.preview.jpg`), preview);
await writeFile(join(folder, `${stem}.thumbnail.jpg`), thumbnail);
console.log((used.user + used.system) / 1000);
