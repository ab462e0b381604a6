// Caption, date and gallery of a picture.

import { mutate } from '../api.js';
import { dialog, el, field, form, select } from '../dom.js';
import { fromInput, toInput, wallClock } from '../format.js';
import { allGalleries } from './galleries.js';

const GALLERIES = `query($after: String) {
  galleries(first: 100, after: $after) { edges { node { id title } } pageInfo { hasNextPage endCursor } }
}`;
const UPDATE = `mutation($input: UpdateMediaInput!) { updateMedia(input: $input) {
  media { id caption takenAt takenAtOffsetMinutes updatedAt gallery { id title } }
  userErrors { code message path }
} }`;

/** Resolves with `{ media, moved }`, or nothing. Only what was changed is sent. */
export async function editMedia(media, galleryId) {
  const galleries = await allGalleries(GALLERIES);
  const before = media.takenAt ? toInput(wallClock(media)) : '';
  return dialog('Edit picture', close => {
    const submit = async values => {
      const input = { id: media.id };
      if (values.caption !== (media.caption ?? '')) input.caption = values.caption.trim() || null;
      // Browsers leave out seconds that are zero.
      const after = values.takenAt.length === 16 ? `${values.takenAt}:00` : values.takenAt;
      if (after && after !== before) {
        input.takenAt = fromInput(after, media.takenAtOffsetMinutes);
        if (media.takenAtOffsetMinutes !== null) input.takenAtOffsetMinutes = media.takenAtOffsetMinutes;
      }
      if (values.galleryId !== galleryId) input.galleryId = values.galleryId;
      const payload = await mutate(UPDATE, { input });
      if (payload.media) close({ media: payload.media, moved: 'galleryId' in input });
      return payload.userErrors;
    };
    return form({ submit: 'Save', cancel: () => close() }, submit,
      field('Caption', el('textarea', { name: 'caption', rows: 3 }, media.caption ?? '')),
      field('Taken at', el('input', { name: 'takenAt', type: 'datetime-local', step: 1, value: before }), 'The time on the clocks of the place.'),
      field('Gallery', select({ name: 'galleryId' }, galleries.map(({ id, title }) => [id, title]), galleryId)));
  });
}
