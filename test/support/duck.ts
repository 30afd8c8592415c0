import { DuckDBInstance } from '@duckdb/node-api';

/** What asks a DuckDB of its own, in memory. */
export interface Duck {
  run(sql: string): Promise<void>;
  /** Rows as plain values. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): void;
}

/** With one thread, whatever the machine has. */
export const openDuck = async (): Promise<Duck> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'Asia/Tokyo'");
  return {
    run: async sql => {
      await connection.run(sql);
    },
    rows: async sql => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
};
