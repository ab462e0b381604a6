// Lists as they were left: who comes back finds the same place of the same list at once.

import { SectionList, type Source } from './sections.svelte';

const lists = new Map<string, SectionList>();
const KEPT = 4;

/** The list of that name, as it was left lately, or a new one. The name must say who looks. */
export function keptList(name: string, source: Source): SectionList {
  return kept(lists, name, () => new SectionList(source));
}

/** Something that was used lately, or made anew; the oldest ones are forgotten. */
export function kept<Value>(all: Map<string, Value>, name: string, make: () => Value): Value {
  const value = all.get(name) ?? make();
  all.delete(name);
  all.set(name, value);
  for (const oldest of all.keys()) if (all.size > KEPT) all.delete(oldest);
  return value;
}
