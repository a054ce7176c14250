// Prints "N passed, N failed, N skipped" from vitest's JSON report, and before it each skipped test. Exits 1 where something
// failed, where there is no report, or where a test was skipped that says nothing of a reason that this file knows.
import { readFileSync } from 'node:fs';

/** What the machine may lack. No test of a real service (Kafka, Keycloak, PostgreSQL, images, gateway) is among them. */
const MAY_BE_SKIPPED = [/\(not for root, who may\)$/, /\(skipped(:| unless) VIGIE_REAL_LOGS names /];

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
const tests = report.testResults.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
const unproven = skipped.filter(
  (test) => /[/\\]test[/\\]integration[/\\]/.test(test.file) || !MAY_BE_SKIPPED.some((why) => why.test(test.fullName)),
);
for (const test of skipped) {
  console.log(`${unproven.includes(test) ? 'skipped, and must not be' : 'skipped'}: ${test.fullName}`);
}
console.log(
  `${report.numPassedTests} passed, ${failed + unproven.length} failed, ${skipped.length - unproven.length} skipped`,
);
process.exit(failed + unproven.length > 0 ? 1 : 0);
