import { describe, expect, it } from 'vitest';

import { droppedFiles } from './files';

type Tree = { [name: string]: Tree | File };

/** As browsers hand out folders: in pieces, then nothing. */
function entryOf(name: string, what: Tree | File): FileSystemEntry {
  if (what instanceof File) return { name, isFile: true, isDirectory: false, file: (take: (file: File) => void) => take(what) } as unknown as FileSystemEntry;
  const createReader = () => {
    const left = Object.entries(what).map(([name, inner]) => entryOf(name, inner));
    return { readEntries: (take: (entries: FileSystemEntry[]) => void) => take(left.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

function transferOf(tree: Tree): DataTransfer {
  const items = Object.entries(tree).map(([name, what]) => ({ kind: 'file', webkitGetAsEntry: () => entryOf(name, what) }));
  return { items, files: Object.values(tree).filter(what => what instanceof File) } as unknown as DataTransfer;
}

const file = (name: string): File => new File(['x'], name);

describe('what is dropped', () => {
  it('is taken with all that is in folders, but for what systems leave there', async () => {
    const tree = { 'a.jpg': file('a.jpg'), trip: { '1.jpg': file('1.jpg'), '2.jpg': file('2.jpg'), '.DS_Store': file('.DS_Store'), day: { '3.jpg': file('3.jpg'), 'Thumbs.db': file('Thumbs.db') } } };
    expect((await droppedFiles(transferOf(tree))).map(({ name }) => name)).toEqual(['a.jpg', '1.jpg', '2.jpg', '3.jpg']);
  });

  it('is taken as it is where there are no folders', async () => {
    expect((await droppedFiles(transferOf({ 'a.jpg': file('a.jpg') }))).map(({ name }) => name)).toEqual(['a.jpg']);
  });
});
