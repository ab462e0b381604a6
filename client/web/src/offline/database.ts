// A small door to IndexedDB. Where there is none (some private windows), nothing is kept and nothing fails.

export type Stores = Readonly<Record<string, IDBObjectStoreParameters>>;

export class Database {
  readonly #name: string;
  readonly #stores: Stores;
  #opening: Promise<IDBDatabase> | null = null;

  constructor(name: string, stores: Stores) {
    this.#name = name;
    this.#stores = stores;
  }

  /** Runs one transaction. Throws where the browser keeps nothing, or has no room left. */
  async run<T>(store: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T> | void): Promise<T | undefined> {
    const database = await this.#open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request ? request.result : undefined);
      transaction.onabort = () => reject(transaction.error ?? new Error('not kept'));
    });
  }

  #open(): Promise<IDBDatabase> {
    this.#opening ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => {
        for (const [store, parameters] of Object.entries(this.#stores)) request.result.createObjectStore(store, parameters);
      };
      request.onerror = () => reject(request.error ?? new Error('no database'));
      request.onsuccess = () => {
        // Deleted at sign-out, maybe by another tab: whoever comes next opens it anew.
        request.result.onversionchange = request.result.onclose = () => {
          request.result.close();
          this.#opening = null;
        };
        resolve(request.result);
      };
    });
    this.#opening.catch(() => { this.#opening = null; });
    return this.#opening;
  }
}
