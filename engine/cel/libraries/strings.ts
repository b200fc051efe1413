import type { Environment } from '@marcbachmann/cel-js';
import { compileRe2 } from '../../api/re2.ts';
import { refuse, registerAll } from './library.ts';

/** Strings as in cel-go's extension, and https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-regex-library */
export function registerStrings(environment: Environment): void {
  registerAll(environment, {
    'string.charAt(int): string': (text: string, index: bigint) => charAt(text, index),
    'string.replace(string, string): string': (text: string, old: string, next: string) =>
      text.replaceAll(old, () => next),
    'string.replace(string, string, int): string': (text: string, old: string, next: string, count: bigint) =>
      replaceSome(text, old, next, Number(count)),
    'string.reverse(): string': (text: string) => [...text].reverse().join(''),
    'string.find(string): string': (text: string, pattern: string) => regex(pattern).exec(text)?.[0] ?? '',
    'string.findAll(string): list<string>': (text: string, pattern: string) => findAll(text, pattern, -1),
    'string.findAll(string, int): list<string>': (text: string, pattern: string, limit: bigint) =>
      findAll(text, pattern, Number(limit)),
  });
}

function charAt(text: string, index: bigint): string {
  const characters = [...text];
  if (index < 0n || index > BigInt(characters.length)) refuse(`index out of range: ${index}`);
  return characters[Number(index)] ?? '';
}

function replaceSome(text: string, old: string, next: string, count: number): string {
  if (count < 0) return text.replaceAll(old, () => next);
  const parts = text.split(old);
  const cut = Math.min(count, parts.length - 1);
  return (
    parts
      .slice(0, cut)
      .map((part) => part + next)
      .join('') + parts.slice(cut).join(old)
  );
}

function regex(pattern: string): RegExp {
  return compileRe2(pattern) ?? refuse(`Illegal regex: error parsing regexp: \`${pattern}\``);
}

function findAll(text: string, pattern: string, limit: number): string[] {
  const { source, flags } = regex(pattern);
  const found = Array.from(text.matchAll(new RegExp(source, `${flags}g`)), ([match]) => match);
  return limit < 0 ? found : found.slice(0, limit);
}
