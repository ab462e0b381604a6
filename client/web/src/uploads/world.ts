// What is around the uploads: time, chance and the network. Passed in, so that tests are exact.

export interface World {
  /** Milliseconds. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Ends early, by throwing, where the signal says so. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  isOnline(): boolean;
  untilOnline(signal: AbortSignal): Promise<void>;
}

function unless<T>(signal: AbortSignal, begin: (resolve: (value: T) => void) => () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const end = begin(value => {
      signal.removeEventListener('abort', abort);
      resolve(value);
    });
    function abort(): void {
      end();
      reject(signal.reason);
    }
    signal.addEventListener('abort', abort, { once: true });
  });
}

export const browserWorld: World = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) => unless<void>(signal, resolve => {
    const timer = setTimeout(resolve, milliseconds);
    return () => clearTimeout(timer);
  }),
  isOnline: () => navigator.onLine,
  untilOnline: signal => unless<void>(signal, resolve => {
    const arrive = (): void => resolve();
    addEventListener('online', arrive, { once: true });
    return () => removeEventListener('online', arrive);
  }),
};
