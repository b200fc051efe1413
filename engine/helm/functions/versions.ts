import { CallProblem, fn, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import { parseConstraint, parseVersion, type Version } from '../chart/semver.ts';
import { textOf } from './arguments.ts';

function version(value: unknown): Version {
  const parsed = parseVersion(textOf(value));
  if (parsed === undefined) throw new CallProblem('invalid semantic version');
  return parsed;
}

function matches(constraint: unknown, value: unknown): boolean {
  const test = parseConstraint(textOf(constraint));
  if (test === undefined) throw new CallProblem(`improper constraint: ${textOf(constraint)}`);
  return test(version(value));
}

/** https://masterminds.github.io/sprig/semver.html */
export const VERSIONS: Readonly<Record<string, TemplateFunction>> = {
  semver: fn(1, 1, ([value]) => {
    const { numbers, prerelease } = version(value);
    const [Major, Minor, Patch] = numbers;
    return { Major, Minor, Patch, Prerelease: prerelease, Metadata: '', Original: value };
  }),
  semverCompare: fn(2, 2, ([constraint, value]) => matches(constraint, value)),
};
