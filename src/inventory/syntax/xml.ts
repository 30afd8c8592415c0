// The reader lives in core, because logs/ asks it too.
export {
  readXml,
  readXmlFile,
  type XmlElement,
  type XmlReading,
  xmlAll,
} from '../../core/formats/xml.ts';
