import type { Sentences } from '../sentences.ts';

/** Sentences of the rule mechanisms. */
export const checkSentences: Sentences = {};
