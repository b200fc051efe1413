import type { Diagnostic } from '@codemirror/lint';
import { isMap, type ParsedNode, parseAllDocuments, type YAMLMap } from 'yaml';
import type { Complaint } from '../bench/complaints.ts';
import { mark, rangeOf } from './manifest-language.ts';

/** A document with what is read of it here. */
interface Manifest {
  readonly root: ParsedNode | null;
  readonly broken: boolean;
  readonly start: number;
}

/** Marks in a file's text what kubectl said about it. */
export function complaintMarks(text: string, file: string, complaints: readonly Complaint[]): Diagnostic[] {
  const about = complaints.filter((complaint) => complaint.file === undefined || sameFile(complaint.file, file));
  if (about.length === 0) return [];
  const parsed = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false });
  const documents = (Array.isArray(parsed) ? parsed : []).map(
    ({ contents, errors, range }): Manifest => ({
      root: contents as ParsedNode | null,
      broken: errors.length > 0,
      start: range[0],
    }),
  );
  return about.flatMap((complaint) => markOf(text, documents, complaint) ?? []);
}

/** kubectl names a file as it was typed: `./pod.yaml`, `/root/pod.yaml`. */
function sameFile(named: string, file: string): boolean {
  return named === file || named.endsWith(`/${file}`);
}

function markOf(text: string, documents: readonly Manifest[], { at, kind, name, message }: Complaint) {
  if ('line' in at) {
    const [from, to] = lineOf(text, documents, at.line);
    return mark(text, from, to, 'error', message);
  }
  // Of several documents it is about the one in which the path leads farthest.
  const [nearest] = documents
    .flatMap(({ root }) => (isMap(root) && isAbout(root, kind, name) ? [rangeOf(root, at.path)] : []))
    .toSorted(([, , a], [, , b]) => a - b);
  return nearest === undefined ? undefined : mark(text, nearest[0], nearest[1], 'error', message);
}

function isAbout(root: YAMLMap, kind: string | undefined, name: string | undefined): boolean {
  return (
    (kind === undefined || root.get('kind') === kind) &&
    (name === undefined || (root.getIn(['metadata', 'name']) ?? '') === name)
  );
}

/** kubectl counts lines from where the document begins that is no YAML. */
function lineOf(text: string, documents: readonly Manifest[], line: number): readonly [number, number] {
  const start = documents.find(({ broken }) => broken)?.start ?? 0;
  const lines = text.split('\n');
  const before = text.slice(0, start).split('\n').length - 1;
  const first = lines[before]!.startsWith('---') ? before + 1 : before;
  const index = Math.min(first + line - 1, lines.length - 1);
  const from = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0);
  return [from, from + lines[index]!.length];
}
