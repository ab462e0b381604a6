// Puts what happened under the days on which it happened, as the clocks here show them.

export interface Day<Item> {
  /** `2026-03-01`. */
  day: string;
  items: Item[];
}

/** The day of here that a moment falls on. */
export function dayOf(at: string): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function byDay<Item extends { at: string }>(items: readonly Item[]): Day<Item>[] {
  const found: Day<Item>[] = [];
  for (const item of items) {
    const day = dayOf(item.at);
    const last = found.at(-1);
    if (last?.day === day) last.items.push(item);
    else found.push({ day, items: [item] });
  }
  return found;
}

/** How many midnights lie between two days. */
export function daysBetween(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / 86_400_000);
}
