// Files on their way, as the rest of the page uses them. What does the work is loaded when there is some.

import type { Component } from 'svelte';

import { tellProblem } from '../ui/toasts.svelte';

export interface Destination {
  id: string;
  title: string;
}

/** What the engine offers here. */
interface Engine {
  start(): Promise<void>;
  goOn(): Promise<void>;
  add(files: readonly File[], gallery: Destination): Promise<void>;
  underWay(): number;
}

/** Set while the browser keeps files that are not all sent. */
export const LEFT = 'mantel.uploads';

type Tell = (mediaId: string) => void;

class Uploads {
  /** How many are not at their end yet. */
  pending = $state(0);
  /** What shows them, once there is something. */
  panel: Component | null = $state.raw(null);
  #listeners = new Map<string, Set<Tell>>();
  #engine: Promise<Engine> | null = null;

  /** Takes files for a gallery. Answers whether it did, once as much of them is kept as the browser keeps. */
  async add(files: Iterable<File>, gallery: Destination): Promise<boolean> {
    // A list that belongs to an input is emptied with it.
    const all = [...files];
    try {
      if (all.length > 0) await (await this.#start()).add(all, { id: gallery.id, title: gallery.title });
      return true;
    } catch (error) {
      tellProblem(error);
      return false;
    }
  }

  /** Whether something would be lost if whoever brought it signed out now, in this tab or in another. */
  async unsent(): Promise<boolean> {
    const underWay = await this.#engine?.then(engine => engine.underWay(), () => 0) ?? 0;
    if (underWay > 0 || localStorage.getItem(LEFT) === null) return underWay > 0;
    return import('./store').then(({ Store }) => new Store(Date.now).count(), () => 0).then(count => count > 0);
  }

  /** Calls back for each that was taken in by the server, with its id, and again once it is prepared. Answers how to stop that. */
  onArrived(galleryId: string, tell: Tell): () => void {
    const listeners = this.#listeners.get(galleryId) ?? new Set();
    this.#listeners.set(galleryId, listeners.add(tell));
    return () => listeners.delete(tell);
  }

  /** Goes on with what an earlier page left. */
  goOn(): void {
    if (localStorage.getItem(LEFT) !== null) this.#start().then(engine => engine.goOn()).catch(tellProblem);
  }

  /** For the engine: something was taken in. */
  arrived(galleryId: string, mediaId: string): void {
    for (const tell of this.#listeners.get(galleryId) ?? []) tell(mediaId);
  }

  #start(): Promise<Engine> {
    this.#engine ??= import('./Panel.svelte').then(async ({ default: panel, engine }) => {
      await engine.start();
      this.panel = panel;
      return engine;
    });
    // Parts of this page that could not be loaded can be the next time.
    this.#engine.catch(() => { this.#engine = null; });
    return this.#engine;
  }
}

export const uploads = new Uploads();
