import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { inclusionProof, rootAt, subtreesOf } from './merkle.ts';
import { makeSigningKey, type NoteSigner, readSigningKey, signNote } from './note.ts';
import { writeProof } from './proof.ts';
import { openCheckpoint, readCheckpoint } from './verify/checkpoint.ts';
import { hashLeaf } from './verify/merkle.ts';
import { type NoteKey, openNote, parseNote, readKey } from './verify/note.ts';
import { readProof, verifyProof } from './verify/proof.ts';

const signerOf = (text: string): NoteSigner => {
  const read = readSigningKey(text);
  if (!read.ok) throw new Error(read.why);
  return read.signer;
};
const keyOf = (text: string): NoteKey => {
  const read = readKey(text);
  if (!read.ok) throw new Error(read.why);
  return read.key;
};

const alice = signerOf(makeSigningKey('log.example.jp/alice'));
const bob = signerOf(makeSigningKey('log.example.jp/bob'));
const [aliceKey, bobKey] = [keyOf(alice.verifierKey), keyOf(bob.verifierKey)];
const text = 'two lines\n\nand an empty one\n';
const open = (note: string | Buffer, keys: readonly NoteKey[]): ReturnType<typeof openNote> =>
  openNote(Buffer.from(note), keys);

describe('keys', () => {
  // The pair that the documentation of golang.org/x/mod/sumdb/note shows; published, so no secret.
  const published = {
    private: 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
    public: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  };

  test('have the ids and the form that Go gives them', () => {
    const signer = signerOf(published.private);
    expect(signer.verifierKey).toBe(published.public);
    expect(keyOf(published.public)).toMatchObject({ name: 'PeterNeumann', id: 0xc74f20a3 });
  });

  test('sign as Go does', () => {
    const poem =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const note = `${poem}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    expect(signNote(poem, [signerOf(published.private)])).toBe(note);
    expect(open(note, [keyOf(published.public)]).ok).toBe(true);
  });

  test.each([
    ['', 'it is empty'],
    ['name', 'it is a name'],
    [published.public.replace('c74f20a3', 'c74f20a4'), 'its hash is another'],
    [published.public.replace('PeterNeumann', 'PeterNeuman'), 'its name is another'],
    [published.public.replace('+ARp', '+BBp'), 'it is of another type'],
    [published.public.slice(0, -4), 'it is too short'],
  ])('%s is none: %s', key => {
    expect(readKey(key).ok).toBe(false);
    expect(readSigningKey(`PRIVATE+KEY+${key}`).ok).toBe(false);
  });

  test('are told apart from what is wrong without a word of them', () => {
    const read = readSigningKey(`${published.private.slice(0, -8)}AAAAAAAA`);
    expect(read.ok ? '' : read.why).not.toContain('AYEK');
    expect(read.ok).toBe(false);
  });
});

describe('a note', () => {
  const note = signNote(text, [alice, bob]);

  test('opens for whoever knows one of those who signed it', () => {
    expect(open(note, [aliceKey])).toMatchObject({ ok: true, note: { text } });
    expect(open(note, [bobKey])).toMatchObject({ ok: true, signedBy: [bobKey] });
    expect(open(note, [aliceKey, bobKey])).toMatchObject({
      ok: true,
      signedBy: [aliceKey, bobKey],
    });
    expect(open(note, [])).toEqual({ ok: false, why: 'no key that is known signed it' });
  });

  test('is spoiled by one wrong signature of a key that is known', () => {
    const half = note.replace(bob.sign(text), bob.sign('something else\n'));
    expect(open(half, [aliceKey]).ok).toBe(true);
    expect(open(half, [aliceKey, bobKey])).toEqual({
      ok: false,
      why: 'the signature of log.example.jp/bob is wrong',
    });
  });

  test('does not open when any of its bytes is another', () => {
    const bytes = Buffer.from(signNote(text, [alice]));
    for (let i = 0; i < bytes.length; i += 1) {
      for (const bit of [0, 3, 7]) {
        const hurt = Buffer.from(bytes);
        hurt[i] = (hurt[i] ?? 0) ^ (1 << bit);
        expect(open(hurt, [aliceKey]).ok, `byte ${i}`).toBe(false);
      }
    }
  });

  const line = alice.sign(text);
  test.each<readonly [string, string | Buffer]>([
    ['without signatures', `${text}\n`],
    ['without a blank line', `one line\n${line}`],
    ['without its last newline', note.slice(0, -1)],
    ['with a carriage return', `${text}\n${line.replace('\n', '\r\n')}`],
    ['with a control character', `a\tb\n\n${line}`],
    ['with a hyphen for the dash', `${text}\n${line.replace('—', '-')}`],
    ['with two spaces', `${text}\n${line.replace('— ', '—  ')}`],
    ['with something behind a signature', `${text}\n${line.trimEnd()} x\n`],
    ['with base64 that is not canonical', `${text}\n${line.trimEnd().replace(/=?$/, '')}!\n`],
    ['with a plus in a name', `${text}\n— a+b ${line.split(' ')[2] ?? ''}`],
    ['with a signature of four bytes', `${text}\n— a AAAAAA==\n`],
    [
      'with bytes that are no UTF-8',
      Buffer.concat([Buffer.of(0xff, 0x0a, 0x0a), Buffer.from(line)]),
    ],
    ['with more than a hundred signatures', `${text}\n${line.repeat(101)}`],
  ])('%s is refused', (_, hurt) => {
    expect(parseNote(Buffer.from(hurt)).ok).toBe(false);
  });

  test('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect(openNote(bytes, [aliceKey]).ok).toBe(false);
      }),
    );
  });
});

describe('a checkpoint', () => {
  const root = hashLeaf(Buffer.of(1));
  const state = { origin: alice.name, size: 1, root };

  test('is believed under the name of the log whose key signed it', () => {
    const note = Buffer.from(signCheckpoint(state, [alice]));
    expect(openCheckpoint(note, [aliceKey])).toEqual({
      ok: true,
      checkpoint: state,
      signedBy: [aliceKey],
    });
    const other = Buffer.from(signCheckpoint(state, [bob]));
    expect(openCheckpoint(other, [bobKey]).ok).toBe(false);
  });

  const hash = root.toString('base64');
  test.each([
    `\n1\n${hash}\n`,
    `log\n01\n${hash}\n`,
    `log\n+1\n${hash}\n`,
    `log\n-1\n${hash}\n`,
    `log\n1e3\n${hash}\n`,
    `log\n99999999999999999999\n${hash}\n`,
    `log\n1\n${hash.slice(0, -1)}\n`,
    `log\n1\nAAAA\n`,
    `log\n1\n${hash}`,
    `log\n1\n${hash}\n\nmore\n`,
    'log\n1\n',
  ])('%j is none', body => {
    expect(readCheckpoint(body).ok).toBe(false);
  });

  test('may have lines of others', () => {
    expect(readCheckpoint(`log\n0\n${hash}\nmore\n`)).toMatchObject({ ok: true });
  });
});

describe('a proof in a file', () => {
  const leaves = Array.from({ length: 11 }, (_, i) => Buffer.from(`leaf ${i}`));
  const subtrees = subtreesOf(Buffer.concat(leaves.map(hashLeaf)));
  const checkpoint = signCheckpoint({ origin: alice.name, size: 11, root: rootAt(subtrees, 11) }, [
    alice,
  ]);
  const proofOf = (index: number): string =>
    writeProof({ index, hashes: inclusionProof(subtrees, index, 11), checkpoint });

  test('proves its leaf and no other', () => {
    for (const [i, leaf] of leaves.entries()) {
      const read = readProof(proofOf(i));
      if (!read.ok) throw new Error(read.why);
      expect(verifyProof(read.proof, leaf, [aliceKey]).ok).toBe(true);
      expect(verifyProof(read.proof, Buffer.from('leaf x'), [aliceKey]).ok).toBe(false);
      expect(verifyProof(read.proof, leaf, [bobKey]).ok).toBe(false);
    }
  });

  test('comes back as it was written, extra data and all', () => {
    const proof = { index: 0, hashes: [], checkpoint: 'x\n', extra: Buffer.from('more') };
    expect(readProof(writeProof(proof))).toEqual({ ok: true, proof });
  });

  const whole = proofOf(3);
  test.each([
    ['another header', whole.replace('@v1', '@v2')],
    ['no index', whole.replace(/index .*\n/, '')],
    ['a leading zero', whole.replace('index 3', 'index 03')],
    ['a hash cut short', whole.replace(/=\n/, '\n')],
    ['extra data that is not base64', whole.replace('index', 'extra !!\nindex')],
    ['nothing after it', whole.slice(0, whole.indexOf('\n\n') + 1)],
  ])('with %s is refused', (_, text) => {
    expect(readProof(text).ok).toBe(false);
  });
});
