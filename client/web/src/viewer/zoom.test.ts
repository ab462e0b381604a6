import { expect, test } from 'vitest';

import { around, elastic, fit, mostScale, settled, WHOLE } from './zoom';

const frame = { width: 400, height: 800 };

test('a picture shows whole, whichever of its sides is the long one', () => {
  expect(fit({ width: 4000, height: 3000 }, frame)).toEqual({ width: 400, height: 300 });
  expect(fit({ width: 1000, height: 4000 }, frame)).toEqual({ width: 200, height: 800 });
});

test('a tiny picture is not blown up to the whole frame', () => {
  expect(fit({ width: 50, height: 50 }, frame)).toEqual({ width: 100, height: 100 });
});

test('what is under the fingers stays there when a picture is enlarged', () => {
  const point = { x: 100, y: -50 };
  const view = around(around(WHOLE, point, 3), point, 2);
  // The spot of the picture that was at the point, seen from the picture's middle, is where it was.
  expect({ x: view.x + point.x * view.scale, y: view.y + point.y * view.scale }).toEqual(point);
});

test('a picture is let go without a gap beside it', () => {
  const shown = { width: 400, height: 300 };
  expect(settled({ scale: 2, x: 500, y: 90 }, shown, frame, 4)).toEqual({ scale: 2, x: 200, y: 0 });
  expect(settled({ scale: 0.6, x: 30, y: 10 }, shown, frame, 4)).toEqual(WHOLE);
  expect(settled({ scale: 8, x: 0, y: 0 }, shown, frame, 4)).toEqual({ scale: 4, x: 0, y: 0 });
});

test('large photos can be enlarged beyond their pixels, and all others to three times', () => {
  expect(mostScale({ width: 4000, height: 3000 }, { width: 400, height: 300 }, 2)).toBe(10);
  expect(mostScale({ width: 300, height: 300 }, { width: 400, height: 400 }, 3)).toBe(3);
});

test('what is pulled past its limit gives less and less', () => {
  expect(elastic(80, 100)).toBe(80);
  expect(elastic(-300, 100)).toBe(-170);
});
