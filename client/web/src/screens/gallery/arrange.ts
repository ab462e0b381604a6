// The order by hand of a gallery's pictures, as an admin changes it.

import { accepted, request } from '../../api';
import { ReorderMedia } from '../../api/generated/ReorderMedia';
import type { SectionList } from '../../media/sections.svelte';
import { t } from '../../texts';
import { tell } from '../../ui/toasts.svelte';
import type { Move } from './order';

// As many as the server takes at once.
const MOST = 100;

/** Shows and saves a move, in one request. Throws where that failed: the list is as it was then. */
export async function arrange(list: SectionList, galleryId: string, { order, moving, after }: Move): Promise<void> {
  if (moving.length > MOST) return tell(t('gallery.tooManyToMove', { n: MOST }));
  const before = list.ids;
  list.arrange(order);
  try {
    accepted((await request(ReorderMedia, { input: { galleryId, mediaIds: moving, afterMediaId: after } })).reorderMedia);
  } catch (error) {
    list.arrange(before);
    throw error;
  }
}
