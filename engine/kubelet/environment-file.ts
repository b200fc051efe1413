/**
 * Reads a file of variables as `fileKeyRef` has them: `NAME='value'` a line or over several, comments after `#`.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-via-file/
 *
 * @throws Error that names the line that is none of these
 */
export function parseEnvironmentFile(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!.trim();
    if (line === '' || line.startsWith('#')) continue;
    const start = /^([^=\s]+)='(.*)$/s.exec(lines[index]!.trimStart());
    if (start === null) throw new Error(`line ${index + 1}: expected KEY='VALUE'`);
    const first = index;
    let value = start[2]!;
    while (!value.includes("'")) {
      if (++index >= lines.length) throw new Error(`line ${first + 1}: the value's closing quote is missing`);
      value += `\n${lines[index]}`;
    }
    const end = value.indexOf("'");
    const rest = value.slice(end + 1).trim();
    if (rest !== '' && !rest.startsWith('#')) throw new Error(`line ${index + 1}: unexpected text after the value`);
    variables.set(start[1]!, value.slice(0, end));
  }
  return variables;
}
