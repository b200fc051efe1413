const OPERATOR = /^(?:<<<|&>>|<<-|[<>&|;]{2}|[<>]&|&>|>\||[()<>&|;])/;

/** The words of a line as history expansion counts them: quotes hold together, operators stand alone. */
export function historyWords(line: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at]!)) {
      at++;
      continue;
    }
    const word = OPERATOR.exec(line.slice(at))?.[0] ?? ordinaryWord(line, at);
    words.push(word);
    at += word.length;
  }
  return words;
}

function ordinaryWord(line: string, start: number): string {
  let quote = '';
  let at = start;
  for (; at < line.length; at++) {
    const char = line[at]!;
    if (char === '\\' && quote !== "'") at++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"' || char === '`') quote = char;
    else if (/[\s()<>&|;]/.test(char)) break;
  }
  return line.slice(start, at);
}
