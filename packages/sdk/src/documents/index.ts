export {
  documentKinds,
  kindById,
  kindOfRoot,
  type DocumentKind,
  type DocumentLayout,
  type RulesetFamily,
} from './kinds.ts';
export { ContentArena } from './content-arena.ts';
export { decodeBase64, type Base64Result } from './base64.ts';
export {
  EnvelopeReader,
  type EnvelopeHeader,
  type EnvelopePart,
  type EnvelopePlace,
  type EnvelopeSink,
} from './envelope-reader.ts';
