import type { NftSet } from '../../net/nftables/set.ts';
import type { NfTables, NftChain, NftTable } from '../../net/nftables/tables.ts';
import { NftError } from '../../net/nftables/tokens.ts';

const METAINFO = { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 };

const LISTED: Readonly<Record<string, (table: NftTable) => readonly object[]>> = {
  tables: ({ family, name, handle }) => [{ table: { family, name, handle } }],
  chains: (table) => [...table.chains.values()].map((chain) => ({ chain: chainObject(table, chain) })),
  sets: (table) => setsOf(table, false),
  maps: (table) => setsOf(table, true),
};

/** `nft -j list tables|chains|sets|maps [FAMILY]`: names and properties, which is what programs ask for. */
export function listJson({ tables }: NfTables, [verb, object = '', family]: readonly string[]): string {
  const list = verb === 'list' && Object.hasOwn(LISTED, object) ? LISTED[object] : undefined;
  if (list === undefined) throw new NftError(`JSON is there for tables, chains, sets and maps only`);
  const chosen = tables.filter((table) => family === undefined || table.family === family);
  return `${JSON.stringify({ nftables: [{ metainfo: METAINFO }, ...chosen.flatMap(list)] })}\n`;
}

function chainObject({ family, name: table }: NftTable, { name, handle, base }: NftChain): object {
  if (base === undefined) return { family, table, name, handle };
  const { type, hook, priority: prio, policy } = base;
  return { family, table, name, handle, type, hook: hook.toLowerCase(), prio, policy };
}

function setsOf({ family, name: table, sets }: NftTable, maps: boolean): readonly object[] {
  const chosen = [...sets.values()].filter(({ isMap }) => isMap === maps);
  return chosen.map((set) => ({ [maps ? 'map' : 'set']: setObject(set, family, table) }));
}

function setObject(
  { name, types, data, handle, comment, size, flags, timeoutMs }: NftSet,
  family: string,
  table: string,
) {
  const single = <T>(list: readonly T[]) => (list.length === 1 ? list[0] : list);
  return {
    family,
    name,
    table,
    type: single(types),
    handle,
    ...(data !== undefined && { map: single(data) }),
    ...(comment !== undefined && { comment }),
    ...(size !== undefined && { size }),
    ...(flags.length > 0 && { flags }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs / 1000 }),
  };
}
