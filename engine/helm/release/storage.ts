import { gunzipSync, gzipSync } from 'fflate';
import type { Secret } from '../../api/kinds.ts';
import { secrets } from '../../api/resources.ts';
import { isStatus } from '../../kubectl/command-error.ts';
import type { Invocation } from '../../kubectl/invocation.ts';
import { base64 } from '../../kubectl/key-sources.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import type { Chart, ChartFile } from '../chart/chart.ts';
import { HelmError } from '../helm-error.ts';
import type { Release } from './release.ts';

const TYPE = 'helm.sh/release.v1';

/**
 * Where revisions are kept: a Secret for each, in the namespace of the release, whose data is gzipped JSON in base64 (and once
 * more in base64, as of any Secret), so that the real helm reads it as well.
 * https://helm.sh/docs/topics/advanced/#storage-backends
 */
export class ReleaseStorage {
  readonly #cluster: Invocation;
  readonly #namespace: string;

  /** @param namespace '' for those of all namespaces */
  constructor(cluster: Invocation, namespace: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
  }

  /** The revisions of a release, the oldest first. */
  *history(name: string): Task<readonly Release[]> {
    return yield* this.#find(`owner=helm,name=${name}`);
  }

  /** Every revision of every release. */
  *all(): Task<readonly Release[]> {
    return yield* this.#find('owner=helm');
  }

  /** @throws HelmError when there is none */
  *last(name: string): Task<Release> {
    const last = (yield* this.history(name)).at(-1);
    if (last === undefined) throw new HelmError('release: not found');
    return last;
  }

  /** A revision, or with 0 the last one. @throws HelmError */
  *revision(name: string, version: number): Task<Release> {
    if (version === 0) return yield* this.last(name);
    const found = (yield* this.history(name)).find((one) => one.version === version);
    if (found === undefined) throw new HelmError('release: not found');
    return found;
  }

  /** @throws StatusError */
  *create(release: Release): Task<void> {
    const secret = secretOf(release, this.#cluster.now(), 'createdAt');
    try {
      yield* this.#cluster.patiently(() => this.#secrets.create(secret, { fieldManager: 'helm' }));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw isStatus(error, 'NotFound') ? new HelmError(`create: failed to create: ${error.message}`) : error;
    }
  }

  *update(release: Release): Task<void> {
    const secret = secretOf(release, this.#cluster.now(), 'modifiedAt');
    yield* this.#cluster.patiently(() => this.#secrets.update(secret, { fieldManager: 'helm' }));
  }

  *delete({ name, namespace, version }: Release): Task<void> {
    yield* this.#cluster.patiently(() => this.#secrets.delete(secretName(name, version), namespace));
  }

  get #secrets() {
    return this.#cluster.client.resource(secrets);
  }

  *#find(labelSelector: string): Task<readonly Release[]> {
    const scope = this.#namespace === '' ? {} : { namespace: this.#namespace };
    const { items } = yield* this.#cluster.patiently(() => this.#secrets.list({ labelSelector, ...scope }));
    return items
      .filter(({ type }) => type === TYPE)
      .map(({ data }) => decodeRelease(data?.['release'] ?? ''))
      .sort((a, b) => a.version - b.version);
  }
}

function secretName(name: string, version: number): string {
  return `sh.helm.release.v1.${name}.v${version}`;
}

function secretOf(release: Release, nowMs: number, time: string): Secret {
  const { name, namespace, version, info } = release;
  const labels = {
    [time]: String(Math.floor(nowMs / 1000)),
    name,
    owner: 'helm',
    status: info.status,
    version: String(version),
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName(name, version), namespace, labels },
    type: TYPE,
    data: { release: encodeRelease(release) },
  } as unknown as Secret;
}

interface StoredFile {
  readonly name: string;
  readonly data: string;
}

function encodeRelease(release: Release): string {
  const { metadata, lock, values, templates, files, schema } = release.chart;
  const chart = {
    metadata,
    lock: lock ?? null,
    templates: templates.map(storedFile),
    values,
    schema: schema === undefined ? null : base64(schema),
    files: files.map(storedFile),
  };
  const json = encode(JSON.stringify({ ...release, chart }));
  return base64(encode(base64(gzipSync(json, { mtime: 0, level: 9 }))));
}

function storedFile({ name, data }: ChartFile): StoredFile {
  return { name, data: base64(data) };
}

/** What another helm has stored may lack what is empty. */
function decodeRelease(data: string): Release {
  const stored = JSON.parse(decode(gunzipSync(bytesOf(atob(data))))) as Omit<Release, 'chart'> & { chart: StoredChart };
  return { ...stored, config: stored.config ?? {}, hooks: stored.hooks ?? [], chart: chartOf(stored.chart) };
}

interface StoredChart {
  readonly metadata: Chart['metadata'];
  readonly lock?: unknown;
  readonly values?: Chart['values'];
  readonly templates?: readonly StoredFile[];
  readonly files?: readonly StoredFile[];
  readonly schema?: string | null;
}

/** What is kept of a chart: not its dependencies. */
function chartOf({ metadata, lock, values, templates, files, schema }: StoredChart): Chart {
  const file = ({ name, data }: StoredFile): ChartFile => ({ name, data: bytesOf(data) });
  const all = [...(templates ?? []), ...(files ?? [])].map(file);
  return {
    metadata,
    lock: lock ?? undefined,
    values: values ?? {},
    templates: (templates ?? []).map(file),
    files: (files ?? []).map(file),
    crds: [],
    schema: schema === undefined || schema === null ? undefined : bytesOf(schema),
    dependencies: [],
    raw: all,
  };
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
