import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unpackBzip2 } from './bzip2.ts';
import { PackedDataError } from './lz4.ts';

/** Made with bzip2 1.0.8: what it packs, and how that begins. */
const samples: readonly (readonly [name: string, packed: string, text: string])[] = [
  [
    'a few words',
    'QlpoOTFBWSZTWcyhBS4AAAffgAASQAEAEEEADAA6N95AIAAiKZM1NDJmgn5QoABoGTIciGAgqP+u/EeOiuczlSwwBoRamnFj+WVNi7kinChIZlCClwA=',
    `From: erin@example.test\r\nSubject: x\r\n\r\nText.\r\n`,
  ],
  [
    'runs',
    'QlpoOTFBWSZTWcD2h+sAAARRAOAAACA+AAAIIAAxBkxBHqnqNinm3mWo0ukhKjsXxdyRThQkMD2h+sA=',
    `${'a'.repeat(300)}bbbb${'c'.repeat(5)}${'d'.repeat(259)}e`,
  ],
  ['nothing', 'QlpoORdyRThQkAAAAAA=', ''],
  [
    'many lines',
    'QlpoMTFBWSZTWd7nR0gAF3DbgEAQQAF/4AQAG2mywGAU/AAAAAAAAA+AAQgEIBCAQgEIBCAQgEIACgAGgAAKAAaAAAoABoAACKegZ+qVVJ+qGIAwoABoAACH6qSG/U9VVUaZAekzTvIiI+j777789P07q2fp/T8tIBRoB4bA6HAcB0NgeGgFEgFoAC0SAWn9AGZmgHhsDocBwHQ2B4aAUSAWgAKQ0AtIBRoB4bA6HAcB0NgeGgFEgFoADyDYFpAKNAPDYHQ4DgOhsDw0AokAtAAdQOAtIBRoB4bA6HAcB0NgeGgFEgFoADiA6FpAKNAPDYHQ4DgOhsDw0AokAtAAbQDwtIBRoB4bA6HAcB0NgeGgFEgFoADSAKLSAUaAeGwOhwHAdDYHhoBRIBaAAlAC1pAKNAPDYHQ4DgOhsDw0AokAtAAQgAWkAo0A8NgdDgOA6GwPDQCiQC0ABSGgFpAKNAPDYHQ4DgOhsDw0AokAtAAeQbAtIBRoB4bA6HAcB0NgeGgFEgFoADqBwFpAKNAPDYHQ4DgOhsDw0AokAtAAcQHQtIBRoB4bA6HAcB0NgeGgFEgFoADaAeFpAKNAPDYHQ4DgOhsDw0AokAtAAaQBRaQCjQDw2B0OA4DobA8NAKJALQAEoAWtIBRoB4bA6HAcB0NgeGgFEgFoACEAC0gFGgHhsDocBwHQ2B4aAUSAWgAP8xER9H3333+oiI+j777794iI+j7777+IiI+j7777+/5H5+fn5+fn5+f1tMAC0gFGgHhsDocBwHQ2B4aAUSAWtIBRoB4bA6HAcB0NgeGgFEgFkAFVVVVVcfQmACqqqqquPoTABVVVVVXH0JgAqqqqqrj6EwAVVVVVVx9CYAKqqqqq4+hMAFVVVVVcfQmACqqqqquPoTABVVVVVXH0JgAqqqqqr++hMgFgC0oAFpAKNAPDYHQ4DgOhsDw0ArMzIzMzMwtIBRoB4bA6HAcB0NgeGgFMyMzMzMyqqvfffe9buG7hu4buG7hu4buG7hu4ZuK5bbbb77777777Os3Ddw3cN3Ddw3cN3Ddw3cN3LzL5bbbZ77777773u7hu4buG7hu4buG7hu4buG7l5lvy222T333333vd3Ddw3cN3Ddw3cN3Ddw3cN3LzLb9ttsk9999973dw3cN3Ddw3cN3Ddw3cN3Ddy8y239bbJJ77773u7hu4buG7hu4buG7hu4buG7l5ltt9tskk99973dw3cN3Ddw3cN3Ddw3cN3Ddy8y222WySSe+97u4buG7hu4buG7hu4buG7hu5eZbbbe2SSSe97u4buG7hu4buG7hu4buG7hu5eZbbbbZJJJO93cN3Ddw3cN3Ddw3cN3Ddw3cvLy222+97IBaAFpIAFpAKNAPDYHQ4DgOhsDwgBmZmRmZmYLSAUaAeGwOhwHAdDYHiADLuSSTvQAALzLbbbbJJJJ3oAAF5VtttlkkknYAABeVbbbZZJJJ2AAAXlW222WSSSdgAAF5VtttlkkknYAABeVbbbZZJJJ2AAAXlW222WSSSdgAAF5VtttlkkknYAABeVbbbZZJJJ2AAAXlvlttv7vWgFEgFoAtIgAWkAo0A8NgdDgOA6EgFoAzMzMjMzMC0gFGgHhsDocBwHRIC8uSSTsAAAvKtttsskkk7AAALyrbbbLJJJOwAAC8t5bbbJZJJO+gAAXlvLbbZLJJJ30AAC8t5bbbJZJJO+gAAXlvLbbZLJJJ30AAC8t5bbbJZJJO+gAAXlvLbbZLJJJ30AAC8t5bbbJZJJO+gAAXlt+W2373psDw0AokAtALSEAC0gFGgHhsDocBoBRIBaAZmZmZGZmAtIBRoB4bA6HA0Bd5JJJ30AAC8t5bbbJZJJO+gAAXlvLbbZLJJJ30AAC8t5bbbJZJJO+gAAXlt8ttskskk7+AAAvLb5bbZJZJJ38AABeW3y22ySySTv4AAC8tvlttklkknfwAAF5bfLbbJLJJO/gAALy2+W22SWSSd/AAAXltv22353o4DobA8NAKJALQFpBAAtIBRoB4bA2B4aAUSAWgMzMzMyMzALSAUaAeGwbBd3ZJJ38AABeW3y22ySySTv4AAC8tvlttklkknfwAAF5bfLbbJLJJO/gAALy2+W22SWSSd/AAAXltvy22SSySd+gAAXltvy22SSySd+gAAXltvy22SSySd+gAAXltvy22SSySd+gAAXltvy22SSySd+gAAXltt/W3zvQ6HAcB0NgeGgFEgFoFpAgAWkAo0A4DobA8NAKJALQMzMzMzIzAFpAKNAcC7uWSTv0AAC8tt+W2ySWSTv0AAC8tt+W2ySWSTv0AAC8tt+W2ySWSTv0AAC8tt+W2ySWSTv0AAC8tt+W2ySWSTv0AAC8ttv22ySSyTvwAAC8ttv22ySSyTvwAAC8ttv22ySSyTvwAAC8ttv22ySSyTvwAAC8ttt9t53oPDYHQ4DgOhsDw0AokAtBaQEAC0gHQ4DgOhsDw0AokAtBmZmZmZkYAWkB0XdyWSd+AAAXltt+22SSWSd+AAAXltt+22SSWSd+AAAXltt+22SSWSd+AAAXltt+22SSWSd+AAAXltt+22SSWSd+AAAXltt+22SSWSd+AAAXlttv62SSSyd8AAAvLbbf1skklk74AABeW22/rZJJLJ3wAAC8tttsrvQKNAPDYHQ4DgOhsDw0AokAtC0gEADw2B0OA4DobA8NAKJALQzMzMzMzIAPF3cksnfAAALy2239bJJJZO+AAAXlttv62SSSyd8AAAvLbbf1skklk74AABeW22/rZJJLJ3wAAC8ttt/WySSWTvgAAF5bbb+tkkksnfAAALy2239bJJJZO+AAAXlttt9skkks7wAAC8tttvtkkklneAAAcMvltttiQCjQDw2B0OA4DobA8NAKJALQAFGgHhsDocBwHQ2B4aAUSAWgALu7u7u6XdySWd4AABeW2232ySSSzvAAALy222+2SSSWd4AABeW2232ySSSzvAAALy222+2SSSWd4AABeW2232ySSSzvAAALy222+2SSSWd4AABeW2232ySSSzvAAALy222+2SSSWd4AABwvlttt999999999oAAH/OZmZubu7/GZmbm7u/xmZm5u7vMzM3N3d/8zMzc3d3/OZmbm7u/xmZm5u7v85mZubu7/OZmbm7u/4zMzc3d39mZm5u7v+MzM3N3d/nMzNzd3f5zMzNzd3f9C7kinChIb3OjpA',
    Array.from({ length: 2_000 }, (_, i) => `${i} The quick brown fox.\n`).join(''),
  ],
  [
    'all bytes',
    'QlpoOTFBWSZTWe3ga8wAAAF/////////////////////////////////////////////sAFgAS//9VVQJgJgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACTAATAAEwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASYACYAAmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH9QFAkDQRBX/IMg6EIShSFoY/9DUOQ9EERRJE0URVFkXRhGUaRtHEdR5H0gSFIkjSRJUmSdKEpSpK0sS1LkvTBMUyTNNE1TZN04TlOk7TxPU+T9QFBUJQ1EUVRlHUhSVKUtTFNU5T1QVFUlTVRVVWVdWFZVpW1cV1XlfWBYViWNZFlWZZ1oWlalrWxbVuW9cFxXJc10XVdl3XheV6XtfF9X5f2AYFgmDYRhWGYdiGJYpi2MY1jmPZBkWSZNlGVZZl2YZlmmbZxnWeZ9oGhaJo2kaVpmnahqWqatrGta5r2wbFsmzbRtW2bduG5bpu28b1vm/cBwXCcNxHFcZx3IclynLcxzXOc90HRdJ03UdV1nXdh2Xadt3Hdd533geF4njeR5Xmed6Hpep63se17nvfB8XyfN9H1fZ934fl+n7fx/X+F3JFOFCQ7eBrzAA==',
    String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)).repeat(3),
  ],
];

const unpacked = (packed: Buffer): string =>
  Buffer.concat([...unpackBzip2(packed)]).toString('latin1');

describe('bzip2', () => {
  test.each(samples)('%s', (_, packed, text) => {
    expect(unpacked(Buffer.from(packed, 'base64'))).toBe(text);
  });

  test('streams one after the other are one', () => {
    const [first, second] = samples;
    const both = [first, second].map(each => Buffer.from(each?.[1] ?? '', 'base64'));
    expect(unpacked(Buffer.concat(both))).toBe(`${first?.[2]}${second?.[2]}`);
  });

  test('what is damaged gives less, or says so, and never more than its blocks may hold', () => {
    fc.assert(
      fc.property(
        fc.nat(samples.length - 1),
        fc.nat(500),
        fc.nat(255),
        fc.boolean(),
        (which, at, value, isCut) => {
          const packed = Buffer.from(samples[which]?.[1] ?? '', 'base64');
          packed[at % packed.length] = value;
          const given = isCut ? packed.subarray(0, at % packed.length) : packed;
          try {
            let have = 0;
            for (const piece of unpackBzip2(given)) have += piece.length;
            expect(have).toBeLessThan(50_000_000);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(PackedDataError);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
