import { expect, test } from 'vitest';
import { openNotes } from './notes.ts';

const how = 'Look.';

test('one file leaves room for what is said of others, and that it had more is said once', () => {
  const notes = openNotes();
  for (let i = 1; i <= 5_000; i++) notes.add({ what: `/etc/apache2/a.conf:${i}`, why: 'bad', how });
  notes.add({ what: '/etc/apache2/b.conf', why: 'bad', how });
  expect(notes.all).toHaveLength(102);
  expect(notes.all.slice(-2).map(({ what }) => what)).toEqual([
    '/etc/apache2/a.conf',
    '/etc/apache2/b.conf',
  ]);
  expect(notes.all.at(-2)?.why).toContain('has more than 100 things in it');
});

test('so does one folder', () => {
  const notes = openNotes();
  for (let i = 0; i < 5_000; i++) notes.add({ what: `/home/a/${i}`, why: 'bad', how });
  notes.add({ what: '/home/b/0', why: 'bad', how });
  expect(notes.all).toHaveLength(502);
  expect(notes.all.slice(-2).map(({ what }) => what)).toEqual(['/home/a', '/home/b/0']);
});

test('in all there are no more than can be read, and the last one says so', () => {
  const notes = openNotes();
  for (let i = 0; i < 5_000; i++) notes.add({ what: `/home/${i}/x`, why: 'bad', how });
  expect(notes.all).toHaveLength(2_001);
  expect(notes.all.at(-1)).toMatchObject({ what: '/', why: expect.stringContaining('2,000') });
});

test('what is said again is said once', () => {
  const notes = openNotes();
  for (let i = 0; i < 300; i++) notes.add({ what: '/etc/a', why: 'bad', how });
  notes.add({ what: '/etc/a', why: 'worse', how });
  expect(notes.all.map(({ why }) => why)).toEqual(['bad', 'worse']);
});

test('what lies in a folder that may not be entered is not said to be missing', () => {
  const notes = openNotes();
  const how = 'look';
  notes.add({ what: '/etc/x/y', why: 'is not there, though Postfix asks it', how });
  notes.add({ what: '/etc/xy', why: 'is not there', how });
  notes.add({ what: '/etc/x', why: 'cannot be entered (EACCES)', how });
  expect(notes.all.map(({ why }) => why)).toEqual([
    'could not be opened, as /etc/x may not be entered, though Postfix asks it',
    'is not there',
    'cannot be entered (EACCES)',
  ]);
});
