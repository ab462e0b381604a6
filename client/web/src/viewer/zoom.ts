// The geometry of a picture in its frame. Points and shifts are in CSS pixels, from the middle of the frame.

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** How a picture lies: so many times as large as when it was opened, and so far from the middle. */
export interface View extends Point {
  scale: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };

/** How large a picture is that shows whole. A small one is not blown up further than to twice its size. */
export function fit(picture: Size, frame: Size, most = 2): Size {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height, most);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** The largest enlargement of something that shows at `shown` and has so many pixels: a little beyond each of them. */
export function mostScale(pixels: Size, shown: Size, density: number): number {
  return Math.max(3, (2 * pixels.width) / (shown.width * density));
}

/** Enlarges to a scale, so that what is at a point stays there. */
export function around(view: View, point: Point, scale: number): View {
  const by = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
}

/** How far a picture can be shifted before its edge comes into the frame. */
export function reach(scale: number, shown: Size, frame: Size): Point {
  return {
    x: Math.max(0, (shown.width * scale - frame.width) / 2),
    y: Math.max(0, (shown.height * scale - frame.height) / 2),
  };
}

/** The nearest view in which nothing is lost: not too small, not too large, no gap beside it. */
export function settled(view: View, shown: Size, frame: Size, most: number): View {
  if (view.scale <= 1) return WHOLE;
  const scale = Math.min(view.scale, most);
  const held = scale === view.scale ? view : around(view, { x: 0, y: 0 }, scale);
  const limit = reach(scale, shown, frame);
  return { scale, x: within(held.x, limit.x), y: within(held.y, limit.y) };
}

/** The further something is pulled past its limit, the less it gives. */
export function elastic(value: number, limit: number): number {
  const past = Math.abs(value) - limit;
  return past <= 0 ? value : Math.sign(value) * (limit + past * 0.35);
}

const within = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value)) || 0;
