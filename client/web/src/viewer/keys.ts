// What keys do to the picture that shows.

import type { Gestures } from './gestures';

const PAN = 80;

/** Does what a key is for. False where it is for nothing here. */
export function act({ key, shiftKey }: KeyboardEvent, gestures: Gestures): boolean {
  const side = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : null;
  if (shiftKey && key.startsWith('Arrow')) {
    gestures.panBy(-PAN * (side ?? 0), key === 'ArrowDown' ? -PAN : key === 'ArrowUp' ? PAN : 0);
  } else if (side) {
    gestures.step(side);
  } else if (key === '+' || key === '=') {
    gestures.zoomBy(1.5);
  } else if (key === '-') {
    gestures.zoomBy(1 / 1.5);
  } else if (key === '0') {
    gestures.zoomBy(0);
  } else {
    return false;
  }
  return true;
}
