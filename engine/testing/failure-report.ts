import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What failed, where, and the first lines of what was said about it. */
export interface Failure {
  readonly what: string;
  readonly message: string;
}

export interface RunReport {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

/**
 * A vitest reporter that writes a `RunReport` as JSON to the file that `DRYDOCK_RUN_REPORT` names. Unlike vitest's own it holds
 * what fails outside of a test too: files that do not load, hooks, and errors that nobody caught.
 */
export default class FailureReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], uncaught: readonly SerializedError[]): void {
    const path = process.env['DRYDOCK_RUN_REPORT'];
    if (path === undefined) return;
    const passed = modules.flatMap((module) => [...module.children.allTests('passed')]).length;
    const failures = [
      ...modules.flatMap(failuresOf),
      ...uncaught.map((error) => failure('outside of any test', [error])),
    ];
    writeFileSync(path, JSON.stringify({ passed, failures } satisfies RunReport));
  }
}

function failuresOf(module: TestModule): Failure[] {
  const file = module.relativeModuleId;
  const suites = [...module.children.allSuites()].map((suite) => ({ name: suite.fullName, errors: suite.errors() }));
  const tests = [...module.children.allTests('failed')].map((test) => ({
    name: test.fullName,
    errors: test.result().errors ?? [],
  }));
  return [
    ...(module.errors().length > 0 ? [failure(file, module.errors())] : []),
    ...suites.filter(({ errors }) => errors.length > 0).map(({ name, errors }) => failure(`${file} > ${name}`, errors)),
    ...tests.map(({ name, errors }) => failure(`${file} > ${name}`, errors)),
  ];
}

function failure(what: string, errors: readonly SerializedError[]): Failure {
  return { what, message: errors.map(textOf).join('\n') };
}

/** The message, what was expected and found, and the place that threw. */
function textOf({ name, message, diff, stack }: SerializedError): string {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s*at .*:\d+/.test(line));
  const place = frames.find((line) => !line.includes('node_modules')) ?? frames[0];
  const said = [`${name ?? 'Error'}: ${message}`, diff, place];
  return said.filter((part) => part !== undefined && part !== '').join('\n');
}
