import type { Words } from '../words.ts';

export const ja: Words = {
  language: 'ja',
  labels: {
    email: ['メールアドレス', 'Ｅメール', 'メアド', '電子メール'],
    'email/at': ['(アット)', '[アット]', '(アットマーク)', '[アットマーク]'],
  },
  against: {
    order: ['注文番号', '注文', '受注番号'],
  },
};
