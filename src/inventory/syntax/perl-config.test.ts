import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PerlValue, readPerl, textsIn } from './perl-config.ts';

const plain = (value: PerlValue): unknown => {
  switch (value.is) {
    case 'text':
      return value.text;
    case 'list':
      return value.items.map(plain);
    case 'call':
      return { [value.name]: value.items.map(plain) };
    case 'hash':
      return Object.fromEntries(value.pairs.map(([key, item]) => [key, plain(item)]));
    case 'undef':
      return null;
    case 'other':
      return '?';
  }
};

const read = (text: string): Record<string, unknown> =>
  Object.fromEntries(readPerl(text).map(({ target, value }) => [target, plain(value)]));

describe('Perl configuration', () => {
  test('reads scalars, numbers, arithmetic, joined strings and what they name', () => {
    expect(
      read(
        `$MYHOME = '/var/lib/amavis'; $Q = "$MYHOME/virusmails"; $port = 10_024; $max = 200*1024;
         $x = "a" . 'b' . $MYHOME; $u = undef; $n = -2.5; $d = D_PASS; $e = $unknown;`,
      ),
    ).toEqual({
      $MYHOME: '/var/lib/amavis',
      $Q: '/var/lib/amavis/virusmails',
      $port: '10024',
      $max: '204800',
      $x: 'ab/var/lib/amavis',
      $u: null,
      $n: '-2.5',
      $d: 'D_PASS',
      $e: '?',
    });
  });

  test('reads lists, hashes, quoted words and calls', () => {
    expect(
      read(
        `@a = ( ['x', \\&ask_daemon, ["CONTSCAN {}\\n", '/run/c.ctl'], qr/\\bOK$/m ], );
         $policy_bank{'ORIG'} = { originating => 1, forward_method => 'smtp:[127.0.0.1]:10027', list => [qw(a b)] };
         @maps = (\\%x, \\@y, \\$z); $r = new_RE( qr'^x'i, [qr/y/ => 1] );`,
      ),
    ).toEqual({
      '@a': [['x', '&ask_daemon', ['CONTSCAN {}\n', '/run/c.ctl'], '?']],
      '$policy_bank{ORIG}': {
        originating: '1',
        forward_method: 'smtp:[127.0.0.1]:10027',
        list: [['a', 'b']],
      },
      '@maps': ['%x', '@y', '$z'],
      $r: { new_RE: ['?', ['?', '1']] },
    });
  });

  test('passes over comments, POD, here-documents and what follows __END__', () => {
    expect(
      read(
        "# $a = 1;\n$b = 2; # $c = 3;\n\n=head1 X\n\n$d = 4;\n\n=cut\n\n$t = <<'EOT';\n$e = 5;\nEOT\n$f = '#6';\n1;\n__END__\n$g = 7;\n",
      ),
    ).toEqual({ $b: '2', $t: '?', $f: '#6' });
  });

  test('says what hangs on a condition', () => {
    const found = readPerl(
      '$a = 1 if $x;\nif ($y) { $b = 2; }\n{ $c = 3; }\nsub f { $d = 4 }\n$e = 5;',
    );
    expect(found.map(({ target, certain }) => [target, certain])).toEqual([
      ['$a', false],
      ['$b', false],
      ['$c', true],
      ['$e', true],
    ]);
  });

  test('knows what is pushed and what is called', () => {
    const found = readPerl(
      "push @av, ['n', 'cmd'];\npush(@{$x}, 1);\ninclude_config_files('/etc/x', '/etc/y');",
    );
    expect(found.map(({ target, how, value }) => [how, target, plain(value)])).toEqual([
      ['push', '@av', [['n', 'cmd']]],
      ['push', '@$x', ['1']],
      ['call', 'include_config_files', ['/etc/x', '/etc/y']],
    ]);
  });

  test('keeps lines, over strings and lists of several lines', () => {
    const found = readPerl("$a = 'x\ny';\n@l = (\n 1,\n [2,\n 3]);\n$b = 1;");
    expect(found.map(({ target, line }) => [target, line])).toEqual([
      ['$a', 1],
      ['@l', 3],
      ['$b', 7],
    ]);
    const list = found[1]?.value;
    expect(list?.is === 'list' ? list.items.map(({ line }) => line) : []).toEqual([4, 5]);
  });

  test('never throws and always ends', () => {
    const token = fc.constantFrom(
      ...'$a @b %c & ( ) [ ] { } ; , => = . * / \' " \\ # \n q qw qr m s tr sub if push do <<E ->'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 120 }), parts => {
        for (const text of [parts.join(' '), parts.join('')]) {
          for (const { value } of readPerl(text)) textsIn(value);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('depth costs no stack, length no patience', () => {
    const started = performance.now();
    readPerl(`$a = ${'['.repeat(100_000)}`);
    readPerl(`$a = ${'{'.repeat(100_000)}`);
    readPerl('{'.repeat(100_000));
    readPerl(`$a = ${'\\'.repeat(100_000)}1`);
    readPerl('$a = <<E;\n'.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
