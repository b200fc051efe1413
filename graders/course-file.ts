import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';

/** Something wrong with a course file, said so that its author can mend it. */
export class CourseFileError extends Error {
  override readonly name = 'CourseFileError';
}

/** A file as it was read; what an alias stands for is found in the document. */
interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
}

/** One node of a course file: reads typed values and reports what is wrong by file and line. */
export class CourseNode {
  readonly #source: Source;
  readonly #node: Node | null;
  readonly #path: string;

  constructor(source: Source, node: Node | null, path: string) {
    this.#source = source;
    this.#node = isAlias(node) ? (node.resolve(source.document) ?? null) : node;
    this.#path = path;
  }

  /** Parses a file. Throws CourseFileError for broken YAML. */
  static parse(file: string, text: string): CourseNode {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lines.linePos(error.pos[0]);
      throw new CourseFileError(`${file}:${line}: ${error.message.split('\n')[0]}`);
    }
    visit(document, {
      Alias(_, alias) {
        if (alias.resolve(document) !== undefined) return;
        const { line } = lines.linePos(alias.range?.[0] ?? 0);
        throw new CourseFileError(`${file}:${line}: no anchor "&${alias.source}" stands before the alias`);
      },
    });
    return new CourseNode({ file, lines, document }, document.contents as Node | null, '');
  }

  fail(problem: string): never {
    const { file, lines } = this.#source;
    const offset = this.#node?.range?.[0] ?? 0;
    const where = this.#path === '' ? '' : `${this.#path}: `;
    throw new CourseFileError(`${file}:${lines.linePos(offset).line}: ${where}${problem}`);
  }

  /** The keys of a map, none of which may be outside `allowed`. */
  only(allowed: readonly string[]): void {
    for (const key of this.keys()) {
      if (!allowed.includes(key)) this.field(key).fail(`unknown field; known here: ${allowed.join(', ')}`);
    }
  }

  keys(): readonly string[] {
    if (!isMap(this.#node)) return this.fail('a map is needed here');
    return this.#node.items.map((item) => String((item.key as Scalar).value));
  }

  has(name: string): boolean {
    return isMap(this.#node) && this.#node.has(name);
  }

  /** A field of a map; a node of its own even when it is absent. */
  field(name: string): CourseNode {
    if (!isMap(this.#node)) return this.fail('a map is needed here');
    const child = (this.#node.get(name, true) ?? null) as Node | null;
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    return new CourseNode(this.#source, child ?? this.#node, path);
  }

  elements(): readonly CourseNode[] {
    const node = this.#node;
    if (!isSeq(node)) return this.fail('a list is needed here');
    return node.items.map((item, i) => new CourseNode(this.#source, item as Node, `${this.#path}[${i}]`));
  }

  text(): string {
    if (isScalar(this.#node) && typeof this.#node.value === 'string' && this.#node.value.trim() !== '') {
      return this.#node.value;
    }
    return this.fail('a text is needed here');
  }

  /** A list of texts, e.g. a command. */
  words(): readonly string[] {
    const words = this.elements().map((element) => element.text());
    return words.length > 0 ? words : this.fail('a list with at least one word is needed here');
  }

  number(): number {
    if (isScalar(this.#node) && typeof this.#node.value === 'number') return this.#node.value;
    return this.fail('a number is needed here');
  }

  oneOf<T extends string>(values: readonly T[]): T {
    const value = this.text() as T;
    return values.includes(value) ? value : this.fail(`must be one of ${values.join(', ')}`);
  }

  /** The value as plain data. */
  data(): unknown {
    return this.#node?.toJS(this.#source.document);
  }
}
