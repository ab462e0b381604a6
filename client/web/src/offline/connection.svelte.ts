/** Whether Mantel can be reached, as far as is known. */
class Connection {
  online = $state(navigator.onLine);

  constructor() {
    addEventListener('online', () => { this.online = true; });
    addEventListener('offline', () => { this.online = false; });
  }
}

export const connection = new Connection();
