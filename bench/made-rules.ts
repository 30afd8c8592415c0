/**
 * Sigma rules as people write them for logs of mail hosts and clouds, made up, and the same in every run. No event of
 * a usual day fulfils them, nearly all of them ask for something that stands in some events.
 */
const words = ['wget', 'curl', 'passwd', 'cmd', 'shell', 'eval', 'union', 'script', 'tmp', 'proc'];

const wordsOf = (n: number, count: number, before = '', after = ''): string =>
  Array.from(
    { length: count },
    (_, index) =>
      `      - '${before}${words[(n + index) % words.length] ?? ''}${n}-${index}${after}'`,
  ).join('\n');

const head = (title: string, logsource: string): string =>
  `title: ${title}\nlogsource: { ${logsource} }\nlevel: medium\ndetection:\n`;

const forms: readonly ((n: number) => string)[] = [
  n => `${head(`Web request ${n}`, 'category: webserver')}  selection:
    cs-method: GET
    cs-uri-query|contains:
${wordsOf(n, 8, '/', '=')}
  known:
    c-useragent|startswith: 'check${n}/'
  condition: selection and not known
`,
  n => `${head(`Web client ${n}`, 'category: webserver')}  selection:
    c-useragent|contains:
${wordsOf(n, 5)}
    sc-status: [200, 302]
  condition: selection
`,
  n => `${head(`Dovecot login ${n}`, 'product: dovecot')}  selection:
    kind: login
    outcome: success
    user.name|startswith: 'admin${n}'
  inside:
    from.ip|cidr: ['10.0.0.0/8', '192.168.0.0/16', '203.0.${n % 256}.0/24']
  condition: selection and not inside
`,
  n => `${head(`Dovecot reader ${n}`, 'product: dovecot')}  selection:
    kind: [message.read, mailbox.open]
    from.ip|cidr: '198.18.${n % 256}.0/24'
    user.name|re: '^(?:ceo|cfo|board)${n}@'
  condition: selection
`,
  n => `${head(`Postfix sender ${n}`, 'product: postfix')}  selection:
    kind: [message.received, message.submitted, message.delivered]
    messages.from|endswith:
${wordsOf(n, 6, '@', '.example')}
  condition: selection
`,
  n => `${head(`Postfix reply ${n}`, 'product: postfix')}  selection:
    detail|contains|all: ['queued as', '${words[n % words.length] ?? ''}${n}']
  condition: selection
`,
  n => `${head(`Words in the log ${n}`, 'product: linux')}  keywords:
${wordsOf(n, 4)}
  condition: keywords
`,
  n => `${head(`Microsoft 365 operation ${n}`, 'product: m365, service: audit')}  selection:
    Operation: ['New-Rule${n}', 'Set-Rule${n}']
    Parameters|contains:
${wordsOf(n, 3)}
  condition: selection
`,
  n => `${head(`Microsoft 365 alert ${n}`, 'product: m365, service: threat_management')}  selection:
    eventSource: SecurityComplianceCenter
    eventName: 'Suspicious thing ${n}'
    status: success
  condition: selection
`,
];

export const madeRules = (count: number): string =>
  Array.from({ length: count }, (_, n) => forms[n % forms.length]?.(n) ?? '').join('---\n');

/** For logs that no mail host has. */
export const strangeRules = (count: number): string =>
  Array.from(
    { length: count },
    (
      _,
      n,
    ) => `${head(`Windows process ${n}`, 'category: process_creation, product: windows')}  selection:
    Image|endswith: '\\tool${n}.exe'
    CommandLine|contains:
${wordsOf(n, 6, ' -')}
  condition: selection
`,
  ).join('---\n');
