// @ts-check
/**
 * An element with its attributes and children; text is text, never markup.
 *
 * @param {string} name
 * @param {Readonly<Record<string, string | boolean | ((event: Event) => void)>>} [attributes]
 * @param {ReadonlyArray<Node | string>} [children]
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(attribute, value);
    else if (typeof value === 'boolean') made.toggleAttribute(attribute, value);
    else made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}

/**
 * @param {string} caption
 * @param {readonly string[]} columns
 * @param {ReadonlyArray<ReadonlyArray<Node | string>>} rows
 */
export function table(caption, columns, rows) {
  return element('table', {}, [
    element('caption', {}, [caption]),
    element('thead', {}, [
      element(
        'tr',
        {},
        columns.map((column) => element('th', { scope: 'col' }, [column])),
      ),
    ]),
    element(
      'tbody',
      {},
      rows.map((row) =>
        element(
          'tr',
          {},
          row.map((cell) => element('td', {}, [cell])),
        ),
      ),
    ),
  ]);
}

/**
 * Bars that are a table to whoever cannot see them.
 *
 * @param {string} caption
 * @param {string} what
 * @param {string} many
 * @param {ReadonlyArray<readonly [label: string, count: number]>} rows
 */
export function bars(caption, what, many, rows) {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return table(
    caption,
    [what, many],
    rows.map(([label, count]) => [
      label,
      element('span', { class: 'bar' }, [
        element('meter', { max: String(most), value: String(count), 'aria-hidden': 'true' }),
        ` ${count}`,
      ]),
    ]),
  );
}

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @returns {T}
 */
export function find(selector) {
  const found = /** @type {T | null} */ (document.querySelector(selector));
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
