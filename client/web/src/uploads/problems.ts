// Why a file did not arrive.

/** The connection broke off, or the server was busy: it may work in a while. */
export class Interrupted extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** The address works no more, or what was begun is not there any more: a new ticket is needed. */
export class Expired extends Error {}

/** The server refused the bytes. */
export class NotTaken extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** The file was changed or taken away meanwhile. */
export class Unreadable extends Error {}

/** It is none that is kept here. */
export class WrongKind extends Error {}

/** There is nothing in it. */
export class EmptyFile extends Error {}

/** The server could not make pictures of it; the reason is the server's. */
export class NotPrepared extends Error {}
