import fc from 'fast-check';

// A run that decides over a change has to be repeatable; the long run looks for new counterexamples.
const seed = process.env['BHXH_TEST_LONG'] === '1' ? undefined : 20_250_101;
fc.configureGlobal({ ...fc.readConfigureGlobal(), ...(seed === undefined ? {} : { seed }) });
