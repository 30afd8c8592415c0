/** Who made the installed copy: it decides which advisory source may judge it. */
export const origins = ['distribution', 'upstream', 'vendor', 'in-house', 'unknown'] as const;
export type Origin = (typeof origins)[number];
