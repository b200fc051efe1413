import { Errno } from '../../errno.ts';
import type { HttpServerResponse } from '../../http.ts';
import { complain, type Exchange, keepCaptures } from './exchange.ts';
import { redirect, textType } from './redirect.ts';
import type { Condition, Rewrite, Rule } from './rewrite-rules.ts';
import { absolute } from './settings.ts';
import { escapeUri } from './uri.ts';
import { expand, expandWith } from './variables.ts';

/** What becomes of a request after its rules: `search` another location for it, go on here, or answer. `close` says nothing. */
export type Verdict = 'go on' | 'search' | 'stop' | 'close' | HttpServerResponse;

/** Runs the rules of a server or a location. */
export function runRules(exchange: Exchange, rules: readonly Rule[]): Verdict {
  let changed = false;
  for (const rule of rules) {
    const verdict = runRule(exchange, rule);
    if (verdict === 'changed') changed = true;
    else if (verdict !== 'go on') return verdict;
  }
  return changed ? 'search' : 'go on';
}

function runRule(exchange: Exchange, rule: Rule): Verdict | 'changed' {
  switch (rule.kind) {
    case 'set':
      exchange.assigned.set(rule.name, expand(rule.value, exchange));
      return 'go on';
    case 'break':
      return 'stop';
    case 'return':
      return returned(exchange, rule);
    case 'rewrite':
      return rewritten(exchange, rule);
    case 'if': {
      if (!holds(exchange, rule.condition)) return 'go on';
      if (rule.settings !== undefined) exchange.settings = rule.settings;
      const verdict = runRules(exchange, rule.rules);
      return verdict === 'search' && !rule.rules.some((each) => each.kind === 'rewrite' && each.flag === 'last')
        ? 'changed'
        : verdict;
    }
  }
}

function returned(exchange: Exchange, { status, text }: Extract<Rule, { kind: 'return' }>): Verdict {
  if (status === 444) return 'close';
  if (text === undefined) {
    const empty = status < 300 && status !== 204;
    return empty ? { status, headers: { 'Content-Type': textType(exchange) }, body: '' } : { status };
  }
  const value = expand(text, exchange);
  if ([301, 302, 303, 307, 308].includes(status)) return redirect(exchange, status, value);
  return { status, headers: { 'Content-Type': textType(exchange) }, body: value };
}

function rewritten(exchange: Exchange, rule: Rewrite): Verdict | 'changed' {
  const { replacement, flag, dropsArgs } = rule;
  const match = rule.pattern.exec(exchange.uri);
  if (match === null) {
    exchange.captures = [];
    return 'go on';
  }
  keepCaptures(exchange, match);
  const leaves = flag === 'redirect' || flag === 'permanent';
  const value = expandWith(replacement, exchange, (text = '', name) => {
    return leaves && /^\d$/.test(name) ? escapeUri(text) : text;
  });
  const question = value.indexOf('?');
  const uri = question < 0 ? value : value.slice(0, question);
  const ownArgs = question < 0 ? undefined : value.slice(question + 1);
  let { args } = exchange;
  if (dropsArgs) args = ownArgs ?? '';
  else if (ownArgs !== undefined) args = args === '' ? ownArgs : `${ownArgs}&${args}`;
  if (leaves) return redirect(exchange, flag === 'permanent' ? 301 : 302, args === '' ? uri : `${uri}?${args}`);
  if (uri === '') {
    complain(exchange, 'the rewritten URI has a zero length');
    return { status: 500 };
  }
  exchange.uri = uri;
  exchange.args = args;
  exchange.rewritten = true;
  exchange.internal = true;
  return flag === 'last' ? 'search' : flag === 'break' ? 'stop' : 'changed';
}

function holds(exchange: Exchange, condition: Condition): boolean {
  switch (condition.kind) {
    case 'true': {
      const value = expand(condition.subject, exchange);
      return value !== '' && value !== '0';
    }
    case 'equal':
      return (expand(condition.subject, exchange) === expand(condition.value, exchange)) !== condition.negated;
    case 'match': {
      const match = condition.pattern.exec(expand(condition.subject, exchange));
      if (match === null) exchange.captures = [];
      else keepCaptures(exchange, match);
      return (match !== null) !== condition.negated;
    }
    case 'file':
      return isFile(exchange, absolute(expand(condition.path, exchange)), condition.test) !== condition.negated;
  }
}

function isFile({ process }: Exchange, path: string, test: 'f' | 'd' | 'e' | 'x'): boolean {
  try {
    const { type } = process.stat(path);
    if (test === 'f') return type === 'file';
    if (test === 'd') return type === 'directory';
    return test === 'e' || process.access(path, 'execute');
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}
