import type { Hook } from '../netfilter/hook.ts';
import { isTypeName, type TypeName } from './data-type.ts';
import { PRIORITY_NAMES } from './listing.ts';
import { parseDuration } from './rule-parser.ts';
import type { SetProperties } from './set.ts';
import type { BaseChain } from './tables.ts';
import { NftError, type TokenReader } from './tokens.ts';

// What stands between the braces of a chain or a set.

const HOOKS: Readonly<Record<string, Hook>> = {
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
};

/** Behind `type`: `filter hook input priority 0`. @throws NftError */
export function parseBaseChain(reader: TokenReader): BaseChain {
  const type = reader.word();
  if (type.text !== 'filter' && type.text !== 'nat' && type.text !== 'route') {
    throw new NftError(`unknown chain type ${type.text}`, type);
  }
  reader.expect('hook', 'word');
  const named = reader.word();
  const hook = Object.hasOwn(HOOKS, named.text) ? HOOKS[named.text] : undefined;
  if (hook === undefined) throw new NftError(`unknown chain hook ${named.text}`, named);
  reader.expect('priority', 'word');
  return { type: type.text, hook, priority: parsePriority(reader), policy: 'accept' };
}

/** `-100`, `filter`, `dstnat - 10`, `filter+5` */
function parsePriority(reader: TokenReader): number {
  const token = reader.word();
  const [, name = '', more = ''] = /^([a-z]*)([+-]?\d*)$/.exec(token.text) ?? [];
  const known = Object.hasOwn(PRIORITY_NAMES, name) ? PRIORITY_NAMES[name]!.value : undefined;
  if ((name !== '' && known === undefined) || token.text === '' || (name === '' && more === '')) {
    throw new NftError(`invalid priority expression ${token.text}`, token);
  }
  let distance = more === '' ? 0 : Number(more);
  if (reader.takes('-')) distance = -reader.number();
  else if (reader.takes('+')) distance = reader.number();
  return (known ?? 0) + distance;
}

export function parsePolicy(reader: TokenReader): 'accept' | 'drop' {
  const { text } = reader.word();
  if (text !== 'accept' && text !== 'drop') reader.fail();
  return text;
}

/** Up to `elements` or the closing brace. @throws NftError */
export function parseSetProperties(reader: TokenReader, name: string, isMap: boolean): SetProperties {
  let types: readonly TypeName[] = [];
  let data: (TypeName | 'verdict')[] | undefined;
  const rest: { flags: string[] } & Record<string, unknown> = { flags: [] };
  for (reader.skipSeparators(); !reader.sees('elements') && !reader.sees('}', 'symbol'); reader.skipSeparators()) {
    if (reader.takes('type')) {
      types = parseTypes(reader);
      if (reader.takesSymbol(':')) data = reader.takes('verdict') ? ['verdict'] : parseTypes(reader);
    } else if (reader.takes('flags')) {
      do rest.flags.push(reader.word().text);
      while (reader.takesSymbol(','));
    } else if (reader.takes('timeout')) rest['timeoutMs'] = parseDuration(reader);
    else if (reader.takes('size')) rest['size'] = reader.number();
    else if (reader.takes('auto-merge')) rest['autoMerge'] = true;
    else if (reader.takes('comment')) rest['comment'] = reader.quoted();
    else reader.fail();
  }
  if (types.length === 0) throw new NftError('set definition does not specify key', reader.token);
  if (isMap && data === undefined)
    throw new NftError('map definition does not specify mapping data type', reader.token);
  const order = ['constant', 'dynamic', 'interval', 'timeout'];
  rest.flags.sort((one, other) => order.indexOf(one) - order.indexOf(other));
  return { name, types, ...rest, ...(data !== undefined && { data }) };
}

function parseTypes(reader: TokenReader): TypeName[] {
  const types: TypeName[] = [];
  do {
    const token = reader.word();
    if (!isTypeName(token.text)) throw new NftError(`unknown datatype ${token.text}`, token);
    types.push(token.text);
  } while (reader.takes('.'));
  return types;
}
