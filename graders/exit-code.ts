/** https://curl.se/libcurl/c/libcurl-errors.html */
const CURLS: Readonly<Record<number, string>> = {
  3: 'curl could not read the address',
  6: 'curl found no host of that name',
  7: 'curl could not connect',
  22: 'curl got an answer with a status of 400 or more',
  28: 'curl waited too long',
  52: 'curl got an empty answer',
  56: 'curl lost the connection before the answer was whole',
};

/** What the exit code of a command that said nothing means, where it is curl's: `curl -s` keeps to itself why it failed. */
export function exitCodeInWords(command: readonly string[], exitCode: number): string | undefined {
  return command.some((word) => /\bcurl\b/.test(word)) ? CURLS[exitCode] : undefined;
}
