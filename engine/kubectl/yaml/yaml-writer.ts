import { compareKeys, escapeCharacter, numberText, scalarStyle } from './yaml-scalar.ts';

/** Where go-yaml begins to look for a place to fold a line. */
const BEST_WIDTH = 80;

/**
 * A value as kubectl prints it with `-o yaml`: keys sorted, two spaces, lists flush with their key, strings quoted only
 * where YAML 1.1 needs it. The text ends with a newline.
 */
export function writeYaml(value: unknown): string {
  const writer = new Writer();
  writer.value(value, 0, 'top');
  return writer.text;
}

/** What stands before a value on its line. */
type Place = 'top' | 'key' | 'item';

class Writer {
  text = '';
  #lineStart = 0;

  value(value: unknown, indent: number, place: Place): void {
    if (Array.isArray(value) && value.length > 0) this.#sequence(value, indent, place);
    else if (isMapping(value)) this.#mapping(value, indent, place);
    else {
      if (place === 'key') this.text += ' ';
      this.#scalar(value, indent);
      this.#newLine();
    }
  }

  #sequence(items: readonly unknown[], indent: number, place: Place): void {
    // A list is not indented below a key, but it is inside another list, whose first line it shares.
    let first = place === 'item';
    if (place === 'key') this.#newLine();
    for (const item of items) {
      if (!first) this.text += ' '.repeat(indent);
      first = false;
      this.text += '- ';
      this.value(item === undefined ? null : item, indent + 2, 'item');
    }
  }

  #mapping(mapping: Readonly<Record<string, unknown>>, indent: number, place: Place): void {
    let first = place === 'item';
    if (place === 'key') this.#newLine();
    const keys = Object.keys(mapping).filter((key) => mapping[key] !== undefined);
    for (const key of keys.sort(compareKeys)) {
      if (!first) this.text += ' '.repeat(indent);
      first = false;
      const value = mapping[key];
      if (key.includes('\n') || key.length > 128) {
        this.text += '? ';
        this.#scalar(key, indent);
        this.#newLine();
        this.text += `${' '.repeat(indent)}:`;
      } else {
        this.#key(key);
      }
      const childIndent = Array.isArray(value) ? indent : indent + 2;
      if (isMapping(value) || (Array.isArray(value) && value.length > 0)) this.value(value, childIndent, 'key');
      else this.value(value, indent, 'key');
    }
  }

  #key(key: string): void {
    const style = scalarStyle(key, true);
    if (style === 'plain') this.text += key;
    else if (style === 'single') this.text += `'${key.replaceAll("'", "''")}'`;
    else this.text += `"${[...key].map(escapeCharacter).join('')}"`;
    this.text += ':';
  }

  #scalar(value: unknown, indent: number): void {
    if (typeof value === 'string') this.#string(value, indent + 2);
    else if (typeof value === 'number' || typeof value === 'bigint') this.text += numberText(value);
    else if (Array.isArray(value)) this.text += '[]';
    else if (typeof value === 'object' && value !== null) this.text += '{}';
    else this.text += value === null || value === undefined ? 'null' : String(value);
  }

  #string(text: string, indent: number): void {
    const style = scalarStyle(text);
    if (style === 'literal') {
      this.#literal(text, indent);
    } else if (style === 'plain') {
      this.#folded([...text], indent, (character) => character);
    } else {
      const quote = style === 'single' ? "'" : '"';
      const write = style === 'single' ? escapeSingle : escapeCharacter;
      this.text += quote;
      this.#folded([...text], indent, write, true);
      this.text += quote;
    }
  }

  /** Writes characters, breaking the line at a lone space once it is long enough. */
  #folded(characters: readonly string[], indent: number, write: (character: string) => string, quoted = false): void {
    for (let index = 0; index < characters.length; index++) {
      const character = characters[index]!;
      const lone = character === ' ' && characters[index - 1] !== ' ' && characters[index + 1] !== ' ';
      const inside = !quoted || (index > 0 && index < characters.length - 1);
      if (lone && inside && this.#column > BEST_WIDTH) {
        this.#newLine();
        this.text += ' '.repeat(indent);
      } else {
        this.text += write(character);
      }
    }
  }

  #literal(text: string, indent: number): void {
    this.text += '|';
    if (/^[ \n]/.test(text)) this.text += '2';
    if (!text.endsWith('\n')) this.text += '-';
    else if (text === '\n' || text.endsWith('\n\n')) this.text += '+';
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    for (const line of lines) {
      this.#newLine();
      if (line !== '') this.text += ' '.repeat(indent) + line;
    }
  }

  get #column(): number {
    return this.text.length - this.#lineStart;
  }

  #newLine(): void {
    this.text += '\n';
    this.#lineStart = this.text.length;
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

function escapeSingle(character: string): string {
  return character === "'" ? "''" : character;
}
