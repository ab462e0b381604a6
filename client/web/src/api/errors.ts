/**
 * A request that failed for a reason that typing something else does not mend. `code` is the server's; `OFFLINE` where no answer
 * came; `TROUBLE` where what came is none of Mantel's, as of a proxy that does not reach it.
 */
export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly requestId: string | null = null) {
    super(message);
    this.name = 'ApiError';
  }
}

/** A mistake that a person can correct, as payloads of mutations have it. */
export interface Mistake {
  code: string;
  message: string;
  path?: string[] | null;
}

/** Thrown by acts without a form, so that what was wrong is told. */
export class Refused extends Error {
  constructor(readonly mistakes: Mistake[]) {
    super(mistakes.map(({ message }) => message).join(' '));
    this.name = 'Refused';
  }
}

/** Whether Mantel was out of reach: the same may work in a while. */
export const isOffline = (error: unknown): boolean => error instanceof ApiError && (error.code === 'OFFLINE' || isTrouble(error));
/** Whether there is a connection, but the server has a problem. */
export const isTrouble = (error: unknown): boolean => error instanceof ApiError && error.code === 'TROUBLE';
export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.code === 'UNAUTHENTICATED';
