import { describe, expect, test } from 'vitest';
import { htmlToText } from './html-text.ts';

describe('HTML becomes text', () => {
  test.each([
    ['<p>a<br>b</p><p>c</p>', 'a\nb\nc'],
    ['<p>a\n\n  b\tc</p>', 'a b c'],
    ['<table><tr><td>a</td><th>b</th></tr><tr><td>c<td>d</table>', 'a\tb\nc\td'],
    ['<td><p>a</p><p>b</p></td><td>c</td>', 'a b\tc'],
    ['0<b>9</b>0-<i>1234</i>-<span></span>5678', '090-1234-5678'],
    ['090&#8203;1234<wbr>&shy;5678', '09012345678'],
    [
      'a &lt;b&gt; &amp;amp; &nbsp;&#12354;&#x3042; &copy &notme; &x;',
      'a <b> &amp; ああ © &notme; &x;',
    ],
    ['&#146;&#x80;&#0;&#xD800;&#99999999;', '\u2019€\ufffd\ufffd\ufffd'],
    ['<script>x</script>a<style>b{}</style>c<!-- d -->e', 'ace'],
    ['<a href="mailto:a@example.jp?cc=b%40example.jp">x</a>', 'a@example.jp cc=b@example.jp x'],
    ['<a href=tel:+81-3-1234-5678>call</a>', '+81-3-1234-5678 call'],
    ['<a href="https://example.jp/">x</a>', 'x'],
    ["<img alt='田中' src=x><i title=a>b</i>", '田中 a b'],
    ['<span style="display:none">hidden</span> <input type=hidden value=v>', 'hidden v'],
    ['<pre>a\n  b</pre>', 'a\n  b'],
    ['a < b > c <3 <', 'a < b > c <3 <'],
    ['<a title="x>y">z</a>', 'x>y z'],
    ['<a href="never ends', '<a href="never ends'],
    ['<script>never ends', 'never ends'],
    ['<![if mso]>a<![endif]>b<?xml?>c', 'abc'],
    ['', ''],
  ])('%j', (html, text) => {
    expect(htmlToText(html)).toBe(text);
  });
});
