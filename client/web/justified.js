/**
 * Lays pictures out in rows of about `target` height that fill `width`, in order.
 * `ratios` are width by height; answers one box per picture, and the height of all.
 */
export function justified(ratios, width, target, gap) {
  const boxes = [];
  let row = [];
  let top = 0;
  const heightOf = rs => (width - gap * (rs.length - 1)) / rs.reduce((total, r) => total + r, 0);
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
    const next = Math.min(Math.max(ratio, 0.5), 3);
    const [without, within] = [heightOf(row), heightOf([...row, next])];
    // The row ends before or after this picture, whichever comes nearer to the wanted height.
    if (row.length && within < target && without - target < target - within) place(without);
    row.push(next);
    if (heightOf(row) <= target) place(heightOf(row));
  }
  // The last row is not stretched.
  if (row.length) place(Math.min(target, heightOf(row)));
  return { boxes, height: Math.max(top - gap, 0) };
}
