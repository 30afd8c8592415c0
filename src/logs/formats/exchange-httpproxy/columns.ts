/** The first columns of HttpProxy logs, the same since Exchange 2013; what is behind them are durations. */
const columns = [
  'datetime',
  'requestid',
  'majorversion',
  'minorversion',
  'buildversion',
  'revisionversion',
  'clientrequestid',
  'protocol',
  'urlhost',
  'urlstem',
  'protocolaction',
  'authenticationtype',
  'isauthenticated',
  'authenticateduser',
  'organization',
  'anchormailbox',
  'useragent',
  'clientipaddress',
  'serverhostname',
  'httpstatus',
  'backendstatus',
  'errorcode',
  'method',
  'proxyaction',
  'targetserver',
  'targetserverversion',
  'routingtype',
  'routinghint',
  'backendcookie',
  'serverlocatorhost',
  'serverlocatorlatency',
  'requestbytes',
  'responsebytes',
] as const;

/** Of Exchange 2019; the query's place is another one in others, and is not guessed. */
const queryAt2019 = 65;
const columnCount2019 = 74;

const columns2019: readonly string[] = [
  ...columns,
  ...Array.from({ length: queryAt2019 - columns.length }, (_, at) => `duration-${at}`),
  'urlquery',
];

export const isProxyColumns = (names: readonly string[]): boolean =>
  names.includes('requestid') && names.includes('urlstem') && names.includes('anchormailbox');

const guid = /^[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}$/;

/** A row without header: a GUID, four numbers of a version, and a status and a method in their places. */
export const assumedProxyColumns = (cells: readonly string[]): readonly string[] | undefined => {
  const isRow =
    cells.length >= 24 &&
    guid.test(cells[1] ?? '') &&
    /^\d{1,3}$/.test(cells[2] ?? '') &&
    /^(?:\d{3})?$/.test(cells[19] ?? '-') &&
    /^[A-Za-z_-]{0,20}$/.test(cells[22] ?? '-');
  if (!isRow) return undefined;
  return cells.length === columnCount2019 ? columns2019 : columns;
};
