import { readXml } from '../../../core/formats/xml.ts';
import { Fields } from '../../records/fields.ts';

/** An element of 100,000 characters is no entry. */
const charsMax = 100_000;
const itemsMax = 500;

/** `<Event Operation="…" …><SourceItems><Item …/></SourceItems></Event>` as a record of the same names. */
export const eventElement = (text: string): Fields | undefined => {
  if (text.length > charsMax) return undefined;
  const { root } = readXml(text);
  if (root?.name !== 'Event') return undefined;
  const lists = root.children.filter(each => /^(?:Source)?Items$/.test(each.name));
  const items = lists
    .flatMap(list => list.children)
    .slice(0, itemsMax)
    .map(({ attributes }) => ({
      Subject: attributes.get('Subject'),
      InternetMessageId: attributes.get('InternetMessageId'),
      ParentFolder: { Path: attributes.get('FolderPathName') },
    }));
  const record = Object.fromEntries<unknown>(root.attributes);
  return Fields.of(items.length === 0 ? record : { ...record, AffectedItems: items });
};
