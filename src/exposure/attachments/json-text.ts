const nodesMax = 2_000_000;
const depthMax = 200;

/** Names and values of JSON, an object's members a line each, behind the name of what they are in. */
const write = (value: unknown, name: string, out: string[], depth: number): void => {
  if (out.length > nodesMax || depth > depthMax || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) write(item, name, out, depth + 1);
  } else if (typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) write(item, key, out, depth + 1);
    out.push('');
  } else {
    const said = typeof value === 'string' ? value : JSON.stringify(value);
    out.push(name === '' ? said : `${name}: ${said}`);
  }
};

/**
 * JSON as lines `name: value`, so that what stands in it reads as a labelled letter does. What is not valid JSON
 * (lines of it, a piece cut off) stays as it is.
 */
export const jsonText = (text: string): string => {
  try {
    const out: string[] = [];
    write(JSON.parse(text), '', out, 0);
    return out.join('\n');
  } catch {
    return text;
  }
};
