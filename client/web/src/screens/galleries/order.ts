/** The list with one of its things moved to another place, from 0. */
export function moved<Of>(list: readonly Of[], from: number, to: number): Of[] {
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), list[from]!, ...rest.slice(to)];
}

/** The place that a point belongs to, among things that stand below each other: as many as lie with their middle above it. */
export function placeAt(y: number, middles: readonly number[]): number {
  return middles.filter(middle => middle < y).length;
}
