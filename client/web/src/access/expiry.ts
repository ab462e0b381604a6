// How long a share link works.

export const EXPIRIES = ['WEEK', 'MONTH', 'YEAR', 'NEVER', 'DAY'] as const;
export type Expiry = (typeof EXPIRIES)[number];

const DAYS = { WEEK: 7, MONTH: 30, YEAR: 365 } as const;

/** When it ends, as the API takes it; null where it does not. `day` (`2026-03-01`) is the last one on which it works, here. */
export function endOf(expiry: Expiry, day: string, now: number): string | null {
  if (expiry === 'NEVER') return null;
  if (expiry === 'DAY') return endOfDay(day);
  return new Date(now + DAYS[expiry] * 86_400_000).toISOString();
}

function endOfDay(day: string): string | null {
  const end = new Date(`${day}T23:59:59.999`);
  return Number.isNaN(end.getTime()) ? null : end.toISOString();
}
