import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Diagnostic } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { type EditorView, hoverTooltip } from '@codemirror/view';
import type { FieldHelp } from '@drydock/engine';
import { isMap, isScalar, isSeq, type Node, type ParsedNode, parseAllDocuments } from 'yaml';
import type { ManifestHelp } from '../bench/protocol.ts';
import { h } from './dom.ts';
import { yamlPlaceAt } from './yaml-place.ts';

/** What the engine's thread answers. */
export type AskManifest = () =>
  | {
      [K in keyof ManifestHelp]: (
        ...args: Parameters<ManifestHelp[K]>
      ) => Promise<Awaited<ReturnType<ManifestHelp[K]>>>;
    }
  | undefined;

const MOST_FINDINGS = 30;

/** Completion and help from the API's schema. */
export function manifestLanguage(ask: AskManifest): Extension {
  return [
    autocompletion({ override: [(context) => complete(context, ask)], icons: false }),
    hoverTooltip(async (view, pos) => {
      const line = view.state.doc.lineAt(pos);
      const [, lead = '', name = ''] = /^(\s*(?:- +)*)([\w-]+):/.exec(line.text) ?? [];
      const end = line.from + lead.length + name.length;
      if (name === '' || pos > end || pos < line.from + lead.length) return null;
      const place = yamlPlaceAt(view.state.doc.toString(), end);
      if (place === undefined) return null;
      const path = [...place.path, name];
      const remote = ask();
      const field = (await remote?.manifestFields(place, place.path))?.find((each) => each.name === name);
      const text = await remote?.describeField(place, path);
      if (field === undefined) return null;
      return { pos: line.from + lead.length, end, above: true, create: () => ({ dom: help(field, text) }) };
    }),
  ];
}

function help({ name, type, required, values }: FieldHelp, text: string | undefined): HTMLElement {
  return h(
    'div',
    { class: 'field-help', tabindex: 0 },
    h('p', {}, h('strong', {}, name), ` ${type}${required ? ' *' : ''}`),
    values === undefined ? undefined : h('p', {}, values.join(' | ')),
    text === undefined ? undefined : h('p', {}, text),
  );
}

async function complete(context: CompletionContext, ask: AskManifest): Promise<CompletionResult | null> {
  const place = yamlPlaceAt(context.state.doc.toString(), context.pos);
  if (place === undefined || (place.typed === '' && !context.explicit)) return null;
  const remote = ask();
  if (remote === undefined) return null;
  const from = context.pos - place.typed.length;
  if (place.inValue)
    return { from, options: (await valuesOf(place, remote)).map((label) => ({ label, type: 'constant' })) };
  const known = place.kind !== '' && place.apiVersion !== '';
  const fields = known ? await remote.manifestFields(place, place.path) : place.path.length === 0 ? BEGINNING : [];
  return {
    from,
    options: fields.map((field) => ({
      label: field.name,
      detail: field.type,
      boost: field.required ? 1 : 0,
      apply: opening(field, place.column),
      info: async () => help(field, await remote.describeField(place, [...place.path, field.name])),
    })),
  };
}

/** What every manifest begins with. */
const BEGINNING: readonly FieldHelp[] = [
  { name: 'apiVersion', type: 'string', required: true },
  { name: 'kind', type: 'string', required: true },
  { name: 'metadata', type: 'ObjectMeta', required: true },
];

async function valuesOf(
  { path, kind, ...place }: NonNullable<ReturnType<typeof yamlPlaceAt>>,
  remote: NonNullable<ReturnType<AskManifest>>,
): Promise<readonly string[]> {
  const kinds =
    path.length === 1 && (path[0] === 'kind' || path[0] === 'apiVersion') ? await remote.manifestKinds() : [];
  if (path[0] === 'kind' && path.length === 1) {
    return [
      ...new Set(
        kinds
          .filter((each) => place.apiVersion === '' || each.apiVersion === place.apiVersion)
          .map((each) => each.kind),
      ),
    ];
  }
  if (path[0] === 'apiVersion' && path.length === 1) return [...new Set(kinds.map(({ apiVersion }) => apiVersion))];
  const field = (await remote.manifestFields({ ...place, kind }, path.slice(0, -1))).find(
    ({ name }) => name === path.at(-1),
  );
  return field?.type === 'boolean' ? ['true', 'false'] : (field?.values ?? []);
}

/** A name with what has to follow it: a new line where an object or a list begins. */
function opening({ name, type }: FieldHelp, column: number): string {
  if (type.startsWith('[]')) return `${name}:\n${' '.repeat(column)}- `;
  return /^(map|[A-Z])/.test(type) ? `${name}:\n${' '.repeat(column + 2)}` : `${name}: `;
}

/** What is wrong with the YAML as YAML, and with each document as a manifest of its kind. */
export async function manifestFindings(view: EditorView, ask: AskManifest): Promise<Diagnostic[]> {
  const text = view.state.doc.toString();
  const parsed = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: true });
  const documents = Array.isArray(parsed) ? parsed : [];
  const found: Diagnostic[] = [];
  for (const document of documents) {
    for (const {
      pos: [from, to],
      message,
    } of document.errors)
      found.push(mark(text, from, to, 'error', message));
    const root = document.contents as ParsedNode | null;
    if (document.errors.length > 0 || !isMap(root)) continue;
    const at = { apiVersion: String(root.get('apiVersion') ?? ''), kind: String(root.get('kind') ?? '') };
    const flaws = await ask()?.manifestFlaws(at, document.toJS({ maxAliasCount: 100 }));
    for (const path of flaws?.unknownFields ?? []) {
      const [from, to] = rangeOf(root, path);
      found.push(mark(text, from, to, 'warning', `unknown field "${path}"`));
    }
    for (const message of flaws?.typeErrors ?? []) {
      const [from] = root.range;
      found.push(mark(text, from, text.indexOf('\n', from), 'warning', message));
    }
  }
  return found.slice(0, MOST_FINDINGS);
}

/** A finding at a place of the text. */
export function mark(
  text: string,
  from: number,
  to: number,
  severity: Diagnostic['severity'],
  message: string,
): Diagnostic {
  const start = Math.min(Math.max(0, from), text.length);
  return { from: start, to: Math.min(Math.max(to, start), text.length), severity, message };
}

/**
 * Where the field at a path like `spec.containers[0].imagee` is named; as far as the path can be followed.
 * The third number is how many steps of it are missing.
 */
export function rangeOf(root: Node, path: string): readonly [from: number, to: number, missing: number] {
  let node: Node = root;
  let range: readonly [number, number] = [root.range?.[0] ?? 0, root.range?.[0] ?? 0];
  const steps = [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, inBrackets, plain]) => inBrackets ?? plain!);
  for (const [index, step] of steps.entries()) {
    const next = stepInto(node, step);
    if (next === undefined) return [...range, steps.length - index];
    ({ node, range } = next);
  }
  return [...range, 0];
}

function stepInto(node: Node, step: string): { node: Node; range: readonly [number, number] } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    // Go names no numbers where it speaks of its structures: the first item that has the field.
    if (item?.range == null) return firstOf(node.items as readonly Node[], step);
    // A list's item is named by what it begins with.
    const [first] = isMap(item) ? item.items : [];
    const key = first?.key as Node | undefined;
    return { node: item, range: [item.range[0], key?.range?.[1] ?? item.range[1]] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  const key = pair?.key as Node | undefined;
  if (key?.range == null) return undefined;
  return { node: (pair!.value ?? key) as Node, range: [key.range[0], key.range[1]] };
}

function firstOf(items: readonly Node[], step: string): ReturnType<typeof stepInto> {
  for (const item of items) {
    const found = isMap(item) ? stepInto(item, step) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
