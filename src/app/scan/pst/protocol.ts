/** What the thread that reads a PST is asked; one at a time. */
export type PstAsk =
  | { readonly ask: 'folders' }
  | { readonly ask: 'messages'; readonly folder: number }
  | { readonly ask: 'read'; readonly message: number };

export interface PstFolderTold {
  /** Its node in the file. */
  readonly node: number;
  /** From the uppermost folder down. */
  readonly names: readonly string[];
}

export type PstAnswer =
  | { readonly is: 'folders'; readonly folders: readonly PstFolderTold[]; readonly store: string }
  | { readonly is: 'messages'; readonly nodes: Uint32Array }
  | {
      readonly is: 'read';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly isCut: boolean;
      readonly received?: number;
    }
  /** `why` is of our own words: what the library says may quote what it reads. */
  | { readonly is: 'failed'; readonly why: 'encrypted' | 'damaged' };

export interface PstSetup {
  /** Leads to the file by a descriptor of this process, whatever its name now leads to. */
  readonly path: string;
  readonly messageBytesMax: number;
}
