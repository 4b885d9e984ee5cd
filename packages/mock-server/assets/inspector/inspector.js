// @ts-check
import { bars, element, find, table } from './elements.js';
import { change, ControlRefused, hasKey, KeyRefused, read, readBytes, useKey } from './gateway.js';
import { en } from './messages/en.js';
import { vi } from './messages/vi.js';

/**
 * @typedef {import('../../src/inspector/arrivals.ts').Arrival} Arrival
 * @typedef {import('../../src/inspector/arrivals.ts').ArrivalDetail} ArrivalDetail
 * @typedef {import('../../src/inspector/summary.ts').Summary} Summary
 */
const EVERY = 2_000;
const LANGUAGE = 'bhxh-language';
/** Longer content is cut: a page is no editor. */
const LONGEST = 200_000;
const PAGE = 50;

let language = localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'vi';
/** @type {string | undefined} */
let chosen;
/** What is drawn of the list and the details, so that nothing is drawn anew that did not change. */
let drawn = { arrivals: '', detail: '', summary: '', calls: '', outbox: '' };
let shownRows = PAGE;
/** @type {{ frozen: boolean, now: string } | undefined} */
let clock;
/** @type {number | null} */
let nextDue = null;

/** @param {string} name */
const word = (name) => (language === 'vi' ? vi : en)[name] ?? name;
/** @param {{ vi: string, en: string } | undefined} text */
const spoken = (text) => (text === undefined ? '' : text[/** @type {'vi' | 'en'} */ (language)]);
/** @param {string} state */
const stateWord = (state) => (language === 'vi' ? vi : en)[`state.${state}`] ?? state;
const local = () => (language === 'vi' ? 'vi-VN' : 'en-GB');
/** @param {number | string | null} at */
const moment = (at) =>
  at === null
    ? ''
    : new Date(at).toLocaleString(local(), {
        dateStyle: 'short',
        timeStyle: 'medium',
        timeZone: 'Asia/Ho_Chi_Minh',
      });
/** @param {string} text */
const say = (text) => {
  find('#status').textContent = text;
};

function drawWords() {
  document.documentElement.lang = language;
  document.title = word('title');
  for (const place of document.querySelectorAll('[data-word]'))
    place.textContent = word(place.getAttribute('data-word') ?? '');
  for (const place of document.querySelectorAll('[data-label]'))
    place.setAttribute('aria-label', word(place.getAttribute('data-label') ?? ''));
  const other = find('#language');
  other.textContent = word('language');
  other.setAttribute('lang', language === 'vi' ? 'en' : 'vi');
  find('#arrivals thead').replaceChildren(
    element(
      'tr',
      {},
      ['received', 'sender', 'kind', 'documentKey', 'state', 'findings'].map((name) =>
        element('th', { scope: 'col' }, [word(name)]),
      ),
    ),
  );
  drawn = { arrivals: '', detail: '', summary: '', calls: '', outbox: '' };
  drawClock();
}

function drawClock() {
  if (clock === undefined) return;
  const now = /** @type {HTMLTimeElement} */ (find('#now'));
  now.dateTime = clock.now;
  now.textContent = moment(clock.now);
  const badge = find('#frozen');
  badge.toggleAttribute('hidden', !clock.frozen);
  badge.textContent = word('frozen');
  find('#freeze').textContent = word(clock.frozen ? 'resume' : 'freeze');
  find('#jump').toggleAttribute('disabled', nextDue === null);
}

/** @param {readonly Arrival[]} arrivals */
function drawArrivals(arrivals) {
  const body = find('#arrivals tbody');
  const focused = document.activeElement?.getAttribute('data-id');
  body.replaceChildren(
    ...arrivals.map((arrival) =>
      element('tr', { class: arrival.id === chosen ? 'chosen' : '' }, [
        element('td', {}, [
          element(
            'button',
            {
              type: 'button',
              class: 'link',
              'data-id': arrival.id,
              'aria-pressed': arrival.id === chosen ? 'true' : 'false',
              click: () => void choose(arrival.id),
            },
            [moment(arrival.receivedAt)],
          ),
        ]),
        element('td', {}, [arrival.sender]),
        element('td', {}, [arrival.kind]),
        element('td', {}, [arrival.key ?? '']),
        element('td', {}, [stateWord(arrival.state)]),
        element('td', {}, [countsOf(arrival)]),
      ]),
    ),
  );
  if (arrivals.length === 0)
    body.replaceChildren(element('tr', {}, [element('td', { colspan: '6' }, [word('nothing')])]));
  find('#older').toggleAttribute('hidden', arrivals.length < shownRows);
  if (focused)
    /** @type {HTMLElement | null} */ (body.querySelector(`[data-id="${CSS.escape(focused)}"]`))?.focus();
}

/** @param {Arrival} arrival */
const countsOf = ({ errors, warnings }) =>
  [
    ...(errors > 0 ? [`${errors} ${word('errors')}`] : []),
    ...(warnings > 0 ? [`${warnings} ${word('warnings')}`] : []),
  ].join(', ');

/**
 * @param {string} title
 * @param {ReadonlyArray<Node | string>} content
 */
const part = (title, content) => element('section', {}, [element('h3', {}, [word(title)]), ...content]);

/** @param {ArrivalDetail} detail */
function drawDetail(detail) {
  const { arrival } = detail;
  const facts = [
    ['received', moment(arrival.receivedAt)],
    ['decided', moment(arrival.decidedAt)],
    ['sender', arrival.sender],
    ['kind', arrival.kind],
    ['documentKey', arrival.key ?? ''],
    ['state', stateWord(arrival.state)],
    ['number', detail.number ?? ''],
    ['ruleset', detail.ruleset ?? ''],
    ['due', moment(detail.due ?? null)],
    ['scenario', arrival.scenario ?? ''],
    ['size', `${arrival.size.toLocaleString(local())} ${word('bytes')}`],
    ['hash', detail.sha256],
  ].filter(([, value]) => value !== '');
  const content = element('div', {});
  find('#detail-body').replaceChildren(
    element('p', { class: 'id' }, [arrival.id]),
    element(
      'dl',
      {},
      facts.flatMap(([name = '', value = '']) => [
        element('dt', {}, [word(name)]),
        element('dd', { 'data-fact': name }, [value]),
      ]),
    ),
    part('findings', [findingsOf(detail)]),
    ...(arrival.gateway === 'claims' ? [part('signature', [signatureOf(detail.signature)])] : []),
    ...(detail.adjudication === null ? [] : [part('adjudication', adjudicationOf(detail.adjudication))]),
    part('lifeCycle', [
      table(
        word('lifeCycle'),
        [word('received'), word('event')],
        detail.events.map(({ at, type }) => [moment(at), type]),
      ),
    ]),
    ...(detail.documents.length === 0
      ? []
      : [
          part('documents', [
            table(
              word('documents'),
              [word('received'), word('kind'), word('content'), ''],
              detail.documents.map((one) => [
                moment(one.at),
                one.kind,
                `${one.form} ${one.name}`,
                showButton(content, arrival.id, one.id, 'showDocument'),
              ]),
            ),
          ]),
        ]),
    ...(detail.ledger.length === 0
      ? []
      : [
          part('ledger', [
            table(
              word('ledger'),
              [word('entry')],
              detail.ledger.map((/** @type {unknown} */ entry) => [
                element('pre', { tabindex: '0' }, [JSON.stringify(entry, null, 1)]),
              ]),
            ),
          ]),
        ]),
    part('content', [showButton(content, arrival.id, undefined, 'show'), content]),
  );
}

/**
 * @param {HTMLElement} place
 * @param {string} id
 * @param {string | undefined} document
 * @param {string} label
 */
function showButton(place, id, document, label) {
  const show = async () => {
    const query = document === undefined ? '' : `?document=${encodeURIComponent(document)}`;
    const bytes = await readBytes(`arrivals/${encodeURIComponent(id)}/bytes${query}`);
    const text = new TextDecoder().decode(bytes.subarray(0, LONGEST));
    place.replaceChildren(
      ...(bytes.length > LONGEST ? [element('p', {}, [word('cut')])] : []),
      element('pre', { tabindex: '0', role: 'region', 'aria-label': word('content') }, [text]),
    );
  };
  return element('button', { type: 'button', click: () => void attempt(show) }, [word(label)]);
}

/** @param {ArrivalDetail} detail */
function findingsOf({ findings, reasons }) {
  if (findings.length === 0 && reasons.length === 0) return element('p', {}, [word('noFindings')]);
  return table(
    word('findings'),
    [word('rule'), word('where'), word('what'), word('todo')],
    [
      ...reasons.map(({ code, label, at }) => [code, at ?? '', spoken(label), '']),
      ...findings.map((finding) => [
        finding.ruleId,
        finding.path ?? '',
        spoken(finding.message),
        spoken(finding.hint),
      ]),
    ],
  );
}

/** @param {ArrivalDetail['signature']} signature */
function signatureOf(signature) {
  if (signature === null) return element('p', {}, [word('unsigned')]);
  return table(
    word('signature'),
    [word('verdict'), word('signer'), word('reasons')],
    [[signature.verdict, signature.signer ?? '', signature.reasons.join(', ')]],
  );
}

/** @param {NonNullable<ArrivalDetail['adjudication']>} adjudication */
function adjudicationOf({ totals, lines }) {
  const refused = lines.filter((line) => line.decision === 'rejected');
  return [
    table(
      word('adjudication'),
      [word('lines'), word('claimed'), word('accepted'), word('rejected')],
      [[String(totals.lines), totals.claimed, totals.accepted, totals.rejected]],
    ),
    ...(refused.length === 0
      ? []
      : [
          table(
            word('rejected'),
            [word('where'), word('documentKey'), word('claimed'), word('accepted'), word('reasons')],
            refused.map((line) => [
              `${line.table} ${line.line}`,
              line.code,
              line.claimed,
              line.accepted,
              line.reasons.join(', '),
            ]),
          ),
        ]),
  ];
}

/** @param {Summary} summary */
function drawSummary({ states, hours, rules, waiting }) {
  find('#charts').replaceChildren(
    bars(
      word('byState'),
      word('kind'),
      word('count'),
      states.map((one) => [`${one.kind} – ${stateWord(one.state)}`, one.count]),
    ),
    bars(
      word('byHour'),
      word('received'),
      word('count'),
      hours.map((one) => [moment(one.at), one.count]),
    ),
    bars(
      word('byRule'),
      word('rule'),
      word('count'),
      rules.map((one) => [one.ruleId, one.count]),
    ),
    element('p', {}, [`${word('waiting')}: ${waiting}`]),
  );
}

/**
 * @typedef {{ id: string, at: number, method: string, path: string, status: number, result?: string }} CallLine
 * @param {readonly CallLine[]} calls
 */
function drawCalls(calls) {
  const focused = document.activeElement?.getAttribute('data-call');
  find('#calls').replaceChildren(
    table(
      word('calls'),
      [word('received'), word('call'), word('answer'), word('replay')],
      calls.slice(0, PAGE).map((one) => [
        moment(one.at),
        `${one.method} ${one.path}`,
        one.result === undefined ? String(one.status) : `${one.status} / ${one.result}`,
        element(
          'button',
          {
            type: 'button',
            'data-call': one.id,
            'aria-label': `${word('replay')} ${one.method} ${one.path}`,
            click: () => void replay(one.id),
          },
          [word('replay')],
        ),
      ]),
    ),
  );
  if (focused)
    /** @type {HTMLElement | null} */ (
      find('#calls').querySelector(`[data-call="${CSS.escape(focused)}"]`)
    )?.focus();
}

/** @param {string} id */
const replay = (id) =>
  attempt(async () => {
    const exchange = await change('POST', `requests/${encodeURIComponent(id)}/replay`);
    find('#call').replaceChildren(
      element('pre', { tabindex: '0', role: 'region', 'aria-label': word('answer') }, [
        JSON.stringify(exchange, null, 1),
      ]),
    );
    await refresh();
    say(word('replayed'));
  });

/** @param {readonly { at: number, channel: string, recipient: string | null, text: string }[]} notices */
function drawOutbox(notices) {
  find('#outbox').replaceChildren(
    notices.length === 0
      ? element('p', {}, [word('noNotices')])
      : table(
          word('outbox'),
          [word('received'), word('channel'), word('recipient'), word('content')],
          notices.map((one) => [moment(one.at), one.channel, one.recipient ?? '', one.text]),
        ),
  );
}

/** @param {string} id */
async function choose(id) {
  chosen = id;
  drawn = { ...drawn, arrivals: '', detail: '' };
  await refresh();
  find('#detail').focus();
}

/**
 * @template T
 * @param {keyof typeof drawn} name
 * @param {T} value
 * @param {(value: T) => void} draw
 */
function drawChanged(name, value, draw) {
  const text = JSON.stringify(value);
  if (drawn[name] === text) return;
  drawn[name] = text;
  draw(value);
}

async function refresh() {
  const [time, { arrivals }, summary, { requests }, { notices }] = await Promise.all([
    read('clock'),
    read(`arrivals?limit=${shownRows}`),
    read('summary'),
    read('requests'),
    read('notices?limit=50'),
  ]);
  clock = time;
  nextDue = summary.nextDue;
  drawClock();
  drawChanged('arrivals', arrivals, drawArrivals);
  drawChanged('summary', summary, drawSummary);
  drawChanged('calls', requests, drawCalls);
  drawChanged('outbox', notices, drawOutbox);
  if (chosen !== undefined)
    drawChanged('detail', await read(`arrivals/${encodeURIComponent(chosen)}`), drawDetail);
}

/** @param {() => Promise<void>} work */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof KeyRefused) {
      askForKey();
      say(word('keyRefused'));
    } else if (error instanceof ControlRefused) say(error.message);
    else say(word('lost'));
    return false;
  }
}

function askForKey() {
  find('main').toggleAttribute('hidden', true);
  find('#sign-in').toggleAttribute('hidden', false);
  find('#key').focus();
}

async function open() {
  const works = await attempt(async () => {
    /** @type {{ standing: string, scenarios: readonly { id: string, title: { vi: string, en: string } }[] }} */
    const { standing, scenarios } = await read('scenarios');
    find('#scenario').replaceChildren(
      ...scenarios.map(({ id, title }) =>
        element('option', { value: id, selected: id === standing }, [`${id} – ${spoken(title)}`]),
      ),
    );
    await refresh();
    find('#sign-in').toggleAttribute('hidden', true);
    find('main').toggleAttribute('hidden', false);
    say('');
  });
  return works;
}

/**
 * @param {string} path
 * @param {unknown} [body]
 */
const moveClock = (path, body) =>
  attempt(async () => {
    await change('POST', `clock/${path}`, body);
    await change('POST', 'idle');
    await refresh();
    say(word('moved'));
  });

find('#freeze').addEventListener('click', () => void moveClock(clock?.frozen ? 'resume' : 'freeze'));
for (const button of document.querySelectorAll('[data-advance]'))
  button.addEventListener(
    'click',
    () => void moveClock('advance', { seconds: Number(button.getAttribute('data-advance')) }),
  );
find('#jump').addEventListener('click', () => {
  if (nextDue === null || clock === undefined) return;
  const to = new Date(Math.max(nextDue, Date.parse(clock.now)));
  void moveClock('advance', { to: to.toISOString() });
});
find('#scenario').addEventListener('change', (event) => {
  const scenario = /** @type {HTMLSelectElement} */ (event.target).value;
  void attempt(async () => {
    await change('PUT', 'scenarios', { scenario });
    say(word('scenarioSet'));
  });
});
find('#older').addEventListener('click', () => {
  shownRows = Math.min(200, shownRows + PAGE);
  void attempt(refresh);
});
find('#language').addEventListener('click', () => {
  language = language === 'vi' ? 'en' : 'vi';
  localStorage.setItem(LANGUAGE, language);
  drawWords();
  if (hasKey()) void open();
});
find('#sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  useKey(/** @type {HTMLInputElement} */ (find('#key')).value);
  void open();
});

drawWords();
if (!hasKey() || !(await open())) askForKey();
let lost = false;
setInterval(() => {
  if (document.hidden || find('main').hasAttribute('hidden')) return;
  void attempt(async () => {
    await refresh();
    if (lost) say('');
    lost = false;
  }).then((works) => (lost = !works));
}, EVERY);
