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
          // Files share a process: nothing here may depend on being alone, and loading every module once takes half the time.
          isolate: false,
          maxWorkers: '100%',
          // Waiting for something to happen says nothing about how fast it is.
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        test: {
          name: 'slow',
          // Real processes on shared machines: once more before a verdict; the report says which needed it.
          retry: 1,
          include: ['test/{integration,scenarios,e2e,sim}/**/*.test.ts'],
          exclude: ['test/integration/{kafka,response}/**'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        // What needs a real Kafka: one broker for all of its files.
        test: {
          name: 'kafka',
          retry: 1,
          include: ['test/integration/kafka/**/*.test.ts'],
          globalSetup: 'test/integration/kafka/global-setup.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        // What needs a real PostgreSQL, Keycloak or SCIM server: one of each for all of its files.
        test: {
          name: 'response',
          retry: 1,
          include: ['test/integration/response/**/*.test.ts'],
          globalSetup: 'test/integration/response/global-setup.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
