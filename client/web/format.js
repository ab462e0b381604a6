// How dates, sizes and numbers read.

// Times of pictures are wall clock times of the place where they were taken: shown as such, whatever zone this is.
const WALL = { timeZone: 'UTC' };
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', ...WALL });
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short', ...WALL });
const hereFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const decimals = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;

export const pictures = n => count(n, 'picture', 'pictures');

/** From the first to the last day of a gallery, as short as it can be said. */
export function days(first, last) {
  if (!first) return '';
  return dayFormat.formatRange(new Date(first), new Date(last ?? first));
}

/** The taken time as a date whose UTC fields are the wall clock of the place. */
export function wallClock(media) {
  return new Date(Date.parse(media.takenAt) + (media.takenAtOffsetMinutes ?? 0) * 60_000);
}

export function taken(media) {
  return media.takenAt ? momentFormat.format(wallClock(media)) : null;
}

/** For `<input type="datetime-local">`, and back. */
export const toInput = date => date.toISOString().slice(0, 19);

export function fromInput(text, offsetMinutes) {
  return new Date(Date.parse(`${text}Z`) - (offsetMinutes ?? 0) * 60_000).toISOString();
}

export const moment = text => hereFormat.format(new Date(text));

export function bytes(n) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(n, 1)) / 3), units.length - 1);
  return `${decimals.format(n / 1000 ** power)} ${units[power]}`;
}

export function place({ latitude, longitude, altitude }) {
  const side = (degrees, positive, negative) => `${Math.abs(degrees).toFixed(4)}° ${degrees < 0 ? negative : positive}`;
  const height = altitude === null ? '' : ` · ${Math.round(altitude)} m`;
  return `${side(latitude, 'N', 'S')}, ${side(longitude, 'E', 'W')}${height}`;
}

export function camera(exif) {
  const { cameraMake: make, cameraModel: model } = exif;
  const name = make && model && !model.toLowerCase().startsWith(make.toLowerCase()) ? `${make} ${model}` : model ?? make;
  const settings = [
    exif.focalLengthMm && `${decimals.format(exif.focalLengthMm)} mm`,
    exif.fNumber && `f/${decimals.format(exif.fNumber)}`,
    exif.exposureTime && `${exif.exposureTime} s`,
    exif.iso && `ISO ${exif.iso}`,
  ].filter(Boolean).join(' · ');
  return [name, exif.lens, settings].filter(Boolean);
}

/** How long a film is: `0:07`, `12:30`, `1:02:03`. */
export function length(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, at) => (at ? String(part).padStart(2, '0') : String(part))).join(':');
}
