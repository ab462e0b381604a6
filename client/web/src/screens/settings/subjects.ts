// What lines of the audit log were about, by name, as far as it still exists.

import { linksOfAll, type Link } from '../../access/links';
import { allUsers } from '../../access/users';
import { request } from '../../api';
import { Node } from '../../api/generated/Node';
import { titleOf } from '../../edit/tiles';
import { t } from '../../texts';
import { galleries, type Card } from '../galleries/galleries.svelte';
import { actorOf } from './audit';

export interface Subject {
  id: string;
  /** Null where it does not exist any more. */
  name: string | null;
  href: string | null;
}

// One of many pictures stands for all: how many they are is said beside it.
const ORDER = ['gal_', 'usr_', 'lnk_', 'med_', 'com_'];
const MOST = 2;
/** Of a comment its beginning. */
const LONGEST = 80;

/** What of a line is named: whom it says already is left out. */
export function namedOf(line: Parameters<typeof actorOf>[0]): string[] {
  const actor = actorOf(line);
  const firsts = ORDER.flatMap(kind => line.subjectIds.find(id => id.startsWith(kind) && id !== actor) ?? []);
  return firsts.slice(0, MOST);
}

/** Finds names, each asked for once: by lists where there are lists, one by one else. */
export class Subjects {
  readonly #found = new Map<string, Promise<Subject>>();
  #users: ReturnType<typeof allUsers> | null = null;
  #links: Promise<{ gallery: Card; links: Link[] }[]> | null = null;

  of(id: string): Promise<Subject> {
    let subject = this.#found.get(id);
    if (!subject) {
      subject = this.#find(id).then(found => ({ id, name: found?.name ?? null, href: found?.href ?? null }));
      subject.catch(() => this.#found.delete(id));
      this.#found.set(id, subject);
    }
    return subject;
  }

  async #find(id: string): Promise<Omit<Subject, 'id'> | null> {
    switch (id.slice(0, 4)) {
      case 'gal_': {
        const gallery = (await galleries.all()).find(one => one.id === id);
        return gallery ? { name: gallery.title, href: `/gallery/${id}` } : null;
      }
      case 'usr_': {
        const user = (await (this.#users ??= allUsers())).find(one => one.id === id);
        return user ? { name: user.displayName, href: `/people?person=${id}` } : null;
      }
      case 'lnk_': {
        const groups = await (this.#links ??= galleries.all().then(linksOfAll));
        const group = groups.find(({ links }) => links.some(link => link.id === id));
        const label = group?.links.find(link => link.id === id)?.label;
        return group ? { name: label ?? t('settings.linkTo', { title: group.gallery.title }), href: '/links' } : null;
      }
      default:
        return this.#node(id);
    }
  }

  async #node(id: string): Promise<Omit<Subject, 'id'> | null> {
    const { node } = await request(Node, { id });
    if (node?.__typename === 'Comment') {
      const media = node.media ? await this.of(node.media.id) : null;
      return { name: node.text?.slice(0, LONGEST) ?? media?.name ?? null, href: media?.href ?? null };
    }
    if (node?.__typename !== 'Photo' && node?.__typename !== 'Video') return null;
    const trashed = node.status === 'TRASHED';
    return { name: titleOf(node), href: trashed ? '/trash' : node.gallery ? `/gallery/${node.gallery.id}/${id}` : null };
  }
}
