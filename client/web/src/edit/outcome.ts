// Says what became of something that was done to many.

import { isSignedOut } from '../api';
import { t } from '../texts';
import { list } from '../texts/format';
import { problemText } from '../texts/mistakes';
import { toasts } from '../ui/toasts.svelte';
import { isForbidden, type Failure } from './batch';

const NAMED = 3;

/** What failed, in words: what one may not do by number, all else by name and reason. */
function failureText<Item>(failed: readonly Failure<Item>[], name: (item: Item) => string): string {
  const others = failed.filter(({ error }) => !isForbidden(error));
  const forbidden = failed.length - others.length;
  const texts = forbidden > 0 ? [t('edit.notAllowed', { n: forbidden })] : [];
  if (others.length > 0) {
    const names = others.slice(0, NAMED).map(({ item }) => name(item));
    if (others.length > NAMED) names.push(t('edit.andMore', { n: others.length - NAMED }));
    texts.push(t('edit.notDone', { names: list(names) }), [...new Set(others.map(({ error }) => problemText(error)))].slice(0, 2).join(' '));
  }
  return texts.join(' ');
}

export function tellFailures<Item>(failed: readonly Failure<Item>[], name: (item: Item) => string): void {
  const told = failed.filter(({ error }) => !isSignedOut(error));
  if (told.length > 0) toasts.tell(failureText(told, name), { bad: true });
}
