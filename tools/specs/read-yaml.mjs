// Reads the YAML of specs/ and keeps the line of every value, so that a mistake is reported as file:line.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LineCounter, isMap, isSeq, parseDocument } from 'yaml';

/** A mistake in the data: `message` begins with file:line. */
export class SpecError extends Error {
  constructor(where, message) {
    super(`${where}: ${message}`);
    this.name = 'SpecError';
  }
}

export class YamlReader {
  /** `parsed` keeps what a text says for the readers after this one; nobody changes the values. */
  constructor(root, parsed = new Map()) {
    this.root = root;
    this.parsed = parsed;
    this.documents = new Map();
  }

  /** Names of the YAML files of a folder, sorted; none when there is no such folder. */
  list(folder) {
    const path = join(this.root, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => name.endsWith('.yaml'))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((name) => join(folder, name));
  }

  /** Names of the folders inside a folder, sorted. */
  folders(folder) {
    const path = join(this.root, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  }

  has(file) {
    return existsSync(join(this.root, file));
  }

  /** Every file read so far. */
  files() {
    return [...this.documents.keys()];
  }

  /** The content of a file as plain values; dates stay text. */
  read(file) {
    const known = this.documents.get(file);
    if (known !== undefined) return known.value;
    const text = readFileSync(join(this.root, file), 'utf8').normalize('NFC');
    const before = this.parsed.get(text);
    if (before !== undefined) {
      this.documents.set(file, before);
      return before.value;
    }
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      schema: 'core',
      uniqueKeys: true,
    });
    const [problem] = document.errors;
    if (problem !== undefined)
      throw new SpecError(`${file}:${problem.linePos?.[0].line ?? 1}`, problem.message.split('\n')[0]);
    const value = document.toJS({ maxAliasCount: 0 });
    const entry = { value, document, lines };
    this.documents.set(file, entry);
    this.parsed.set(text, entry);
    return value;
  }

  /** Where a value stands, by its path of keys and indexes. */
  where(file, path = []) {
    const entry = this.documents.get(file);
    if (entry === undefined) return file;
    let node = entry.document.contents;
    for (const key of path) {
      const next = isMap(node)
        ? node.items.find((pair) => String(pair.key) === String(key))?.value
        : isSeq(node)
          ? node.items[Number(key)]
          : undefined;
      if (next === undefined || next === null) break;
      node = next;
    }
    const offset = node?.range?.[0];
    return offset === undefined ? file : `${file}:${entry.lines.linePos(offset).line}`;
  }

  relative(path) {
    return relative(this.root, path);
  }
}
