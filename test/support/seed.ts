import fc from 'fast-check';

/**
 * Property tests draw the same values in every run, so that a red run is the change's own doing;
 * `POSTERN_SEED` draws others: a number, or `random`.
 */
const asked = process.env['POSTERN_SEED'] ?? '20261125';
if (asked !== 'random') fc.configureGlobal({ seed: Number(asked) });
