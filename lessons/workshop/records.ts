import type { ClusterOptions, JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';

// What a workshop keeps. Everything is plain data; times are milliseconds since 1970 by the server's clock.

/** One workshop: a group of people, one instructor, a part of the course. */
export interface Workshop {
  readonly id: string;
  readonly title: string;
  /** What people type to join. */
  readonly code: string;
  /** SHA-256 of the instructor's key. */
  readonly instructorHash: string;
  readonly createdAt: number;
  readonly settings: Settings;
}

/** What the instructor decides, and may change while the workshop runs. */
export interface Settings {
  /** Benches of this workshop by id, e.g. `lesson/pause-container`, with the versions (one a language) when it began. */
  readonly benches: Readonly<Record<string, readonly string[]>>;
  /** Benches nobody may work on yet. */
  readonly locked: readonly string[];
  /** Exercises whose solution is shown to everybody. */
  readonly revealed: readonly string[];
  readonly opensAt?: number;
  readonly closesAt?: number;
  /** How long after its end work is still taken, marked as late. */
  readonly overtimeMs: number;
  /** Part of the points that late work loses, from 0 to 1. */
  readonly latePenalty: number;
  /** Which of several gradings counts. */
  readonly attempts: 'best' | 'last';
  /** So often may an exercise be handed in; absent: as often as one likes. */
  readonly mostAttempts?: number;
  /** Every cluster stands still. */
  readonly paused: boolean;
  /** A countdown on every page, until this moment. */
  readonly timerUntil?: number;
  /** Numbers and names of exercises differ from one person to another. */
  readonly variants: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  benches: {},
  locked: [],
  revealed: [],
  overtimeMs: 0,
  latePenalty: 0,
  attempts: 'best',
  paused: false,
  variants: false,
};

/** Somebody who takes part. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the token in their personal link. */
  readonly tokenHash: string;
  readonly joinedAt: number;
  /** The line of the roster they were matched with. */
  readonly rosterId?: string;
  /** When they raised their hand, while it is up. */
  readonly handAt?: number;
  /** The person they work with: both work on that person's benches. */
  readonly pairedWith?: string;
  /** Who was paired with this person; each is as long as their own record says so. */
  readonly guests?: readonly string[];
  /** Where they come from, when another system sent them here. */
  readonly lti?: LtiOrigin;
  /** The last moment anything came from them. */
  readonly seenAt: number;
}

/** Somebody of a learning management system, and where it takes their grades. */
interface LtiOrigin {
  readonly issuer: string;
  readonly clientId: string;
  /** Their name there, for machines. */
  readonly subject: string;
  /** Their personal link is made with it. */
  readonly salt: string;
  /** Addresses, by exercise. */
  readonly lineItems: Readonly<Record<string, string>>;
}

/** One run of one person on one bench, as far as the server has it. */
export interface Run {
  readonly personId: string;
  readonly benchId: string;
  /** Made by the browser when the run began; starting over makes another. */
  readonly runId: string;
  readonly options: ClusterOptions;
  readonly beganAt: number;
  /** So many entries are here. */
  readonly count: number;
  /** How far the run has gone since its last input. */
  readonly end?: RunPoint;
  /** When the last of its entries came. */
  readonly lastAt: number;
}

/** The part of a run's journal that begins with the entry of this number, counted from 0. */
export interface Batch {
  readonly from: number;
  readonly entries: readonly JournalEntry[];
  readonly end?: RunPoint;
}

/** How things stand with one check, as the learner's browser sees it. */
export interface CheckState {
  readonly personId: string;
  readonly benchId: string;
  readonly checkId: string;
  readonly met: boolean;
  /** When it was first met. */
  readonly firstMetAt?: number;
  readonly changedAt: number;
}

/** Something the instructor says to one person or to all. */
export interface Message {
  readonly number: number;
  /** Absent: to all. */
  readonly to?: string;
  readonly at: number;
  readonly body: MessageBody;
}

export type MessageBody =
  | { readonly kind: 'announce'; readonly text: string }
  /** Look here: a check of a bench. */
  | { readonly kind: 'point'; readonly benchId: string; readonly checkId?: string }
  | { readonly kind: 'fault'; readonly fault: unknown; readonly text: string }
  /** Inputs that the instructor worked out on a copy of the learner's bench; nothing happens unless the learner takes them. */
  | { readonly kind: 'offer'; readonly benchId: string; readonly inputs: readonly unknown[]; readonly text: string }
  /** The settings have changed. */
  | { readonly kind: 'settings' };

/**
 * A grading of a journal by the server. An attempt is a run up to an entry; when it is graded again, as after a check was
 * mended, the later grading is in the place of the earlier one.
 */
export interface Grade {
  readonly personId: string;
  readonly exerciseId: string;
  /** The variant it was done on. */
  readonly benchId: string;
  readonly runId: string;
  /** So many of the run's entries were replayed. */
  readonly count: number;
  /** How far the run had gone since its last input. */
  readonly end?: RunPoint;
  /** When the last of these entries came: whether that was late is for the workshop's settings to say. */
  readonly lastAt: number;
  /** When it was graded. */
  readonly at: number;
  /** Who wanted the first grading of this attempt. */
  readonly by: 'learner' | 'instructor';
  readonly earned: number;
  readonly points: number;
  readonly checks: readonly GradedCheck[];
  readonly basis?: GradeBasis;
  /** Why there is no grading: the journal cannot be replayed, or took too long. */
  readonly problem?: string;
}

/** Digests of what a grade follows from. Where they are the same, so is the grade, and nothing need be replayed for it. */
interface GradeBasis {
  /** Of the engine, the cluster, the journal and all that is checked. */
  readonly whole: string;
  /** By id of the check, where it breaks something: of all that was the case and was done until its verdict. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface GradedCheck {
  readonly id: string;
  readonly title: string;
  readonly earned: number;
  readonly points: number;
  /** What the cluster did. */
  readonly seen: string;
}
