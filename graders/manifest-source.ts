import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  type Document as YamlDocument,
} from 'yaml';

/** A place in a file the learner wrote; line and column count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line itself. */
  readonly text: string;
}

/** A file that is not YAML at all. */
export class ManifestSyntaxError extends Error {
  override readonly name = 'ManifestSyntaxError';
  readonly place: SourcePlace;

  constructor(place: SourcePlace, problem: string) {
    super(`${place.file}:${place.line}:${place.column}: ${problem}`);
    this.place = place;
  }
}

interface Document {
  readonly kind: string;
  readonly name: string;
  readonly root: ParsedNode;
  /** What aliases are looked up in. */
  readonly whole: YamlDocument;
}

/** A learner's manifest with the positions of everything in it. */
export class ManifestSource {
  readonly file: string;
  readonly #lines: readonly string[];
  readonly #counter = new LineCounter();
  readonly #documents: readonly Document[];

  /** @throws ManifestSyntaxError for broken YAML, or a document that is no map. */
  constructor(file: string, text: string) {
    this.file = file;
    this.#lines = text.split('\n');
    const parsed = parseAllDocuments(text, {
      lineCounter: this.#counter,
      uniqueKeys: false,
      version: '1.1',
      merge: true,
    });
    const documents: Document[] = [];
    for (const document of Array.isArray(parsed) ? parsed : []) {
      const [error] = document.errors;
      if (error !== undefined) throw new ManifestSyntaxError(this.#place(error.pos[0]), error.message.split('\n')[0]!);
      const root = document.contents;
      if (root === null || (isScalar(root) && root.value === null)) continue;
      if (!isMap(root)) {
        throw new ManifestSyntaxError(this.#place(root.range[0]), 'a manifest is a map of fields, like "kind: Pod"');
      }
      documents.push({
        kind: String(root.get('kind')),
        name: String(root.getIn(['metadata', 'name'])),
        root,
        whole: document,
      });
    }
    this.#documents = documents;
  }

  /** Whether the file holds no document at all. */
  get empty(): boolean {
    return this.#documents.length === 0;
  }

  /**
   * The place of a field of an object in this file: of the field itself, or of the nearest thing above it that is
   * there. Undefined when the file does not describe the object.
   */
  find(kind: string, name: string | undefined, at: readonly (string | number)[]): SourcePlace | undefined {
    const document = this.#document(kind, name);
    if (document === undefined) return undefined;
    let node: Node = document.root;
    let offset = document.root.range[0];
    for (const step of at) {
      const next = child(node, step);
      if (next === undefined) break;
      node = isAlias(next.value) ? (next.value.resolve(document.whole) ?? next.value) : next.value;
      offset = next.offset;
    }
    return this.#place(offset);
  }

  /** An object of this file as plain data; undefined when the file does not describe it. */
  object(kind: string, name: string | undefined): unknown {
    return this.#document(kind, name)?.whole.toJS();
  }

  #document(kind: string, name: string | undefined): Document | undefined {
    return this.#documents.find((each) => each.kind === kind && (name === undefined || each.name === name));
  }

  #place(offset: number): SourcePlace {
    const { line, col } = this.#counter.linePos(offset);
    return { file: this.file, line, column: col, text: this.#lines[line - 1] ?? '' };
  }
}

function child(node: Node, step: string | number): { value: Node; offset: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
    if (pair === undefined) return undefined;
    const key = pair.key as Node;
    return { value: (pair.value ?? key) as Node, offset: key.range![0] };
  }
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step] as Node | undefined;
    return item === undefined ? undefined : { value: item, offset: item.range![0] };
  }
  return undefined;
}
