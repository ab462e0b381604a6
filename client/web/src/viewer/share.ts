// Hands a picture on, to whatever app the phone offers.

import type { Details } from './shelf.svelte';

/** More than this is better sent as a link. */
const MOST_BYTES = 60e6;

interface Made {
  url: string;
  name: string;
  type: string;
}

/** What is handed on: what every phone shows, without the camera's notes and the place. */
function fileOf(media: Details): Made | null {
  const made = media.__typename === 'Video' ? media.playback : media.preview;
  if (!made || (made.sizeBytes ?? 0) > MOST_BYTES) return null;
  const extension = media.__typename === 'Video' ? 'mp4' : 'jpg';
  return { url: made.url, type: made.contentType, name: `${media.fileName.replace(/\.[^.]*$/, '')}.${extension}` };
}

/** Whether this browser can hand on the file itself. */
export function canShareFile(media: Details): boolean {
  const file = fileOf(media);
  return file !== null && navigator.canShare?.({ files: [new File([], file.name, { type: file.type })] }) === true;
}

/** Hands on the file. False where the browser has it that too much time went by since the tap. */
export async function shareFile(media: Details): Promise<boolean> {
  const file = fileOf(media);
  if (!file) return false;
  // What lies in the cache was fetched for show, and says nothing of who else may read it.
  const response = await fetch(file.url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${response.status}`);
  const files = [new File([await response.blob()], file.name, { type: file.type })];
  try {
    await navigator.share({ files });
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return true;
    return false;
  }
}

/** Saves a photo as every program reads it: a JPEG, smaller than the original. */
export async function saveJpeg(media: Details): Promise<void> {
  const file = fileOf(media);
  if (!file) return;
  const response = await fetch(file.url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${response.status}`);
  const link = document.createElement('a');
  // The address itself says that it is to be shown: browsers let the page decide only over files of its own.
  link.href = URL.createObjectURL(await response.blob());
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
