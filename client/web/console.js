// A plain GraphQL console: asks as whoever is signed in in this browser.

import { authorized, hasSession, sessionEnded } from './api.js';
import { busy, el } from './dom.js';

const KEPT = 'mantel.console';

const EXAMPLES = [
  ['Who am I', '{\n  viewer { id displayName role email }\n}'],
  ['Galleries', 'query Galleries($first: Int! = 20, $after: String) {\n  galleries(first: $first, after: $after) {\n    edges { node { id title visibility mediaCount firstTakenOn lastTakenOn } }\n    pageInfo { hasNextPage endCursor }\n  }\n}', { first: 20 }],
  ['Pictures of a gallery', 'query Pictures($id: ID!, $after: String) {\n  gallery(id: $id) {\n    title\n    media(first: 20, after: $after) {\n      edges { node {\n        __typename id fileName caption takenAt width height status\n        thumbnail { url expiresAt }\n      } }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n}', { id: 'gal_…' }],
  ['One picture', 'query Picture($id: ID!) {\n  media(id: $id) {\n    fileName contentType sizeBytes\n    location { latitude longitude altitude }\n    preview { url width height }\n    original { url }\n    comments(first: 20) { edges { node { id text createdAt author { displayName } } } }\n    ... on Photo { exif { cameraMake cameraModel lens fNumber exposureTime iso } }\n  }\n}', { id: 'med_…' }],
  ['Say something', 'mutation Comment($input: AddCommentInput!) {\n  addComment(input: $input) {\n    comment { id text createdAt }\n    userErrors { code message path }\n  }\n}', { input: { mediaId: 'med_…', text: 'Lovely!' } }],
  ['Make a gallery', 'mutation Make($input: CreateGalleryInput!) {\n  createGallery(input: $input) {\n    gallery { id title }\n    userErrors { code message path }\n  }\n}', { input: { title: 'Summer', visibility: 'FAMILY' } }],
  ['Announce an upload', 'mutation Upload($input: RequestUploadInput!) {\n  requestUpload(input: $input) {\n    ticket { mediaId partCount parts { partNumber method url headers { name value } offset length } }\n    duplicateOf { id }\n    userErrors { code message path }\n  }\n}', { input: { galleryId: 'gal_…', fileName: 'a.jpg', contentType: 'image/jpeg', sizeBytes: 1234, sha256: '…' } }],
  ['People', '{\n  users(first: 50) {\n    edges { node { id displayName role email disabled lastSeenAt } }\n    pageInfo { hasNextPage endCursor }\n  }\n}'],
  ['Sign-in page', '{\n  signInOptions { id label role }\n}'],
];

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }';
const SCHEMA = `{ __schema { types {
  kind name description
  fields { name description args { name type { ${TYPE} } } type { ${TYPE} } }
  inputFields { name description type { ${TYPE} } }
  enumValues { name description }
} } }`;

const [who, examples, run, documentArea, variablesArea, status, result, filter, types] =
  ['who', 'examples', 'run', 'document', 'variables', 'status', 'result', 'filter', 'types'].map(id => document.getElementById(id));

async function ask() {
  let variables;
  try {
    variables = JSON.parse(variablesArea.value.trim() || '{}');
  } catch (error) {
    status.textContent = `The variables are not JSON: ${error.message}`;
    variablesArea.focus();
    return;
  }
  sessionStorage.setItem(KEPT, JSON.stringify([documentArea.value, variablesArea.value]));
  status.textContent = 'Asking…';
  const started = performance.now();
  try {
    const answer = await authorized(documentArea.value, variables);
    const took = Math.round(performance.now() - started);
    const errors = answer.body?.errors?.length;
    status.textContent = [`Status ${answer.status}`, `${took} ms`, errors && `${errors} ${errors === 1 ? 'error' : 'errors'}`].filter(Boolean).join(' · ');
    result.textContent = JSON.stringify(answer.body, null, 2);
  } catch (error) {
    status.textContent = error.message;
    result.textContent = '';
  }
}

const typeName = type => {
  if (type.kind === 'NON_NULL') return `${typeName(type.ofType)}!`;
  return type.kind === 'LIST' ? `[${typeName(type.ofType)}]` : type.name;
};

function describe({ name, description, args = [], type }) {
  const given = args.length ? `(${args.map(arg => `${arg.name}: ${typeName(arg.type)}`).join(', ')})` : '';
  return [el('dt', {}, name, given, type && ': ', type && el('span', {}, typeName(type))), description && el('dd', {}, description)];
}

function showTypes(all) {
  const wanted = filter.value.trim().toLowerCase();
  const has = text => text.toLowerCase().includes(wanted);
  types.replaceChildren(...all.flatMap(type => {
    const members = type.fields ?? type.inputFields ?? type.enumValues ?? [];
    const named = has(type.name);
    const found = named ? members : members.filter(member => has(member.name));
    if (!named && !found.length) return [];
    return [el('details', { open: wanted !== '' && found.length > 0 && found.length < 40 },
      el('summary', {}, type.name, el('small', {}, type.kind.toLowerCase().replace('_', ' '))),
      type.description && el('p', {}, type.description),
      el('dl', {}, found.flatMap(describe)))];
  }));
  if (!types.childElementCount) types.append(el('p', {}, 'Nothing has this name.'));
}

async function start() {
  // The later in this list, the further up.
  const roots = ['Mutation', 'Query'];
  if (!hasSession()) {
    who.replaceChildren('Not signed in: only open fields answer. ', el('a', { href: '/' }, 'Sign in'));
  }
  try {
    const { body } = hasSession() ? await authorized('{ viewer { displayName role } }') : {};
    if (body?.data?.viewer) who.textContent = `Signed in as ${body.data.viewer.displayName} (${body.data.viewer.role.toLowerCase()})`;
    const schema = await authorized(SCHEMA);
    if (!schema.body?.data?.__schema) {
      // With `mantel --dev` it shows to everybody.
      types.replaceChildren(el('p', {}, 'The schema shows to those who are signed in.'));
      return;
    }
    const all = schema.body.data.__schema.types.filter(type => !type.name.startsWith('__'));
    all.sort((a, b) => roots.indexOf(b.name) - roots.indexOf(a.name) || a.name.localeCompare(b.name));
    showTypes(all);
    filter.addEventListener('input', () => showTypes(all));
  } catch (error) {
    types.replaceChildren(el('p', { class: 'mistake' }, error.message));
  }
}

examples.append(...EXAMPLES.map(([label], i) => el('option', { value: i }, label)));
examples.addEventListener('change', () => {
  const [, text, variables = {}] = EXAMPLES[examples.value];
  documentArea.value = text;
  variablesArea.value = JSON.stringify(variables, null, 2);
});
run.addEventListener('click', () => busy(run, ask));
document.addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) busy(run, ask);
});
sessionEnded.addEventListener('ended', start);
const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
[documentArea.value, variablesArea.value] = kept ?? [EXAMPLES[0][1], '{}'];
start();
