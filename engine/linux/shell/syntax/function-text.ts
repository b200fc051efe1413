import { parse } from 'unbash';

/**
 * A function as `declare -f` and `type` show it: bash's head, and a line for each command of the body. What is within a
 * compound command stays as it was written, where bash sets that anew as well.
 */
export function functionText(name: string, source: string): string {
  const body = parse(source).commands[0]?.command;
  const statements = body?.type === 'BraceGroup' ? body.body.commands : [];
  const lines = statements.map((statement, index) => {
    const text = source.slice(statement.pos, statement.end).replace(/[;\s]+$/, '');
    const last = index === statements.length - 1;
    return `    ${text}${statement.background || last ? '' : ';'}\n`;
  });
  return `${name} () \n{ \n${statements.length === 0 ? `    ${source}\n` : lines.join('')}}\n`;
}
