/** `trouble` is where there is a connection, but what answers is not Mantel. */
export type Reach = 'online' | 'offline' | 'trouble';

/** Whether Mantel can be reached, as far as is known. */
class Connection {
  reach: Reach = $state(navigator.onLine ? 'online' : 'offline');

  constructor() {
    addEventListener('online', () => { this.reach = 'online'; });
    addEventListener('offline', () => { this.reach = 'offline'; });
  }

  get online(): boolean {
    return this.reach === 'online';
  }
}

export const connection = new Connection();
