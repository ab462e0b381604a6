import type { Visibility } from '../../api/generated/graphql';
import type { IconName } from '../../ui/icons';

/** From all to few. */
export const VISIBILITIES: readonly Visibility[] = ['FAMILY', 'RESTRICTED', 'PRIVATE'];

export const VISIBILITY_ICONS: Readonly<Record<Visibility, IconName>> = { FAMILY: 'people', RESTRICTED: 'person', PRIVATE: 'lock' };
