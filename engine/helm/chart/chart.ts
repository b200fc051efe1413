import type { Dictionary } from '../functions/arguments.ts';

/** A file of a chart, by its path within it. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** An entry of `dependencies` in Chart.yaml. */
export interface DependencySpec {
  readonly name: string;
  readonly version?: string;
  readonly repository?: string;
  readonly condition?: string;
  readonly tags?: readonly string[];
  readonly alias?: string;
}

/** Chart.yaml. https://helm.sh/docs/topics/charts/#the-chartyaml-file */
export interface ChartMetadata {
  readonly apiVersion?: string;
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  readonly description?: string;
  readonly type?: string;
  readonly kubeVersion?: string;
  readonly deprecated?: boolean;
  readonly dependencies?: readonly DependencySpec[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A chart as it lies in a directory or an archive. */
export interface Chart {
  readonly metadata: ChartMetadata;
  /** values.yaml. */
  readonly values: Dictionary;
  readonly templates: readonly ChartFile[];
  readonly crds: readonly ChartFile[];
  /** values.schema.json. */
  readonly schema: Uint8Array | undefined;
  /** What templates may read with `.Files`. */
  readonly files: readonly ChartFile[];
  /** The charts below charts/. */
  readonly dependencies: readonly Chart[];
  /** Chart.lock. */
  readonly lock: unknown;
  /** All of it, as it was. */
  readonly raw: readonly ChartFile[];
}

/** The file README.md, whatever the case. */
export function readmeOf(chart: Chart): string | undefined {
  const file = chart.files.find(({ name }) => /^readme(\.md|\.txt)?$/i.test(name));
  return file === undefined ? undefined : new TextDecoder().decode(file.data);
}
