/**
 * Counts a vitest run for `./drydock test`: how many passed, failed and were skipped, and why each
 * failed and each skipped one was. Written as JSON to the file that DRYDOCK_TEST_SUMMARY names.
 */
import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { TestError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface TestSummary {
  readonly passed: number;
  /** Each failed test, and what its errors say, without colours. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Failures outside of any test: a file that cannot be loaded, a hook, an unhandled error. */
  readonly problems: readonly string[];
}

export default class SummaryReporter implements Reporter {
  #passed = 0;
  readonly #failed: { name: string; reason: string }[] = [];
  readonly #skipped: { name: string; reason: string }[] = [];
  readonly #problems: string[] = [];

  onTestCaseResult(testCase: TestCase): void {
    const result = testCase.result();
    if (result.state === 'passed') this.#passed++;
    else if (result.state === 'failed') {
      const name = `${testCase.module.relativeModuleId}: ${testCase.fullName}`;
      this.#failed.push({ name, reason: result.errors.map(describeError).join('\n') });
    } else if (result.state === 'skipped') {
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

/** Message, where it was thrown, and the difference if there is one. */
function describeError({ message, stack = '', diff = '' }: TestError): string {
  const frames = stack
    .split('\n')
    .filter((line) => /^ +at .*[/\\]/.test(line) && !line.includes('node_modules'));
  return stripVTControlCharacters([message, ...frames, diff].join('\n')).trimEnd();
}
