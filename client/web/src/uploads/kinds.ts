// Which files are taken. The server looks at the content in the end; this refuses early what can never be a photo or video.

const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg', jpeg: 'image/jpeg', jpe: 'image/jpeg', jfif: 'image/jpeg', png: 'image/png', webp: 'image/webp', gif: 'image/gif',
  heic: 'image/heic', heif: 'image/heif', hif: 'image/heif', avif: 'image/avif', tif: 'image/tiff', tiff: 'image/tiff',
  bmp: 'image/bmp', dng: 'image/x-adobe-dng',
  mp4: 'video/mp4', m4v: 'video/x-m4v', mov: 'video/quicktime', qt: 'video/quicktime', webm: 'video/webm', mkv: 'video/x-matroska',
  avi: 'video/x-msvideo', '3gp': 'video/3gpp', mpg: 'video/mpeg', mpeg: 'video/mpeg', mts: 'video/mp2t', m2ts: 'video/mp2t',
};

/** Drawings are documents that may carry scripts, not photos. */
const NEVER = /^image\/svg/;
const TAKEN = /^(image|video)\/[a-z0-9!#$&^_.+-]+$/;

/** The type to announce; null where it is neither photo nor video. Some systems know no type for HEIC and the like. */
export function typeOf({ name, type }: { name: string; type: string }): string | null {
  if (TAKEN.test(type)) return NEVER.test(type) ? null : type;
  if (type !== '' && type !== 'application/octet-stream') return null;
  return TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? null;
}
