/** What keeps a profile from being read, with the place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly file: string;
  readonly line: number;
  readonly problem: string;

  constructor(file: string, line: number, problem: string) {
    super(`AppArmor parser error for ${file} in profile ${file} at line ${line}: ${problem}`);
    this.file = file;
    this.line = line;
    this.problem = problem;
  }
}
