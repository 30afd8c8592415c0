/** A class of OCSF and what its numbers are called. */
export interface OcsfClass {
  readonly uid: number;
  readonly caption: string;
  readonly categoryUid: number;
  readonly category: string;
}

type Name =
  | 'base'
  | 'eventLog'
  | 'accountChange'
  | 'authentication'
  | 'entity'
  | 'userAccess'
  | 'network'
  | 'http'
  | 'email'
  | 'api';

const system = { categoryUid: 1, category: 'System Activity' };
const iam = { categoryUid: 3, category: 'Identity & Access Management' };
const network = { categoryUid: 4, category: 'Network Activity' };
const application = { categoryUid: 6, category: 'Application Activity' };

/** The classes that events of mail platforms are told in; captions as the schema has them. */
export const classes: Readonly<Record<Name, OcsfClass>> = {
  base: { uid: 0, caption: 'Base Event', categoryUid: 0, category: 'Uncategorized' },
  eventLog: { uid: 1008, caption: 'Event Log Activity', ...system },
  accountChange: { uid: 3001, caption: 'Account Change', ...iam },
  authentication: { uid: 3002, caption: 'Authentication', ...iam },
  entity: { uid: 3004, caption: 'Entity Management', ...iam },
  userAccess: { uid: 3005, caption: 'User Access Management', ...iam },
  network: { uid: 4001, caption: 'Network Activity', ...network },
  http: { uid: 4002, caption: 'HTTP Activity', ...network },
  email: { uid: 4009, caption: 'Email Activity', ...network },
  api: { uid: 6003, caption: 'API Activity', ...application },
};

/** `_id` of what the schema has no word for; the word beside it is then the log's. */
export const other = 99;
