// Prints "N passed, N failed, N skipped" from vitest's JSON report; exits 1 where something failed or there is no report.
import { readFileSync } from 'node:fs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  // The run ended before the tests did: types, lint or the installation said why, above.
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
const failedFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
// An error outside any test (an unhandled rejection) fails the run without failing a test: it counts as one.
const failed = report.numFailedTests + failedFiles.length || (report.success ? 0 : 1);
console.log(
  `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`,
);
process.exit(failed > 0 ? 1 : 0);
