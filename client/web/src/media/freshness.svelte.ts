// Keeps what a grid shows from growing old: signed addresses end after some hours, and what is being prepared becomes ready.

import type { SectionList } from './sections.svelte';
import { isExpired, isUnderWay } from './tiles';
import type { Shown } from './window';

const ASKED_AGAIN_MS = 60_000;
const UNDER_WAY_MS = 2000;

/** To be called while a component is made. */
export function keepFresh(list: () => SectionList, shown: () => readonly Shown[]): { failed: (id: string) => Promise<void> } {
  /** When something was asked for last: an address that fails although it is new is not asked for without end. */
  const asked = new Map<string, number>();
  /** Moves on when somebody comes back to this tab. */
  let woken = $state(0);

  async function refresh(ids: readonly string[]): Promise<void> {
    const now = Date.now();
    const due = ids.filter(id => (asked.get(id) ?? 0) + ASKED_AGAIN_MS < now);
    if (due.length === 0) return;
    for (const id of due) asked.set(id, now);
    // Without a connection, the pictures that are here stay; it is tried again by and by.
    await list().refresh(due).catch(() => {});
  }

  $effect(() => {
    void woken;
    const now = Date.now();
    void refresh(shown().flatMap(({ placed, from, to }) => placed.section.tiles.slice(from, to)).filter(tile => isExpired(tile, now)).map(({ id }) => id));
  });

  $effect(() => {
    const wake = (): void => {
      if (document.hidden) return;
      woken += 1;
      list().reload().catch(() => {});
    };
    document.addEventListener('visibilitychange', wake);
    addEventListener('online', wake);
    return () => {
      document.removeEventListener('visibilitychange', wake);
      removeEventListener('online', wake);
    };
  });

  const underWay = $derived(list().sections.flatMap(section => section.tiles.filter(isUnderWay).map(({ id }) => id)).join(' '));
  $effect(() => {
    if (underWay === '') return;
    const ids = underWay.split(' ');
    let asking = false;
    const timer = setInterval(() => {
      if (document.hidden || asking) return;
      asking = true;
      list().refresh(ids).catch(() => {}).finally(() => { asking = false; });
    }, UNDER_WAY_MS);
    return () => clearInterval(timer);
  });

  return {
    failed(id) {
      const refreshed = refresh([id]);
      list().spoil(id);
      return refreshed;
    },
  };
}
