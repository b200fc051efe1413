import type { PodTemplateSpec } from '../api/kinds.ts';
import { hash32 } from '../sim/index.ts';

/** The alphabet of k8s.io/apimachinery/pkg/util/rand: no vowels, so no words come out. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The `pod-template-hash` of a template, eight to ten letters and digits. A collision count makes another one of it.
 * (The real controller hashes the memory layout of its Go structures, so the letters differ from a real cluster's.)
 */
export function templateHash(template: PodTemplateSpec, collisionCount: number): string {
  const hash = hash32(JSON.stringify(template, inKeyOrder), collisionCount);
  // At least eight digits, like nearly all of the real ones.
  const digits = String(hash).padStart(8, '0');
  return [...digits].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

/** Clients send fields in any order; the same template always has the same hash. */
function inKeyOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
