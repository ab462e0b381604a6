// Signing out, as somebody asks for it.

import { app } from '../app.svelte';
import { t } from '../texts';
import { confirm } from '../ui/confirm.svelte';
import { uploads } from '../uploads/uploads.svelte';

/** Signs out; asks first where files are on their way, as these are given up. */
export async function signOut(everywhere: boolean): Promise<void> {
  const goOn = !await uploads.unsent()
    || await confirm({ title: t('common.unsentTitle'), text: t('common.unsentText'), yes: t('common.signOut') });
  if (goOn) await app.signOut(everywhere);
}
