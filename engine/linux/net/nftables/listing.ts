import type { Hook } from '../netfilter/hook.ts';
import type { TypeName } from './data-type.ts';
import { durationText, elementText, ruleText, type TextOptions } from './rule-text.ts';
import type { NftSet } from './set.ts';
import type { NftChain, NftTable } from './tables.ts';

export interface ListOptions extends TextOptions {
  /** With the handles by which rules are deleted (`-a`). */
  readonly handles?: boolean;
  /** Without what sets hold (`-t`). */
  readonly terse?: boolean;
  readonly nowMs: number;
}

/** Which parts of tables are listed; those that are undefined wholly. */
export interface ListSelection {
  readonly chain?: (chain: NftChain) => boolean;
  readonly set?: (set: NftSet) => boolean;
  /** Chains without their rules, and everything without empty lines between. */
  readonly overview?: boolean;
}

/** `table ip kube-proxy { … }` as `nft list` prints it; the text can be loaded again. */
export function tableText(table: NftTable, options: ListOptions, selection: ListSelection = {}): string {
  const { overview = false } = selection;
  const whole = selection.chain === undefined && selection.set === undefined;
  const sets = [...table.sets.values()].filter(selection.set ?? (() => selection.chain === undefined));
  const chains = [...table.chains.values()].filter(selection.chain ?? (() => selection.set === undefined));
  const parts = [
    ...sets.map((set) => setText(set, options)),
    ...chains.map((chain) => chainText(chain, options, !overview)),
  ];
  const flags = table.flags.length === 0 || !whole ? '' : `\tflags ${table.flags.join(',')}\n`;
  const comment = table.comment === undefined || !whole ? '' : `\tcomment "${table.comment}"\n`;
  const head = `table ${table.family} ${table.name} {${handleText(table, options)}\n${flags}${comment}`;
  return `${head}${parts.join(overview ? '' : '\n')}}\n`;
}

function handleText({ handle }: { readonly handle: number }, { handles }: ListOptions): string {
  return handles === true ? ` # handle ${handle}` : '';
}

function chainText(chain: NftChain, options: ListOptions, withRules: boolean): string {
  const { base, comment, rules } = chain;
  const lines = [];
  if (comment !== undefined) lines.push(`comment "${comment}"`);
  if (base !== undefined) {
    const priority = priorityText(base.hook, base.priority);
    lines.push(`type ${base.type} hook ${base.hook.toLowerCase()} priority ${priority}; policy ${base.policy};`);
  }
  if (withRules) lines.push(...rules.map((rule) => `${ruleText(rule, options)}${handleText(rule, options)}`));
  return `\tchain ${chain.name} {${handleText(chain, options)}\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

function setText(set: NftSet, options: ListOptions): string {
  const data = set.data === undefined ? '' : ` : ${set.data.join(' . ')}`;
  const lines = [`type ${set.types.join(' . ')}${data}`];
  if (set.size !== undefined) lines.push(`size ${set.size}`);
  if (set.flags.length > 0) lines.push(`flags ${set.flags.join(',')}`);
  if (set.timeoutMs !== undefined) lines.push(`timeout ${durationText(set.timeoutMs)}`);
  if (set.autoMerge) lines.push('auto-merge');
  if (set.comment !== undefined) lines.push(`comment "${set.comment}"`);
  const elements = options.terse === true ? [] : elementsText(set, options);
  if (elements.length > 0) lines.push(`elements = { ${elements} }`);
  const kind = set.isMap ? 'map' : 'set';
  return `\t${kind} ${set.name} {${handleText(set, options)}\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

/** How many of a kind fit in one line. */
function perLine(types: readonly TypeName[]): number {
  const [type] = types;
  if (types.length > 1 || type === 'ifname') return 1;
  return type === 'ipv4_addr' ? 2 : 5;
}

function elementsText(set: NftSet, options: ListOptions): string {
  const each = set.listed(options.nowMs).map((element) => elementText(set, element, options.nowMs, options));
  const width = perLine(set.types);
  return each
    .map((text, index) => (index === 0 ? text : `${index % width === 0 ? ',\n\t\t\t     ' : ', '}${text}`))
    .join('');
}

/** Priorities near those that have names are told by these. */
export const PRIORITY_NAMES: Readonly<Record<string, { readonly value: number; readonly hook?: Hook }>> = {
  raw: { value: -300 },
  mangle: { value: -150 },
  dstnat: { value: -100, hook: 'PREROUTING' },
  filter: { value: 0 },
  security: { value: 50 },
  srcnat: { value: 100, hook: 'POSTROUTING' },
};

function priorityText(hook: Hook, priority: number): string {
  for (const [name, { value, hook: only }] of Object.entries(PRIORITY_NAMES)) {
    const distance = priority - value;
    if ((only !== undefined && only !== hook) || Math.abs(distance) > 10) continue;
    if (distance === 0) return name;
    return `${name} ${distance < 0 ? '-' : '+'} ${Math.abs(distance)}`;
  }
  return String(priority);
}
