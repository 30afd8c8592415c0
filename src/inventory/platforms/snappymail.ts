import type { Platform } from '../platform.ts';
import { copyReads, type Product } from '../webmail/rainloop-family/copies.ts';
import { readProduct } from '../webmail/rainloop-family/read.ts';

const product: Product = {
  id: 'snappymail',
  name: 'SnappyMail',
  supplier: 'SnappyMail',
  purl: 'pkg:github/the-djmaze/snappymail',
  cloudFolder: 'appdata_snappymail',
};

/** SnappyMail, the fork of RainLoop: unpacked copies, their data folders, plug-ins and mail domains. */
export const snappymail: Platform = {
  id: 'snappymail',
  title: 'SnappyMail',
  reads: copyReads(product.id),
  read: (files, packages) => readProduct(files, packages, product),
};
