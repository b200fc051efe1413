/** What a statement is refused for, with the code and the SQL state that clients show. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly code: number;
  readonly state: string;

  constructor(code: number, state: string, message: string) {
    super(message);
    this.code = code;
    this.state = state;
  }
}

/** @param rest the statement from where it makes no sense */
export function syntaxError(rest: string, line: number): SqlError {
  const where = `near '${rest.slice(0, 80)}' at line ${line}`;
  const manual = 'check the manual that corresponds to your MySQL server version for the right syntax to use';
  return new SqlError(1064, '42000', `You have an error in your SQL syntax; ${manual} ${where}`);
}

/** For what the real server could do. */
export const unsupported = (what: string): SqlError =>
  new SqlError(1235, '42000', `This version of MySQL doesn't yet support '${what}'`);

export const unknownDatabase = (name: string): SqlError => new SqlError(1049, '42000', `Unknown database '${name}'`);
