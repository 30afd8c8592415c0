import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readMessage } from '../read-message.ts';

/** Messages that Python's own mail library writes, in its own codecs: encoders that share nothing with ours. */
const script = `
import base64, json, sys
from email.message import EmailMessage
from email.header import Header
text = '田中太郎様\\nご住所：東京都千代田区丸の内1-2-3\\n電話 090-1234-5678、カード4111111111111111。\\n'
chinese = '您好，请联系张伟。\\n电话 13800138000\\n'
taiwan = '您好，請聯絡王小明。\\n電話 0912345678\\n'
korean = '안녕하세요 김철수입니다.\\n전화 010-1234-5678\\n'
cases = [(text, c) for c in ['utf-8', 'iso2022_jp', 'iso2022_jp_1', 'iso2022_jp_2', 'iso2022_jp_3',
  'iso2022_jp_2004', 'iso2022_jp_ext', 'shift_jis', 'cp932', 'euc_jp', 'euc_jis_2004', 'shift_jis_2004',
  'utf-7', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'gb18030']]
cases += [(chinese, c) for c in ['gb2312', 'gbk', 'gb18030', 'hz']]
cases += [(taiwan, c) for c in ['big5', 'cp950', 'big5hkscs']]
cases += [(korean, c) for c in ['euc_kr', 'cp949', 'iso2022_kr']]
names = {'hz': 'hz-gb-2312', 'big5hkscs': 'big5-hkscs', 'cp949': 'ks_c_5601-1987'}
out = []
import quopri
for body, codec in cases:
    label = names.get(codec, codec.replace('iso2022_', 'iso-2022-').replace('_', '-'))
    raw = body.encode(codec)
    subject = body.split('\\n')[0]
    word = '=?%s?B?%s?=' % (label, base64.b64encode(subject.encode(codec)).decode())
    for cte, data in [('base64', base64.encodebytes(raw)), ('quoted-printable', quopri.encodestring(raw)), ('8bit', raw)]:
        if cte == '8bit' and codec.startswith('utf-') and codec != 'utf-8' and codec != 'utf-7': continue
        head = 'From: %s <t@example.jp>\\r\\nSubject: %s\\r\\nMIME-Version: 1.0\\r\\nContent-Type: text/plain; charset=%s\\r\\nContent-Transfer-Encoding: %s\\r\\n\\r\\n' % (word, word, label, cte)
        out.append({'codec': codec, 'cte': cte, 'subject': subject, 'body': body, 'raw': base64.b64encode(head.encode() + data).decode()})
for charset in ['utf-8', 'iso-2022-jp', 'euc-jp', 'shift_jis']:
    m = EmailMessage()
    m['Subject'] = Header(text.replace('\\n', '、') * 3, charset).encode(linesep='').replace('\\n', '')
    m['From'] = Header('田中太郎', charset).encode() + ' <t@example.jp>'
    m.set_content(text, charset=charset)
    m.add_alternative('<p>' + text.replace('\\n', '<br>') + '</p>', subtype='html', charset=charset)
    m.add_attachment(b'%PDF-1.4', maintype='application', subtype='pdf', filename='請求書 田中太郎.pdf')
    out.append({'codec': charset, 'cte': 'email', 'subject': (text.replace('\\n', '、') * 3).strip(), 'body': text, 'raw': base64.b64encode(m.as_bytes()).decode()})
json.dump(out, sys.stdout)
`;

interface Case {
  readonly codec: string;
  readonly cte: string;
  readonly subject: string;
  readonly body: string;
  readonly raw: string;
}

const ran = spawnSync('python3', ['-c', script], { encoding: 'utf8', maxBuffer: 64_000_000 });
const cases = ran.status === 0 ? (JSON.parse(ran.stdout) as readonly Case[]) : [];

describe.skipIf(cases.length === 0)('mail that Python wrote (needs python3)', () => {
  test.each(cases)('in $codec, $cte, comes back', ({ subject, body, raw, cte }) => {
    const message = readMessage(Buffer.from(raw, 'base64'));
    const [first, second, third] = message.texts;
    expect(first?.text.trim()).toBe(subject);
    expect(second?.text.trimEnd()).toBe(body.trimEnd());
    expect(message.senders[0]?.address).toBe('t@example.jp');
    if (cte !== 'email') {
      expect(message.senders[0]?.name).toBe(subject);
      return;
    }
    expect(message.senders[0]?.name).toBe('田中太郎');
    expect(third).toMatchObject({ kind: 'html', text: body.trimEnd(), repeats: true });
    expect(message.attachments.map(({ name }) => name)).toEqual(['請求書 田中太郎.pdf']);
  });
});
