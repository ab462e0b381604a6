/**
 * Lays pictures out in rows of about `target` height that fill `width`, in order.
 * `ratios` are width by height; answers one box per picture, and the height of all.
 */
export function justified(ratios, width, target, gap) {
  const boxes = [];
  let row = [];
  let top = 0;
  const place = height => {
    let left = 0;
    for (const ratio of row) {
      boxes.push({ left, top, width: ratio * height, height });
      left += ratio * height + gap;
    }
    top += height + gap;
    row = [];
  };
  for (const ratio of ratios) {
    // A panorama or a long screenshot must not squeeze the others.
    row.push(Math.min(Math.max(ratio, 0.5), 3));
    const sum = row.reduce((total, r) => total + r, 0);
    const height = (width - gap * (row.length - 1)) / sum;
    if (height <= target) place(height);
  }
  // The last row is not stretched.
  if (row.length) {
    const sum = row.reduce((total, r) => total + r, 0);
    place(Math.min(target, (width - gap * (row.length - 1)) / sum));
  }
  return { boxes, height: Math.max(top - gap, 0) };
}
