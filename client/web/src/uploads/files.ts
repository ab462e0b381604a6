// Files as people hand them over: chosen or dropped.

/** For `<input type="file" accept=…>`. That HEIC is named makes iPhones hand out the original, and not a JPEG made of it. */
export const ACCEPT = 'image/*,image/heic,image/heif,video/*';

/** What systems leave in folders. */
const LITTER = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

/** The files that were dropped, and those in folders that were. To be called while the event runs. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map(item => (item.kind === 'file' ? item.webkitGetAsEntry?.() ?? null : null));
  const plain = [...transfer.files];
  if (!entries.some(entry => entry?.isDirectory)) return plain;
  const found = await Promise.all(entries.filter(entry => entry !== null).map(within));
  return found.flat();
}

async function within(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // It answers at most a hundred at once, and nothing at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    for (const inner of entries) if (!LITTER.test(inner.name)) files.push(...await within(inner));
  }
}
