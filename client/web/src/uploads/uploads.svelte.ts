// Files on their way.

export interface Destination {
  id: string;
  title: string;
}

class Uploads {
  /** How many are not at their end yet. */
  pending = $state(0);

  /** Takes files for a gallery. */
  add(files: Iterable<File>, gallery: Destination): void {
    void files;
    void gallery;
  }

  /** Calls back for each that was taken in by the server, with its id. Answers how to stop that. */
  onArrived(galleryId: string, tell: (mediaId: string) => void): () => void {
    void galleryId;
    void tell;
    return () => {};
  }
}

export const uploads = new Uploads();
