// @ts-check
import { element, find, table } from './elements.js';
import { en } from './messages/en.js';
import { vi } from './messages/vi.js';

/**
 * @typedef {Readonly<Record<string, any>>} Json
 * @typedef {{ readonly id: string, readonly method: string, readonly path: string, readonly spec: Json }} Operation
 */
const LANGUAGE = 'bhxh-language';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Deeper than any schema is worth reading. */
const DEEPEST = 6;

let language = localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'vi';
/** @type {readonly { name: string, title: string }[]} */
let documents = [];
/** @type {Json} */
let shown = {};

/** @param {string} name */
const word = (name) => (language === 'vi' ? vi : en)[name] ?? name;
/** @param {string} text */
const say = (text) => {
  find('#status').textContent = text;
};

/**
 * @param {any} node
 * @returns {any}
 */
function follow(node) {
  const reference = node?.$ref;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return node;
  return follow(
    reference
      .slice(2)
      .split('/')
      .reduce((/** @type {any} */ at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], shown),
  );
}

/**
 * A schema in the words of a reader: references followed, a few levels deep.
 *
 * @param {any} schema
 * @param {number} depth
 * @returns {unknown}
 */
function plain(schema, depth = 0) {
  const own = follow(schema);
  if (own === undefined || own === null || typeof own !== 'object') return own;
  if (depth > DEEPEST) return '…';
  if (Array.isArray(own)) return own.map((one) => plain(one, depth + 1));
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, plain(value, depth + 1)]));
}

/** @param {any} schema */
function typeOf(schema) {
  const own = follow(schema) ?? {};
  const types = Array.isArray(own.type) ? own.type.join(' | ') : (own.type ?? '');
  if (own.const !== undefined) return `${types} ${JSON.stringify(own.const)}`;
  if (Array.isArray(own.enum)) return own.enum.join(' | ');
  return [types, own.pattern ?? ''].filter((part) => part !== '').join(' ');
}

/** @returns {readonly Operation[]} */
function operations() {
  return Object.entries(shown['paths'] ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => ({
      id: String(item[method].operationId),
      method: method.toUpperCase(),
      path,
      spec: item[method],
    })),
  );
}

/**
 * @param {string} title
 * @param {unknown} schema
 */
const schemaOf = (title, schema) =>
  element('details', {}, [
    element('summary', {}, [title]),
    element('pre', { tabindex: '0', role: 'region', 'aria-label': title }, [
      JSON.stringify(plain(schema), null, 2) ?? '',
    ]),
  ]);

/** @param {Operation} operation */
function drawOperation({ id, method, path, spec }) {
  /** @type {readonly any[]} */
  const parameters = (spec['parameters'] ?? []).map(follow);
  const body = follow(spec['requestBody'])?.content ?? {};
  const origin = [spec['x-origin'], spec['x-confidence']].filter((part) => part !== undefined).join(', ');
  return element('article', { id, 'aria-labelledby': `${id}-title` }, [
    element('h3', { id: `${id}-title` }, [
      element('span', { class: 'method' }, [method]),
      ' ',
      element('code', {}, [path]),
    ]),
    element('p', {}, [String(spec['summary'] ?? '')]),
    ...(spec['description'] === undefined ? [] : [element('p', {}, [String(spec['description'])])]),
    ...(origin === '' ? [] : [element('p', {}, [`${word('origin')}: ${origin}`])]),
    ...(parameters.length === 0
      ? []
      : [
          table(
            word('parameters'),
            [word('name'), word('where'), word('required'), word('type'), word('meaning')],
            parameters.map((one) => [
              element('code', {}, [one.name]),
              word(one.in),
              word(one.required === true ? 'yes' : 'no'),
              typeOf(one.schema),
              one.description ?? '',
            ]),
          ),
        ]),
    ...Object.entries(body).map(([type, media]) => schemaOf(`${word('body')}: ${type}`, media.schema)),
    table(
      word('responses'),
      [word('status'), word('meaning'), word('content')],
      Object.entries(spec['responses'] ?? {}).map(([status, response]) => {
        const own = follow(response) ?? {};
        return [
          status === 'default' ? word('otherwise') : status,
          own.description ?? '',
          element(
            'div',
            {},
            Object.entries(own.content ?? {}).map(([type, media]) => schemaOf(type, media.schema)),
          ),
        ];
      }),
    ),
  ]);
}

function draw() {
  document.documentElement.lang = language;
  document.title = word('title');
  for (const place of document.querySelectorAll('[data-word]'))
    place.textContent = word(place.getAttribute('data-word') ?? '');
  const other = find('#language');
  other.textContent = word('language');
  other.setAttribute('lang', language === 'vi' ? 'en' : 'vi');
  find('#operations-title').textContent = shown['info']?.title ?? '';
  find('#description').textContent = shown['info']?.description ?? '';
  const wanted = /** @type {HTMLInputElement} */ (find('#search')).value.trim().toLowerCase();
  const chosen = operations().filter(({ id, method, path, spec }) =>
    `${id} ${method} ${path} ${spec['summary'] ?? ''}`.toLowerCase().includes(wanted),
  );
  find('#contents').replaceChildren(
    ...chosen.map(({ id, method, path }) =>
      element('li', {}, [element('a', { href: `#${id}` }, [`${method} ${path}`])]),
    ),
  );
  find('#list').replaceChildren(...chosen.map(drawOperation));
  say(`${chosen.length} ${word('found')}`);
}

/** @param {string} name */
async function open(name) {
  try {
    const answer = await fetch(`openapi/${encodeURIComponent(name)}.json`);
    if (!answer.ok) throw new Error(String(answer.status));
    shown = await answer.json();
    draw();
    if (location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView();
  } catch {
    say(word('lost'));
  }
}

find('#document').addEventListener('change', (event) => {
  history.replaceState(null, '', location.pathname);
  void open(/** @type {HTMLSelectElement} */ (event.target).value);
});
find('#search').addEventListener('input', draw);
find('#language').addEventListener('click', () => {
  language = language === 'vi' ? 'en' : 'vi';
  localStorage.setItem(LANGUAGE, language);
  draw();
});

documents = await (await fetch('openapi/index.json')).json();
find('#document').replaceChildren(
  ...documents.map(({ name, title }) => element('option', { value: name }, [title])),
);
await open(documents[0]?.name ?? '');
