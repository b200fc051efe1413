/** A version by https://semver.org, as `github.com/Masterminds/semver` reads it: `v1.2` is 1.2.0. */
export interface Version {
  readonly numbers: readonly [number, number, number];
  readonly prerelease: string;
}

const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text.trim());
  if (match === null) return undefined;
  const [, major, minor = '0', patch = '0', prerelease = ''] = match;
  return { numbers: [Number(major), Number(minor), Number(patch)], prerelease };
}

/** Whether a text is a whole version, with all three numbers. */
export function isStrictVersion(text: string): boolean {
  return VERSION.test(text) && /^\d+\.\d+\.\d+/.test(text);
}

export function compareVersions(left: Version, right: Version): number {
  for (const [index, number] of left.numbers.entries()) {
    if (number !== right.numbers[index]) return number - right.numbers[index]!;
  }
  return comparePrereleases(left.prerelease, right.prerelease);
}

function comparePrereleases(left: string, right: string): number {
  if (left === right) return 0;
  if (left === '' || right === '') return left === '' ? 1 : -1;
  const [ours, theirs] = [left.split('.'), right.split('.')];
  for (const [index, part] of ours.entries()) {
    const other = theirs[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const [number, otherNumber] = [/^\d+$/.test(part), /^\d+$/.test(other)];
    if (number && otherNumber) return Number(part) - Number(other);
    if (number !== otherNumber) return number ? -1 : 1;
    return part < other ? -1 : 1;
  }
  return -1;
}

type Test = (version: Version) => boolean;

/** `>=1.2 <2 || ~3.1`: undefined for what is no constraint. Releases before a version match only where one is named. */
export function parseConstraint(text: string): Test | undefined {
  const alternatives = text.split('||').map(conjunction);
  if (alternatives.some((one) => one === undefined)) return undefined;
  return (version) => alternatives.some((one) => one!(version));
}

function conjunction(text: string): Test | undefined {
  const ranged = text.replace(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2');
  const parts = ranged.match(/(?:!=|>=|=>|<=|=<|[=<>^~])?\s*[^\s,]+/g) ?? ['*'];
  const tests = parts.map(comparison);
  if (tests.some((test) => test === undefined)) return undefined;
  const prerelease = /\d-[0-9A-Za-z]/.test(text);
  return (version) => (prerelease || version.prerelease === '') && tests.every((test) => test!(version));
}

function comparison(text: string): Test | undefined {
  const [, operator = '', rest = ''] = /^(!=|>=|=>|<=|=<|[=<>^~])?\s*(.*)$/.exec(text) ?? [];
  const given = rest.replace(/^v/, '').split(/[.](?![^-]*-)/);
  const fixed = given.findIndex((part) => /^[xX*]$/.test(part));
  const known = fixed < 0 ? given.length : fixed;
  if (known === 0) return () => true;
  const base = parseVersion(given.slice(0, known).join('.'));
  if (base === undefined) return undefined;
  const next = (index: number): Version => ({
    numbers: base.numbers.map((number, at) => (at < index ? number : at === index ? number + 1 : 0)) as never,
    prerelease: '',
  });
  const within =
    (index: number): Test =>
    (version) =>
      compareVersions(version, base) >= 0 && compareVersions(version, next(index)) < 0;
  switch (operator) {
    case '>':
      return (version) => compareVersions(version, known < 3 ? next(known - 1) : base) >= (known < 3 ? 0 : 1);
    case '>=':
    case '=>':
      return (version) => compareVersions(version, base) >= 0;
    case '<':
      return (version) => compareVersions(version, base) < 0;
    case '<=':
    case '=<':
      return (version) =>
        known < 3 ? compareVersions(version, next(known - 1)) < 0 : compareVersions(version, base) <= 0;
    case '!=':
      return known < 3 ? (version) => !within(known - 1)(version) : (version) => compareVersions(version, base) !== 0;
    case '~':
      return within(Math.min(1, known - 1));
    case '^': {
      const first = base.numbers.findIndex((number) => number > 0);
      return within(first < 0 ? known - 1 : Math.min(first, known - 1));
    }
    default:
      return known < 3 ? within(known - 1) : (version) => compareVersions(version, base) === 0;
  }
}
