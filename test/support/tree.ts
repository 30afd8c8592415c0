/** A file of a small tree: its content, a link, or content with what stat(2) says of it. */
export type TreeFile =
  | string
  | Uint8Array
  | { readonly link: string }
  | {
      readonly content: string | Uint8Array;
      /** RFC 3339. */
      readonly mtime?: string;
      readonly mode?: number;
    };

/** Files by absolute path. Folders come with the files in them. */
export type Tree = Readonly<Record<string, TreeFile>>;
