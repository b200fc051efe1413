import type { FieldError } from '../../../api/field-error.ts';
import { invalid } from '../../../api/field-errors.ts';
import { BASELINE, OVERRIDDEN } from './baseline.ts';
import type { Check, PodLike, Violation } from './check.ts';
import { RESTRICTED } from './restricted.ts';

/** A level of the Pod Security Standards as of a version: `restricted:latest`, `baseline:v1.30`. */
export interface Policy {
  readonly level: string;
  readonly version: string;
}

export type Mode = 'enforce' | 'audit' | 'warn';

export const LABEL = 'pod-security.kubernetes.io/';
export const MODES: readonly Mode[] = ['enforce', 'audit', 'warn'];
export const LEVELS = ['privileged', 'baseline', 'restricted'];
const VERSION = /^(?:latest|v1\.(\d{1,3}))$/;
const LATEST = 36;

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether a Namespace's labels ask for anything at all. */
export function namesPolicy(labels: Labels): boolean {
  for (const key in labels) if (key.startsWith(LABEL)) return true;
  return false;
}

export function isLevel(text: string): boolean {
  return LEVELS.includes(text);
}

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** What a Namespace's labels ask for in a mode; nothing (privileged) unless told. */
export function policyOf(labels: Labels, mode: Mode): Policy {
  const level = labels?.[LABEL + mode] ?? 'privileged';
  const version = labels?.[`${LABEL}${mode}-version`] ?? 'latest';
  // What cannot be read is taken for the strictest there is.
  if (!isLevel(level) || !isVersion(version)) return { level: 'restricted', version: 'latest' };
  return { level, version };
}

/** Labels that name no level or version. */
export function labelErrors(labels: Labels): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const mode of MODES) {
    const level = labels?.[LABEL + mode];
    if (level !== undefined && !isLevel(level)) {
      const detail = `must be one of ${LEVELS.join(', ')}`;
      errors.push(invalid(`metadata.labels[${LABEL}${mode}]`, level, detail));
    }
    const version = labels?.[`${LABEL}${mode}-version`];
    if (version !== undefined && !isVersion(version)) {
      errors.push(invalid(`metadata.labels[${LABEL}${mode}-version]`, version, 'must be "latest" or "v1.x"'));
    }
  }
  return errors;
}

/** What a Pod does that a policy forbids: the checks of baseline, then those of restricted. */
export function violations({ level, version }: Policy, pod: PodLike): readonly Violation[] {
  const minor = minorOf(version);
  const found: Violation[] = [];
  for (const check of checksOf(level)) {
    if (minor < (check.since ?? 0)) continue;
    const violation = check.find(pod, minor);
    if (violation !== undefined) found.push(violation);
  }
  return found;
}

function checksOf(level: string): readonly Check[] {
  if (level === 'privileged') return [];
  return level === 'baseline' ? BASELINE : [...BASELINE.filter((check) => !OVERRIDDEN.includes(check)), ...RESTRICTED];
}

function minorOf(version: string): number {
  const minor = VERSION.exec(version)?.[1];
  return minor === undefined ? LATEST : Number(minor);
}

/** Whether `next` forbids anything that `before` did not. */
export function isStricter(next: Policy, before: Policy): boolean {
  const step = LEVELS.indexOf(next.level) - LEVELS.indexOf(before.level);
  return step > 0 || (step === 0 && next.level !== 'privileged' && minorOf(next.version) > minorOf(before.version));
}

export function nameOf({ level, version }: Policy): string {
  return `${level}:${version}`;
}

/** `privileged (container "a" must not …), hostPort (…)` */
export function describe(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

/** `privileged, hostPort` */
export function reasons(found: readonly Violation[]): string {
  return found.map(({ reason }) => reason).join(', ');
}
