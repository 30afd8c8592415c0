/**
 * Stands in the name of every test that needs data which is not ours to keep: real advisories, real logs.
 * It is skipped where the variable that names their folder is not set, in continuous integration too.
 */
export const outsideData = 'with data from outside';
