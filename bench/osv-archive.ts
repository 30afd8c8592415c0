import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

/** How the made archive is built: as many advisories as the issue asks for, over as many packages as Debian has. */
export const archiveSize = { advisories: 300_000, packages: 38_000 } as const;

/** The same numbers in each run: a measurement is compared with the one before. */
const numbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Few packages have most of the flaws, as in a real distribution. */
export const packageName = (i: number): string => `invented${i}`;

const words =
  'a flaw in the way that this invented program reads what somebody sends lets whoever sent it have more than was given';

const dayOf = (i: number): string =>
  `20${10 + (i % 16)}-0${1 + (i % 9)}-1${i % 10}T0${i % 10}:00:00Z`;

/** One record, about as long as those of OSV's export of Debian are: 2 KB. Everything in it says that it is made. */
const recordOf = (i: number, random: () => number): string => {
  const name = packageName(Math.floor(archiveSize.packages * random() ** 2));
  const flaw = `CVE-20${10 + (i % 16)}-${10_000 + i}`;
  const upstream = `${1 + Math.floor(random() * 4)}.${Math.floor(random() * 30)}.${Math.floor(random() * 20)}`;
  return `${JSON.stringify({
    id: `DEBIAN-${flaw}`,
    schema_version: '1.7.0',
    published: dayOf(i),
    modified: dayOf(i + 1),
    upstream: [flaw],
    summary: `Made up for a measurement: ${name}`,
    details: Array.from({ length: 3 + (i % 7) }, () => words).join('; '),
    affected: ['11', '12', '13', '14'].slice(i % 3).map((release, k) => ({
      package: {
        ecosystem: `Debian:${release}`,
        name,
        purl: `pkg:deb/debian/${name}?arch=source`,
      },
      ranges: [
        {
          type: 'ECOSYSTEM',
          events: [
            { introduced: '0' },
            ...(random() < 0.8 ? [{ fixed: `${upstream}+dfsg-${k + 1}+deb${release}u1` }] : []),
          ],
        },
      ],
      ecosystem_specific: { urgency: 'not yet assigned' },
    })),
    references: Array.from({ length: 4 }, (_, k) => ({
      type: 'WEB',
      url: `https://advisories.example.test/${flaw}/${k}`,
    })),
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' }],
  })}\n`;
};

/** Writes the archive to `path`, a batch at a time. @returns bytes of its documents. */
export const makeArchive = (path: string): number => {
  const random = numbers(20_260_629);
  const fd = openSync(path, 'w');
  const directory: Buffer[] = [];
  let at = 0;
  let bytes = 0;
  try {
    for (let i = 0; i < archiveSize.advisories; ) {
      const batch: Buffer[] = [];
      for (const stop = Math.min(i + 2_000, archiveSize.advisories); i < stop; i += 1) {
        const text = Buffer.from(recordOf(i, random));
        const packed = deflateRawSync(text, { level: 1, chunkSize: 2_048 });
        const name = Buffer.from(`${i}.json`);
        const local = Buffer.alloc(30);
        local.writeUInt32LE(0x04_03_4b_50, 0);
        local.writeUInt16LE(8, 8);
        local.writeUInt32LE(crc32(text), 14);
        local.writeUInt32LE(packed.length, 18);
        local.writeUInt32LE(text.length, 22);
        local.writeUInt16LE(name.length, 26);
        const central = Buffer.alloc(46);
        central.writeUInt32LE(0x02_01_4b_50, 0);
        local.copy(central, 8, 6, 30);
        central.writeUInt32LE(at, 42);
        directory.push(Buffer.concat([central, name]));
        batch.push(local, name, packed);
        at += 30 + name.length + packed.length;
        bytes += text.length;
      }
      writeSync(fd, Buffer.concat(batch));
    }
    const index = Buffer.concat(directory);
    // More entries than 16 bits count: the directory's own end, its locator, then the old end.
    const end = Buffer.alloc(56 + 20 + 22);
    end.writeUInt32LE(0x06_06_4b_50, 0);
    end.writeBigUInt64LE(44n, 4);
    end.writeBigUInt64LE(BigInt(archiveSize.advisories), 24);
    end.writeBigUInt64LE(BigInt(archiveSize.advisories), 32);
    end.writeBigUInt64LE(BigInt(index.length), 40);
    end.writeBigUInt64LE(BigInt(at), 48);
    end.writeUInt32LE(0x07_06_4b_50, 56);
    end.writeBigUInt64LE(BigInt(at + index.length), 64);
    end.writeUInt32LE(1, 72);
    end.writeUInt32LE(0x06_05_4b_50, 76);
    end.writeUInt16LE(0xff_ff, 84);
    end.writeUInt16LE(0xff_ff, 86);
    end.writeUInt32LE(index.length, 88);
    end.writeUInt32LE(at, 92);
    writeSync(fd, Buffer.concat([index, end]));
  } finally {
    closeSync(fd);
  }
  return bytes;
};
