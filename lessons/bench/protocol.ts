import type {
  ClusterInput,
  ClusterOptions,
  ClusterView,
  FieldHelp,
  JournalEntry,
  ManifestKind,
  manifestFlaws,
} from '@drydock/engine';
import type { Frame, RunPoint } from '@drydock/engine/worker';
import type { WhyChain } from './causes.ts';
import type { ControllerTurn } from './controller-turns.ts';
import type { Check, Exercise, GoalState, Report } from './grading.ts';
import type { HistoryMark } from './history-marks.ts';
import type { Outline } from './outline.ts';
import type { Reference } from './reference.ts';
import type { FollowedRequest } from './requests.ts';

/** What a page says about its bench. Plain data: it travels in an attribute and is kept with the journal. */
export interface BenchSetup {
  /** The key under which this bench is kept, e.g. `lesson/pause-container`. */
  readonly id: string;
  readonly title: string;
  readonly options: ClusterOptions;
  /** What the learner is to bring about; watched while the cluster runs. */
  readonly checks: readonly Check[];
  /** For an exercise: what the graders grade. */
  readonly exercise?: Exercise;
  /** Tells whether a workshop that began earlier still means this bench. */
  readonly version?: string;
}

/** A run as it was left. */
export interface SavedRun {
  readonly options: ClusterOptions;
  readonly entries: readonly JournalEntry[];
  readonly end?: RunPoint;
}

/** What `kubectl describe` would build on: the object, its YAML and what happened to it. */
export interface Inspection {
  readonly object: { readonly [field: string]: unknown };
  readonly yaml: string;
  readonly events: readonly InspectedEvent[];
  readonly why: WhyChain;
}

/** A key of etcd, without its value. */
export interface StoredKey {
  readonly key: string;
  /** Writes since it came into being. */
  readonly version: number;
  readonly modRevision: number;
}

export interface InspectedEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly lastSeen: string;
  readonly from: string;
}

/** What may be asked about a cluster without leaving a mark on it. */
export interface BenchLooking {
  inspect(reference: Reference): Inspection | undefined;
  /** The object that a lesson's words stand for, e.g. `pod harbour`. */
  find(words: string): Reference | undefined;
  /** A field of it as text; undefined when there is no such object or field. */
  field(words: string, path: string): string | undefined;
  why(words: string): WhyChain | undefined;
  /** etcd's keys below a prefix. */
  keys(prefix: string): readonly StoredKey[];
  /** What etcd holds under a key, as YAML. */
  stored(key: string): string | undefined;
  /** What a component did last, newest first. */
  turns(component: string): readonly ControllerTurn[];
  outline(): Outline;
  /** The last requests of a Pod or machine, of all that begin so, or of everybody but the system; the newest first. */
  requests(from?: string): readonly FollowedRequest[];
}

/** What an editor of manifests asks of the API's schema. */
export interface ManifestHelp {
  manifestKinds(): readonly ManifestKind[];
  manifestFields(at: ManifestKind, path: readonly string[]): readonly FieldHelp[];
  manifestFlaws(at: ManifestKind, object: unknown): ReturnType<typeof manifestFlaws>;
  describeField(at: ManifestKind, path: readonly string[]): Promise<string | undefined>;
}

/** A moment of a cluster's life. */
export interface Moment extends RunPoint {
  readonly wallMs: number;
  readonly view: ClusterView;
  /** Inputs that had been taken in by then. */
  readonly entries: number;
}

/** The engine's side of the bench, in the worker. */
export interface BenchWorker extends BenchLooking, ManifestHelp {
  /** Builds the cluster, or brings a saved one back; resolves when it runs. Rejects when the run cannot be replayed. */
  start(setup: BenchSetup, saved: SavedRun | undefined, sink: BenchSink): Promise<void>;
  submit(input: ClusterInput): Promise<unknown>;
  drive(order: DriveOrder): void;
  /** Says that `bytes` of terminal output have been drawn. */
  drawn(bytes: number): void;
  readFile(path: string): string | undefined;
  listFiles(): readonly string[];
  /** Answers, and does nothing else. */
  ping(): void;
  /** What happened so far, from the mark with this number on. */
  marks(from: number): readonly HistoryMark[];
  /**
   * Brings the moment at `timeMs` into sight: from then on whoever looks sees the cluster as it was. The cluster itself
   * stands still meanwhile. Undefined when a later call has taken its place.
   */
  lookBack(timeMs: number): Promise<Moment | undefined>;
  /** Back to the present. */
  lookNow(): void;
  /** Full grading, on forks. */
  grade(): Promise<Report>;
}

export type DriveOrder =
  | { readonly order: 'play' | 'pause' | 'jump' }
  | { readonly order: 'speed'; readonly speed: number }
  | { readonly order: 'hold'; readonly held: boolean };

/** The page's side. */
export interface BenchSink {
  frame(frame: Frame): void;
  /** Everything has come. */
  equipped(): void;
  /** Whether a command waits, or would wait, for what is still on its way; at first it would. */
  waits(waiting: boolean): void;
  goals(states: readonly GoalState[]): void;
  /** The cluster is being brought up or back: virtual milliseconds reached, and how many there are if that is known. */
  progress(reachedMs: number, ofMs: number | undefined): void;
  /** The engine has stopped for good, with this message. */
  failed(message: string): void;
}
