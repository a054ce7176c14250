import { defineConfig } from 'vitest/config';

const report = process.env.VIGIE_TEST_REPORT;

/** Two projects: `fast` runs in `npm run check`; `slow` holds what starts real services, long proofs and whole programs. */
export default defineConfig({
  test: {
    // CI counts from a report in JSON beside what people read.
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/{libs,contract,services,structure}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: ['test/{integration,scenarios,e2e,sim}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
