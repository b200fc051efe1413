import type { Environment } from '@marcbachmann/cel-js';
import { refuse, registerAll } from './library.ts';

class CelSemver {
  readonly core: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];

  constructor(core: readonly [bigint, bigint, bigint], pre: readonly string[]) {
    this.core = core;
    this.pre = pre;
  }
}

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

function parse(text: string, normalize = false): CelSemver | undefined {
  const match = VERSION.exec(normalize ? normalized(text) : text);
  if (match === null) return undefined;
  const [, major, minor, patch, pre] = match;
  return new CelSemver([BigInt(major!), BigInt(minor!), BigInt(patch!)], pre === undefined ? [] : pre.split('.'));
}

/** A version as an API field has it; undefined when it is none. */
export function semverValue(text: string): CelSemver | undefined {
  return parse(text);
}

/** `v1.2` as `1.2.0`, leading zeros dropped. */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([\d.]*)(.*)$/s.exec(text) ?? [];
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3) parts.push('0');
  return parts.join('.') + rest;
}

function require(text: string, normalize = false): CelSemver {
  return parse(text, normalize) ?? refuse('Invalid character(s) found in version');
}

function compare(left: CelSemver, right: CelSemver): number {
  for (let index = 0; index < 3; index++) {
    const [a, b] = [left.core[index]!, right.core[index]!];
    if (a !== b) return a < b ? -1 : 1;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return Math.sign(right.pre.length - left.pre.length);
  for (let index = 0; index < Math.min(left.pre.length, right.pre.length); index++) {
    const order = compareIdentifiers(left.pre[index]!, right.pre[index]!);
    if (order !== 0) return order;
  }
  return Math.sign(left.pre.length - right.pre.length);
}

function compareIdentifiers(left: string, right: string): number {
  const [a, b] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (a && b) return Math.sign(Number(left) - Number(right));
  if (a !== b) return a ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

const TYPE = 'kubernetes.Semver';

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-semver-library */
export function registerSemver(environment: Environment): void {
  environment.registerType(TYPE, { ctor: CelSemver, fields: {} });
  environment.registerOperator(`${TYPE} == ${TYPE}`, (a, b) => compare(a, b) === 0);
  registerAll(environment, {
    [`semver(string): ${TYPE}`]: (text: string) => require(text),
    [`semver(string, bool): ${TYPE}`]: require,
    'isSemver(string): bool': (text: string) => parse(text) !== undefined,
    'isSemver(string, bool): bool': (text: string, normalize: boolean) => parse(text, normalize) !== undefined,
    [`${TYPE}.major(): int`]: ({ core }: CelSemver) => core[0],
    [`${TYPE}.minor(): int`]: ({ core }: CelSemver) => core[1],
    [`${TYPE}.patch(): int`]: ({ core }: CelSemver) => core[2],
    [`${TYPE}.compareTo(${TYPE}): int`]: (a: CelSemver, b: CelSemver) => BigInt(compare(a, b)),
    [`${TYPE}.isLessThan(${TYPE}): bool`]: (a: CelSemver, b: CelSemver) => compare(a, b) < 0,
    [`${TYPE}.isGreaterThan(${TYPE}): bool`]: (a: CelSemver, b: CelSemver) => compare(a, b) > 0,
  });
}
