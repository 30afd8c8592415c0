import { proofHeader, type TlogProof } from './verify/proof.ts';

/** A proof as text (C2SP tlog-proof). */
export const writeProof = ({ extra, index, hashes, checkpoint }: TlogProof): string =>
  [
    proofHeader,
    ...(extra === undefined ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...hashes.map(each => each.toString('base64')),
    '',
    checkpoint,
  ].join('\n');
