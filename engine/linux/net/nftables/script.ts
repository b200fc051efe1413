import { Errno } from '../../errno.ts';
import { parseBaseChain, parsePolicy, parseSetProperties } from './definitions.ts';
import { type ListOptions, type ListSelection, tableText } from './listing.ts';
import { parseElements, parseStatements } from './rule-parser.ts';
import type { BaseChain, Family, NfTables, NftChain, NftTable } from './tables.ts';
import { NftError, type Token, TokenReader } from './tokens.ts';

const FAMILIES: readonly string[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

/**
 * Carries out what `nft` was given, all of it or, when something is wrong, nothing. Returns what is listed.
 * https://manpages.debian.org/bookworm/nftables/nft.8.en.html
 *
 * @throws NftError
 */
export function runScript(tables: NfTables, text: string, options: ListOptions): string {
  const script = new Script(tables, new TokenReader(text), options);
  try {
    script.run();
  } catch (error) {
    tables.rollBack();
    throw error;
  }
  tables.commit();
  return script.output;
}

/** How a command names a table. */
interface TableName {
  readonly family: Family;
  readonly name: string;
  readonly token: Token;
}

class Script {
  static readonly #verbs: Readonly<Record<string, (script: Script) => void>> = {
    add: (script) => script.#add(false),
    create: (script) => script.#add(true),
    insert: (script) => script.#insert(),
    replace: (script) => script.#replace(),
    delete: (script) => script.#delete(false),
    destroy: (script) => script.#delete(true),
    flush: (script) => script.#flush(),
    list: (script) => script.#list(),
  };
  static readonly #objects: Readonly<Record<string, (script: Script, create: boolean) => void>> = {
    table: (script, create) => script.#table(create),
    chain: (script, create) => script.#chain(script.#tableNamed(), create),
    rule: (script) => script.#rule(script.#tableNamed()),
    set: (script, create) => script.#set(script.#tableNamed(), false, create),
    map: (script, create) => script.#set(script.#tableNamed(), true, create),
    element: (script, create) => script.#elements(create),
  };
  readonly #tables: NfTables;
  readonly #reader: TokenReader;
  readonly #options: ListOptions;
  /** What the table that is being read says of elements and rules: they may speak of what comes only later in it. */
  #deferred: (() => void)[] | undefined;
  output = '';

  constructor(tables: NfTables, reader: TokenReader, options: ListOptions) {
    this.#tables = tables;
    this.#reader = reader;
    this.#options = options;
  }

  run(): void {
    const reader = this.#reader;
    for (reader.skipSeparators(); !reader.ended; reader.skipSeparators()) this.#command();
  }

  #command(): void {
    const verb = this.#reader.word();
    if (Object.hasOwn(Script.#verbs, verb.text)) Script.#verbs[verb.text]!(this);
    // What there should be may be written without `add`.
    else this.#object(verb, false);
  }

  #add(create: boolean): void {
    this.#object(this.#reader.word(), create);
  }

  #object(word: Token, create: boolean): void {
    if (!Object.hasOwn(Script.#objects, word.text)) throw new NftError(`syntax error, unexpected ${word.text}`, word);
    Script.#objects[word.text]!(this, create);
  }

  /** `[family] name` */
  #tableName(): TableName {
    const reader = this.#reader;
    const family = FAMILIES.includes(reader.token.text) ? (reader.next().text as Family) : 'ip';
    const token = reader.word();
    return { family, name: token.text, token };
  }

  #tableNamed(): NftTable {
    const { family, name, token } = this.#tableName();
    return this.#tables.find(family, name) ?? notFound(token);
  }

  #chainNamed(table: NftTable): NftChain {
    const token = this.#reader.word();
    return table.chains.get(token.text) ?? notFound(token);
  }

  #later(place: Token, change: () => void): void {
    if (this.#deferred === undefined) this.#attempt(place, change);
    else this.#deferred.push(() => this.#attempt(place, change));
  }

  /** What the kernel refuses is told with the place that it is about. */
  #attempt(place: Token, change: () => void): void {
    try {
      change();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new NftError(`Could not process rule: ${error.message}`, place);
    }
  }

  /** `table ip x { comment "…"; set … { } chain … { } }` */
  #table(create: boolean): void {
    const reader = this.#reader;
    const { family, name, token } = this.#tableName();
    let comment: string | undefined;
    const flags: string[] = [];
    const block = reader.takesSymbol('{');
    const add = () => this.#attempt(token, () => this.#tables.addTable(family, name, comment, flags, create));
    if (!block) {
      add();
      return;
    }
    for (reader.skipSeparators(); ; reader.skipSeparators()) {
      if (reader.takes('comment')) comment = reader.quoted();
      else if (reader.takes('flags')) flags.push(reader.word().text);
      else break;
    }
    add();
    const table = this.#tables.table(family, name);
    this.#deferred = [];
    for (; !reader.takesSymbol('}'); reader.skipSeparators()) {
      if (reader.takes('chain')) this.#chain(table, false);
      else if (reader.takes('set')) this.#set(table, false, false);
      else if (reader.takes('map')) this.#set(table, true, false);
      else reader.fail();
    }
    const deferred = this.#deferred;
    this.#deferred = undefined;
    for (const change of deferred) change();
  }

  #chain(table: NftTable, create: boolean): void {
    const reader = this.#reader;
    const token = reader.word();
    let base: BaseChain | undefined;
    let comment: string | undefined;
    const block = reader.takesSymbol('{');
    if (block) {
      for (reader.skipSeparators(); ; reader.skipSeparators()) {
        if (reader.takes('type')) base = parseBaseChain(reader);
        else if (reader.takes('policy')) base = { ...(base ?? reader.fail()), policy: parsePolicy(reader) };
        else if (reader.takes('comment')) comment = reader.quoted();
        else break;
      }
    }
    this.#attempt(token, () => this.#tables.addChain(table, token.text, base, comment, create));
    if (!block) return;
    const chain = this.#tables.chain(table, token.text);
    for (; !reader.takesSymbol('}'); reader.skipSeparators()) this.#append(table, chain);
  }

  #rule(table: NftTable): void {
    const chain = this.#chainNamed(table);
    const reader = this.#reader;
    let at: number | undefined;
    if (reader.takes('position') || reader.takes('handle')) at = this.#indexOf(chain) + 1;
    else if (reader.takes('index')) at = reader.number() + 1;
    this.#append(table, chain, at);
  }

  #append(table: NftTable, chain: NftChain, at?: number): void {
    const spec = parseStatements(this.#reader);
    this.#later(this.#reader.last, () => this.#tables.addRule(table, chain, spec, at));
  }

  #insert(): void {
    const reader = this.#reader;
    reader.expect('rule', 'word');
    const table = this.#tableNamed();
    const chain = this.#chainNamed(table);
    const at = reader.takes('position') || reader.takes('handle') ? this.#indexOf(chain) : 0;
    this.#append(table, chain, at);
  }

  #replace(): void {
    const reader = this.#reader;
    reader.expect('rule', 'word');
    const table = this.#tableNamed();
    const chain = this.#chainNamed(table);
    reader.expect('handle', 'word');
    const at = this.#indexOf(chain);
    this.#tables.deleteRule(table, chain, chain.rules[at]!.handle);
    this.#append(table, chain, at);
  }

  /** Where the rule with the handle that follows stands. */
  #indexOf(chain: NftChain): number {
    const handle = this.#reader.number();
    const index = chain.rules.findIndex((rule) => rule.handle === handle);
    if (index < 0) throw new NftError('Could not process rule: No such file or directory', this.#reader.last);
    return index;
  }

  #set(table: NftTable, isMap: boolean, create: boolean): void {
    const reader = this.#reader;
    const token = reader.word();
    reader.expect('{');
    const properties = parseSetProperties(reader, token.text, isMap);
    this.#attempt(token, () => this.#tables.addSet(table, properties, create));
    const set = this.#tables.set(table, token.text);
    if (reader.takes('elements')) {
      reader.expect('=');
      this.#addElements(table, set.name, false);
    }
    reader.skipSeparators();
    reader.expect('}');
  }

  #elements(create: boolean): void {
    const table = this.#tableNamed();
    const token = this.#reader.word();
    if (!table.sets.has(token.text)) notFound(token);
    this.#addElements(table, token.text, create);
  }

  #addElements(table: NftTable, name: string, create: boolean): void {
    const set = this.#tables.set(table, name);
    for (const { place, ...element } of parseElements(this.#reader, set, this.#options.nowMs)) {
      this.#later(place, () => this.#tables.addElement(table, set, element, create));
    }
  }

  #delete(quietly: boolean): void {
    const reader = this.#reader;
    const object = reader.word();
    const { family, name, token: tableToken } = this.#tableName();
    const tables = this.#tables;
    const attempt = (place: Token, change: (table: NftTable) => void): void =>
      this.#attempt(place, () => {
        try {
          change(tables.table(family, name));
        } catch (error) {
          if (!quietly || !(error instanceof Errno) || error.code !== 'ENOENT') throw error;
        }
      });
    if (object.text === 'table') {
      attempt(tableToken, () => tables.deleteTable(family, name));
      return;
    }
    const token = reader.word();
    if (object.text === 'chain') attempt(token, (table) => tables.deleteChain(table, token.text));
    else if (object.text === 'set' || object.text === 'map') {
      attempt(token, (table) => tables.deleteSet(table, token.text));
    } else if (object.text === 'rule') {
      reader.expect('handle', 'word');
      const handle = reader.number();
      attempt(reader.last, (table) => tables.deleteRule(table, tables.chain(table, token.text), handle));
    } else if (object.text === 'element') {
      const set = tables.find(family, name)?.sets.get(token.text) ?? notFound(token);
      for (const { key, place } of parseElements(reader, set)) {
        attempt(place, (table) => tables.deleteElement(table, set, key));
      }
    } else throw new NftError(`syntax error, unexpected ${object.text}`, object);
  }

  #flush(): void {
    const reader = this.#reader;
    const object = reader.word();
    if (object.text === 'ruleset') {
      for (const { family, name } of this.#tables.tables) this.#tables.deleteTable(family, name);
      return;
    }
    const { family, name, token: place } = this.#tableName();
    const token = object.text === 'table' ? place : reader.word();
    this.#attempt(token, () => {
      const table = this.#tables.table(family, name);
      if (object.text === 'table') for (const chain of table.chains.values()) this.#tables.flushChain(table, chain);
      else if (object.text === 'chain') this.#tables.flushChain(table, this.#tables.chain(table, token.text));
      else if (object.text === 'set' || object.text === 'map')
        this.#tables.flushSet(table, this.#tables.set(table, token.text));
      else throw new NftError(`syntax error, unexpected ${object.text}`, object);
    });
  }

  #list(): void {
    const reader = this.#reader;
    const object = reader.word();
    const { text } = object;
    if (text === 'ruleset' || text === 'tables' || Object.hasOwn(OVERVIEWS, text)) {
      const family = FAMILIES.includes(reader.token.text) ? reader.next().text : undefined;
      const only = text in OVERVIEWS && reader.takes('table') ? this.#tableNamed() : undefined;
      for (const table of this.#tables.tables) {
        if ((family !== undefined && table.family !== family) || (only !== undefined && table !== only)) continue;
        if (text === 'tables') this.output += `table ${table.family} ${table.name}\n`;
        else this.#show(table, OVERVIEWS[text] ?? {});
      }
      return;
    }
    const table = this.#tableNamed();
    if (text === 'table') {
      this.#show(table, {});
      return;
    }
    const token = reader.word();
    if (text !== 'chain' && text !== 'set' && text !== 'map') {
      throw new NftError(`syntax error, unexpected ${text}`, object);
    }
    if (!(text === 'chain' ? table.chains : table.sets).has(token.text)) notFound(token);
    const fits = ({ name }: { readonly name: string }) => name === token.text;
    this.#show(table, text === 'chain' ? { chain: fits } : { set: fits });
  }

  #show(table: NftTable, selection: ListSelection): void {
    this.output += tableText(table, this.#options, selection);
  }
}

const OVERVIEWS: Readonly<Record<string, ListSelection>> = {
  chains: { overview: true, chain: () => true },
  sets: { overview: true, set: ({ isMap }) => !isMap },
  maps: { overview: true, set: ({ isMap }) => isMap },
};

function notFound(token: Token): never {
  throw new NftError('No such file or directory', token);
}
