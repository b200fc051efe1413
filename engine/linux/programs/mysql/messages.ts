import type { Result } from './result.ts';

// What goes over the wire, as lines of JSON.

/** The first that a client says. */
export interface Hello {
  readonly user: string;
  readonly password: string;
  readonly database?: string | undefined;
}

export interface Refusal {
  readonly error: { readonly code: number; readonly state: string; readonly message: string };
}

/** What it is answered. */
export type Greeting = { readonly version: string; readonly id: number } | Refusal;

/** A statement, or from where the binary log is wanted. */
export type Request = { readonly sql: string } | { readonly replicate: number };

export type Answer = Result | Refusal;
