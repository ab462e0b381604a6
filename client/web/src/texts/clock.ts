// Times of pictures are wall clock times of the place where they were taken.

export interface Taken {
  takenAt: string | null;
  takenAtOffsetMinutes: number | null;
}

/** The taken time as a date whose UTC fields are the wall clock of the place. */
export function wallClock({ takenAt, takenAtOffsetMinutes }: Taken): Date | null {
  return takenAt === null ? null : new Date(Date.parse(takenAt) + (takenAtOffsetMinutes ?? 0) * 60_000);
}
