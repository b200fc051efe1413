import type { Chart } from '../chart/chart.ts';
import type { Dictionary } from '../functions/arguments.ts';

export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

/** When a hook runs. https://helm.sh/docs/topics/charts_hooks/ */
export const HOOK_EVENTS = [
  'pre-install',
  'post-install',
  'pre-delete',
  'post-delete',
  'pre-upgrade',
  'post-upgrade',
  'pre-rollback',
  'post-rollback',
  'test',
] as const;

export type HookEvent = (typeof HOOK_EVENTS)[number];

/** A manifest that is no part of the release but runs at a point of its life. */
export interface Hook {
  readonly name: string;
  readonly kind: string;
  /** `web/templates/tests/test-connection.yaml`. */
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly HookEvent[];
  readonly weight?: number;
  readonly delete_policies?: readonly string[];
  readonly last_run: HookRun;
}

export interface HookRun {
  /** RFC 3339; empty for one that has not run. */
  readonly started_at: string;
  readonly completed_at: string;
  readonly phase: '' | 'Unknown' | 'Running' | 'Succeeded' | 'Failed';
}

export const NEVER_RUN: HookRun = { started_at: '', completed_at: '', phase: '' };

export interface ReleaseInfo {
  readonly first_deployed: string;
  readonly last_deployed: string;
  readonly deleted: string;
  readonly description: string;
  readonly status: ReleaseStatus;
  readonly notes?: string;
}

/** One revision of a release, as it is stored. The names are those of the stored form. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** The revision, from 1. */
  readonly version: number;
  readonly info: ReleaseInfo;
  readonly chart: Chart;
  /** What the user said, without the chart's defaults. */
  readonly config: Dictionary;
  readonly manifest: string;
  readonly hooks: readonly Hook[];
}

/** A revision in another state. */
export function withInfo(release: Release, info: Partial<ReleaseInfo>): Release {
  return { ...release, info: { ...release.info, ...info } };
}

/** `nginx-1.2.0`. */
export function chartTitle({ metadata }: Pick<Chart, 'metadata'>): string {
  return `${metadata.name}-${metadata.version}`;
}
