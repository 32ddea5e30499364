/**
 * Counts a vitest run for `./drydock test`: how many passed, failed and were skipped, and why each
 * skipped one was. Written as JSON to the file that DRYDOCK_TEST_SUMMARY names.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Failures outside of any test: a file that cannot be loaded, a hook, an unhandled error. */
  readonly problems: readonly string[];
}

export default class SummaryReporter implements Reporter {
  #passed = 0;
  #failed = 0;
  readonly #skipped: { name: string; reason: string }[] = [];
  readonly #problems: string[] = [];

  onTestCaseResult(testCase: TestCase): void {
    const result = testCase.result();
    if (result.state === 'passed') this.#passed++;
    else if (result.state === 'failed') this.#failed++;
    else if (result.state === 'skipped') {
      const reason = result.note ?? 'no reason is given';
      this.#skipped.push({ name: testCase.fullName, reason });
    }
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly { readonly message: string }[],
  ): void {
    for (const module of modules) {
      for (const error of module.errors()) {
        this.#problems.push(`${module.relativeModuleId}: ${error.message}`);
      }
    }
    for (const error of errors) this.#problems.push(error.message);
    const summary: TestSummary = {
      passed: this.#passed,
      failed: this.#failed,
      skipped: this.#skipped,
      problems: this.#problems,
    };
    writeFileSync(process.env['DRYDOCK_TEST_SUMMARY']!, JSON.stringify(summary));
  }
}
