const street =
  /\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|place|pl|way|terrace|close|crescent|highway|hwy|parkway|pkwy|suite|apt|floor|p\.?o\.? box|stra(?:ss|ß)e|str|platz|weg|allee|rue|avenida|calle|via|piazza|chome|ku|shi|cho|machi|gun)\b/i;
const code =
  /\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{2} \d{5}(?:-\d{4})?|\d{3}-\d{4}|\d{5}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b/;

/**
 * Where an address in Latin letters that begins at `from`, behind its label, ends: the rest of the line, if it has a number and a
 * word for a street or a postcode.
 */
export const latinAddressAt = (text: string, from: number): number | undefined => {
  const line = /^[^\n\t|;<>{}]{8,120}/.exec(text.slice(from, from + 120))?.[0] ?? '';
  if (!/^[#A-Za-z0-9]/.test(line) || /[@=]|:\/\//.test(line)) return undefined;
  const words = line.slice(0, 100);
  if (!/\d/.test(words) || !(street.test(words) || code.test(words)) || !/[A-Z][a-z]/.test(words))
    return undefined;
  return from + words.trimEnd().replace(/[.,]$/, '').length;
};
