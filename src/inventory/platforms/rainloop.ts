import type { Platform } from '../platform.ts';
import { copyReads, type Product } from '../webmail/rainloop-family/copies.ts';
import { readProduct } from '../webmail/rainloop-family/read.ts';

const product: Product = {
  id: 'rainloop',
  name: 'RainLoop',
  supplier: 'RainLoop Team',
  purl: 'pkg:github/rainloop/rainloop-webmail',
  cloudFolder: 'rainloop-storage',
};

/** RainLoop: as SnappyMail, with the data folder's name made from `DATA.php` in older versions. */
export const rainloop: Platform = {
  id: 'rainloop',
  title: 'RainLoop',
  reads: copyReads(product.id),
  read: (files, packages) => readProduct(files, packages, product),
};
