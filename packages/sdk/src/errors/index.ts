export * from './bhxh-error.ts';
