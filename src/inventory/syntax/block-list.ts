/** A block list by its zone; the customer's key that some begin with is kept back. */
export const blockListZone = (text: string): string | undefined => {
  const zone = /^([\w-]{1,63}(?:\.[\w-]{1,63}){1,20})\.?(?:[=*!&\s/]|$)/.exec(text.trim())?.[1];
  if (zone === undefined || !/\.[a-z][a-z0-9-]*$/i.test(zone)) return undefined;
  const [first = '', ...rest] = zone.split('.');
  const isKey = first.length >= 16 && /\d/.test(first) && rest.length >= 2;
  return isKey ? `(a key).${rest.join('.')}` : zone;
};
