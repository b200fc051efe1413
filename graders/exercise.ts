import type { ClusterOptions, Fault, Preparation } from '@drydock/engine';
import type { Assertion } from './assertion.ts';

/** An object of the cluster, by kind and name or by labels. */
export interface ObjectQuery {
  readonly kind: string;
  /** `default` unless told; ignored for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name?: string;
  /** As in `kubectl get -l`. */
  readonly selector?: string;
}

/** An HTTP request from a node to a Pod, by its IP. */
export interface HttpQuery {
  readonly pod: string;
  readonly namespace?: string;
  readonly port: number;
  readonly path?: string;
}

/** A command run in a container. */
export interface ExecQuery {
  readonly pod: string;
  readonly namespace?: string;
  readonly container?: string;
  readonly command: readonly string[];
}

/** A command run on a machine: `node-1`, `control-plane`, `workstation`. */
export interface RunQuery {
  readonly host: string;
  readonly command: readonly string[];
}

/**
 * What a check looks at. `object` gives the object (or `{items: […]}` for a selector), `http` gives
 * `{status, headers, body}`, `exec` and `run` give `{exitCode, stdout, stderr}`.
 */
export type Observation =
  | { readonly object: ObjectQuery }
  | { readonly http: HttpQuery }
  | { readonly exec: ExecQuery }
  | { readonly run: RunQuery };

/** A span of virtual time, e.g. `500ms`, `30s`, `5m`. */
export type Span = string;

/** What has happened before the learner comes. Files of the folder `before/` lie in BEFORE_FOLDER meanwhile. */
export type BeforeStep = Exclude<Step, { readonly delete: ObjectQuery }>;

/** Where the files of an exercise's folder `before/` lie on the workstation. */
export const BEFORE_FOLDER = '/srv/before/';

/** Something done to a fork of the cluster before a check looks. `run` is what somebody types on a machine, as root. */
export type Step =
  | { readonly fault: Fault }
  | { readonly wait: Span }
  | { readonly delete: ObjectQuery }
  | { readonly run: RunQuery }
  | KubectlStep;

/** A call of kubectl; `refused` of one that should be refused, so that it is told where it is not, and not where it is. */
export interface KubectlStep {
  readonly kubectl: readonly string[];
  readonly refused?: boolean;
}

/**
 * One thing that must be true, and when. Exactly one of `within` (comes to hold), `always` (holds all the time),
 * `never` (at no time since the answer was applied did the object look so), `changes` and `constant` is given.
 */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly observe: Observation;
  /** Done first, on a copy of the cluster: the learner's own is never touched. */
  readonly after?: readonly Step[];
  readonly that?: readonly Assertion[];
  readonly within?: Span;
  readonly always?: Span;
  readonly never?: true;
  /** The value at `path` must change within the span. */
  readonly changes?: { readonly path: string; readonly within: Span };
  /** The value at `path` must stay what it is for the span. */
  readonly constant?: { readonly path: string; readonly over: Span };
  /**
   * Where in the manifest to look when a failure names no field of its own (an HTTP answer, a status): a path into the
   * observed object, e.g. `spec.containers[name=web].volumeMounts`. `spec` unless told.
   */
  readonly blame?: string;
  /** The object that such a failure comes from, where it is another than the one that is asked: the Service behind an answer. */
  readonly about?: ObjectQuery;
  /** A question that helps, never the answer. */
  readonly ask: string;
}

/** A hint, and when it is the one to give: while this check fails. */
export interface Hint {
  readonly check: string;
  readonly text: string;
}

export interface Exercise {
  /** The name of its folder. */
  readonly id: string;
  readonly title: string;
  readonly level: 'follow' | 'apply' | 'diagnose';
  /** Rows of the syllabus. */
  readonly rows: readonly number[];
  readonly minutes: number;
  /** Markdown. */
  readonly brief: string;
  /** With what has happened before the learner comes. */
  readonly cluster: ClusterOptions;
  readonly before: readonly BeforeStep[];
  /** Whether the learner finds the start files applied. An answer that is handed in as files begins without them. */
  readonly applied: boolean;
  /** The file the learner is asked to write, as the CLI and the page name it. */
  readonly answer: string;
  readonly checks: readonly Check[];
  readonly hints: readonly Hint[];
  /** What the learner starts with: file name → text. */
  readonly start: Readonly<Record<string, string>>;
}

/** The files of an exercise's folder by their path in it: `exercise.yaml`, `start/…`, `solutions/<name>/…`, … */
export type ExerciseFolder = Readonly<Record<string, string>>;

/** What proves an exercise: answers that must pass, and mistakes with the checks each must fail. */
export interface Proof {
  /** Solution name → file name → text; `reference` is the one shown after passing. */
  readonly solutions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly mistakes: Readonly<Record<string, Mistake>>;
}

export interface Mistake {
  readonly files: Readonly<Record<string, string>>;
  /** Ids of the checks that fail; all others pass. */
  readonly fails: readonly string[];
}

/** How long files have been applied when the learner comes. */
const APPLIED_BEFORE_MS = 10_000;

/** The cluster as the learner finds it, with the files of the exercise in their home. */
export function learnersCluster({ cluster, start, applied }: Exercise): ClusterOptions {
  const files = { ...cluster.files, ...start };
  if (!applied) return { ...cluster, files };
  const manifests = Object.keys(start).filter((name) => /\.ya?ml$/.test(name));
  const apply = manifests.map((name): Preparation => ({ run: ['kubectl', 'apply', '-f', name] }));
  return { ...cluster, files, before: [...(cluster.before ?? []), ...apply, { waitMs: APPLIED_BEFORE_MS }] };
}

/** The points of all checks together. */
export function possiblePoints(exercise: Exercise): number {
  return exercise.checks.reduce((sum, check) => sum + check.points, 0);
}

/** Milliseconds of a span like `30s`. Throws Error for anything else. */
export function spanMs(span: Span): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(span);
  if (match === null) throw new Error(`"${span}" is no span of time; write it like 500ms, 30s or 5m`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] as 'ms' | 's' | 'm' | 'h'];
}
