// The parts that texts come in. A screen's part is loaded with the screen.

import type activity from './en/activity';
import type common from './en/common';
import type edit from './en/edit';
import type galleries from './en/galleries';
import type gallery from './en/gallery';
import type galleryForm from './en/gallery-form';
import type links from './en/links';
import type people from './en/people';
import type search from './en/search';
import type settings from './en/settings';
import type signIn from './en/sign-in';
import type timeline from './en/timeline';
import type trash from './en/trash';
import type uploads from './en/uploads';
import type viewer from './en/viewer';

export interface Areas {
  activity: typeof activity;
  common: typeof common;
  edit: typeof edit;
  galleries: typeof galleries;
  gallery: typeof gallery;
  'gallery-form': typeof galleryForm;
  links: typeof links;
  people: typeof people;
  search: typeof search;
  settings: typeof settings;
  'sign-in': typeof signIn;
  timeline: typeof timeline;
  trash: typeof trash;
  uploads: typeof uploads;
  viewer: typeof viewer;
}

/** A text with `{names}`, or one for each form of plural that `{n}` takes. */
export type Text = string | { readonly one: string; readonly other: string };
export type Texts = Readonly<Record<string, Text>>;
/** The same keys in another language. */
export type Translation<Of extends Texts> = { readonly [Key in keyof Of]: Of[Key] extends string ? string : Exclude<Text, string> };

export type Area = keyof Areas;
export type Key = { [A in Area]: `${A}.${Extract<keyof Areas[A], string>}` }[Area];
