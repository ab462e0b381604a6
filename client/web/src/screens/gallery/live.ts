// What happens in a gallery while one looks at it.

import { OnMediaReady } from '../../api/generated/OnMediaReady';
import { subscribe } from '../../api/stream';
import type { SectionList } from '../../media/sections.svelte';
import { uploads } from '../../uploads/uploads.svelte';

// Many that become ready together are asked for together.
const TOGETHER_MS = 400;

/** Keeps a list as its gallery is, until the answer is called. */
export function follow(galleryId: string, list: () => SectionList): () => void {
  const changed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function ask(): void {
    const known = [...changed].filter(id => list().tile(id));
    const isNew = known.length < changed.size;
    changed.clear();
    timer = undefined;
    // Without a connection the list stays as it is; it is asked for anew when one comes back to it.
    list().refresh(known).catch(() => {});
    if (isNew) list().reload().catch(() => {});
  }

  function note(id: string): void {
    changed.add(id);
    timer ??= setTimeout(ask, TOGETHER_MS);
  }

  const stops = [
    uploads.onArrived(galleryId, note),
    subscribe(OnMediaReady, { galleryId }, ({ onMediaReady: event }) => {
      if (event?.status === 'TRASHED') list().remove([event.mediaId]);
      else if (event) note(event.mediaId);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
