import { CsvTable } from '../../records/csv.ts';
import type { EntraRecord } from '../../records/entra.ts';
import { Fields } from '../../records/fields.ts';

/** The portal translates the name of this column alone. */
const date = /^[a-z]{2,20}-\(utc\)$/;

const isPortalColumns = (names: readonly string[]): boolean =>
  names.includes('activity') &&
  names.includes('actoruserprincipalname') &&
  names.some(name => date.test(name));

/** A table of a Log Analytics workspace; `[UTC]` stands behind the names of times. */
const isWorkspaceColumns = (names: readonly string[]): boolean =>
  names.some(name => /^timegenerated(?:-\[utc\])?$/.test(name)) &&
  names.includes('operationname') &&
  names.includes('initiatedby') &&
  names.includes('targetresources');

export const isAuditTable = (names: readonly string[]): boolean =>
  isPortalColumns(names) || isWorkspaceColumns(names);

export const auditTable = (): CsvTable => new CsvTable(isAuditTable);

/** `Target1…` to `Target3…`, and so on: the portal has a column for each part of each. */
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

const targetOf = (row: Fields, at: number): readonly object[] => {
  const text = (name: string): string | undefined => row.text(`target${at}${name}`);
  const target = {
    type: text('type'),
    displayName: text('displayname'),
    id: text('objectid'),
    userPrincipalName: text('userprincipalname'),
  };
  if (Object.values(target).every(value => value === undefined)) return [];
  const modifiedProperties = upTo(10).flatMap(k => {
    const displayName = text(`modifiedproperty${k}name`);
    return displayName === undefined
      ? []
      : [
          {
            displayName,
            oldValue: text(`modifiedproperty${k}oldvalue`),
            newValue: text(`modifiedproperty${k}newvalue`),
          },
        ];
  });
  return [{ ...target, modifiedProperties }];
};

const initiatedBy = (row: Fields): object => {
  const displayName = row.text('actordisplayname');
  const id = row.text('actorobjectid');
  const userPrincipalName = row.text('actoruserprincipalname');
  const servicePrincipalId = row.text('actorserviceprincipalid');
  const name = row.text('actorserviceprincipalname');
  const isUser = userPrincipalName !== undefined || row.text('actortype')?.toLowerCase() === 'user';
  return isUser
    ? { user: { userPrincipalName, displayName, id } }
    : { app: { displayName: name ?? displayName, servicePrincipalId: servicePrincipalId ?? id } };
};

const fromPortal = (row: Fields): Fields | undefined => {
  const column = row.names().find(name => date.test(name));
  return Fields.of({
    activityDateTime: column === undefined ? undefined : row.text(column),
    activityDisplayName: row.text('activity'),
    category: row.text('category'),
    correlationId: row.text('correlationid'),
    result: row.text('result'),
    resultReason: row.text('resultreason'),
    callerIpAddress: row.text('ipaddress'),
    initiatedBy: initiatedBy(row),
    targetResources: upTo(5).flatMap(at => targetOf(row, at)),
    additionalDetails: [
      { key: 'User-Agent', value: row.text('user-agent', 'useragent') },
      ...upTo(10).map(k => ({
        key: row.text(`additionaldetail${k}key`),
        value: row.text(`additionaldetail${k}value`),
      })),
    ],
  });
};

/** A row of the table that Entra's portal gives, or of one that a workspace's does. */
export const recordOfRow = (row: Fields): EntraRecord | undefined => {
  const fields = row.has('activity')
    ? fromPortal(row)
    : row.renamed(name => name.replace(/-\[utc\]$/, ''));
  return fields === undefined ? undefined : { inner: fields, outer: fields };
};
