/** Set when the package is built; sources run as 0.0.0. */
declare const BHXH_VERSION: string | undefined;

export const version: string = typeof BHXH_VERSION === 'string' ? BHXH_VERSION : '0.0.0';
