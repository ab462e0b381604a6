import type { World } from './world';

/** So often something is tried: about two minutes in all. */
export const MAX_TRIES = 8;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** How long to wait after so many failures: twice as long each time, and by chance up to half of it less, so that all devices of a house do not come back at the same moment. */
export function pauseMs(failures: number, random: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return longest / 2 + (longest / 2) * random;
}

/** Runs something until it works, for as long as what goes wrong may pass. While the device is offline this does not count. */
export async function retried<T>(run: () => Promise<T>, mayPass: (error: unknown) => boolean, world: World, signal: AbortSignal): Promise<T> {
  for (let failures = 0; ;) {
    signal.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      signal.throwIfAborted();
      if (!mayPass(error)) throw error;
      if (!world.isOnline()) {
        await world.untilOnline(signal);
        continue;
      }
      failures += 1;
      if (failures >= MAX_TRIES) throw error;
      await world.sleep(pauseMs(failures, world.random()), signal);
    }
  }
}
