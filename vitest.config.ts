import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { compiled } from './test/support/environment.ts';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    // Hooks start programs, too.
    hookTimeout: 60_000,
    env: { ...compiled },
    pool: 'threads',
    // Most wait for programs that they start: one worker for each processor, and none kept free.
    maxWorkers: '100%',
    setupFiles: ['./test/support/seed.ts'],
    reporters: ['default', './test/support/summary.ts'],
  },
});

export default config;
