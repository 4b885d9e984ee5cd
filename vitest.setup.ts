import fc from 'fast-check';

// A run that decides over a change has to be repeatable; the long run looks for new counterexamples.
const given = process.env['BHXH_TEST_SEED'] ?? '';
const isLong = process.env['BHXH_TEST_LONG'] === '1';
const seed = given === '' ? (isLong ? Date.now() : 20_250_101) : Number(given);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
