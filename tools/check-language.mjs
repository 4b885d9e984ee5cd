// Vietnamese sentences live in specs/, the message catalogues and Vietnamese documents, so that a translator finds them all; identifiers are never Vietnamese.
import { readFileSync } from 'node:fs';
import { root, sourceFiles } from './source-files.mjs';

const vietnamese = /[ăâđêôơưĂÂĐÊÔƠƯàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/;
const catalogues =
  /(?:^|\/)messages\/|\/sentences\/|\.vi\.md$|^GLOSSARY\.md$|^specs\/|\.(?:test|fixture)\.ts$|\/test\/|^bench\/|^examples\//;

let bad = 0;
for (const path of sourceFiles()) {
  if (
    !/\.(?:ts|mjs|js)$/.test(path) ||
    catalogues.test(path) ||
    path.includes('/generated/') ||
    path === 'tools/check-language.mjs'
  )
    continue;
  const text = readFileSync(root + path, 'utf8');
  for (const [index, line] of text.split('\n').entries()) {
    // Official words may be quoted in a comment, next to the English term.
    const code = line.replace(/^\s*(?:\/?\*+|\/\/).*$/, '').replace(/\/\/.*$/, '');
    if (!vietnamese.test(code)) continue;
    console.error(`${path}:${index + 1}: a Vietnamese sentence outside the catalogues`);
    bad += 1;
  }
}
process.exit(bad === 0 ? 0 : 1);
