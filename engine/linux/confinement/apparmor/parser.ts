import { PatternError, pathPattern } from './path-pattern.ts';
import { PolicyError } from './policy-error.ts';
import type { ArmorProfile, ProfileMode, ProfileRule } from './profile.ts';
import { readRule } from './rules.ts';
import { type IncludeReader, type Token, tokensOf } from './tokens.ts';
import { Variables } from './variables.ts';

const MODES: Readonly<Record<string, ProfileMode>> = {
  enforce: 'enforce',
  complain: 'complain',
  kill: 'kill',
  unconfined: 'unconfined',
};
/** Those that change nothing here: no path is ever disconnected from its namespace. */
const OTHER_FLAGS = new Set(
  'attach_disconnected attach_disconnected.path mediate_deleted chroot_relative namespace_relative no_attach_disconnected audit'.split(
    ' ',
  ),
);

/**
 * The profiles of a file. What this kernel could not hold a process to is refused, with its line, and so is what is no rule.
 *
 * @throws PolicyError
 */
export function parsePolicy(text: string, file: string, include: IncludeReader): ArmorProfile[] {
  return new PolicyParser(tokensOf(text, file, include), file).read();
}

class PolicyParser {
  readonly #tokens: readonly Token[];
  readonly #file: string;
  readonly #variables = new Variables();
  #at = 0;

  constructor(tokens: readonly Token[], file: string) {
    this.#tokens = tokens;
    this.#file = file;
  }

  read(): ArmorProfile[] {
    const profiles: ArmorProfile[] = [];
    while (this.#at < this.#tokens.length) {
      const { text, quoted } = this.#tokens[this.#at]!;
      if (!quoted && text === 'abi') this.#statement();
      else if (!quoted && text.startsWith('@{')) this.#assignment();
      else profiles.push(this.#profile());
    }
    return profiles;
  }

  #fail(problem: string, token = this.#tokens[this.#at] ?? this.#tokens.at(-1)): never {
    throw new PolicyError(token?.file ?? this.#file, token?.line ?? 1, problem);
  }

  #next(expected: string): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) this.#fail(`syntax error, unexpected TOK_EOF, expecting ${expected}`);
    this.#at += 1;
    return token;
  }

  #is(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && !token.quoted && token.text === text;
  }

  /** What stands before the next comma. */
  #statement(): Token[] {
    const words: Token[] = [];
    while (!this.#is(',')) {
      if (this.#is('}') || this.#is('{'))
        this.#fail(
          `syntax error, unexpected ${JSON.stringify(this.#tokens[this.#at]!.text)}, expecting TOK_END_OF_RULE`,
        );
      words.push(this.#next('TOK_END_OF_RULE'));
    }
    this.#at += 1;
    return words;
  }

  /** `@{HOME}=/root /home/*`: up to the end of its line. */
  #assignment(): void {
    const name = this.#next('TOK_SET_VAR');
    const operator = this.#next('TOK_EQUALS');
    if (operator.text !== '=' && operator.text !== '+=')
      this.#fail('syntax error, unexpected TOK_SET_VAR, expecting TOK_EQUALS', operator);
    const values: string[] = [];
    while (this.#tokens[this.#at]?.line === name.line && this.#tokens[this.#at]?.file === name.file) {
      values.push(this.#next('TOK_VALUE').text);
    }
    const problem = this.#variables.set(name.text, values, operator.text === '+=');
    if (problem !== undefined) this.#fail(problem, name);
  }

  #profile(): ArmorProfile {
    const head: Token[] = [];
    const isNamed = this.#is('profile');
    if (isNamed) this.#at += 1;
    while (!this.#is('{')) {
      const token = this.#next('TOK_OPEN');
      const isInFlags = head.some(({ text }) => text === '(');
      if (!token.quoted && ((token.text === ',' && !isInFlags) || token.text === '}')) {
        this.#fail(`syntax error, unexpected ${JSON.stringify(token.text)}, expecting TOK_OPEN`, token);
      }
      head.push(token);
    }
    this.#at += 1;
    const { names, flags } = splitHead(head);
    const [first, second] = names;
    if (first === undefined) this.#fail('syntax error, unexpected TOK_OPEN, expecting TOK_ID');
    if (names.length > 2 || (!isNamed && names.length > 1))
      this.#fail(`syntax error, unexpected TOK_ID, expecting TOK_OPEN`, names.at(-1));
    if (!isNamed && !first.text.startsWith('/') && !first.text.startsWith('@{')) {
      this.#fail(`syntax error, unexpected TOK_ID, expecting TOK_PROFILE or a path`, first);
    }
    const name = this.#expand(first)[0]!;
    const attached = second ?? (name.startsWith('/') ? first : undefined);
    const mode = this.#mode(flags);
    return { name, mode, rules: this.#rules(), ...(attached && { attachment: this.#pattern(attached) }) };
  }

  #mode(flags: readonly Token[]): ProfileMode {
    let mode: ProfileMode = 'enforce';
    for (const flag of flags) {
      for (const word of flag.text.split(',').filter((each) => each !== '')) {
        if (Object.hasOwn(MODES, word)) mode = MODES[word]!;
        else if (!OTHER_FLAGS.has(word)) this.#fail(`Invalid profile flag: ${word}.`, flag);
      }
    }
    return mode;
  }

  #rules(): ProfileRule[] {
    const rules: ProfileRule[] = [];
    while (!this.#is('}')) {
      const { text, quoted } = this.#tokens[this.#at] ?? { text: '', quoted: false };
      if (!quoted && (text === 'profile' || text === 'hat' || text.startsWith('^'))) {
        this.#fail('profiles within profiles are not supported');
      }
      if (!quoted && (text === 'if' || text === 'alias')) this.#fail(`${text} is not supported`);
      const words = this.#statement();
      if (words.length === 0) this.#fail('syntax error, unexpected TOK_END_OF_RULE', this.#tokens[this.#at - 1]);
      const read = readRule(words, (problem, token) => this.#fail(problem, token));
      for (const rule of read) {
        if (rule.kind !== 'file') rules.push(rule);
        else
          for (const path of this.#expand({ ...words[0]!, text: rule.path }))
            rules.push({ ...rule, path: this.#checked(path, words[0]!) });
      }
    }
    this.#at += 1;
    return rules;
  }

  #expand(token: Token): readonly string[] {
    const expanded = this.#variables.expand(token.text);
    if (typeof expanded === 'string') this.#fail(expanded, token);
    return expanded;
  }

  #pattern(token: Token): string {
    const paths = this.#expand(token);
    return this.#checked(paths.length === 1 ? paths[0]! : `{${paths.join(',')}}`, token);
  }

  #checked(path: string, token: Token): string {
    try {
      pathPattern(path);
    } catch (error) {
      if (error instanceof PatternError) this.#fail(error.message, token);
      throw error;
    }
    return path;
  }
}

/** `name /path flags=(complain)`. */
function splitHead(head: readonly Token[]): { readonly names: readonly Token[]; readonly flags: readonly Token[] } {
  const open = head.findIndex(({ text, quoted }) => !quoted && text === '(');
  if (open === -1) return { names: head, flags: [] };
  const before = head.slice(0, open).filter(({ text, quoted }) => quoted || (text !== '=' && text !== 'flags'));
  return { names: before, flags: head.slice(open + 1).filter(({ text }) => text !== ')' && text !== ',') };
}
