// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Only ever grows: it is its rate that says something. */
  readonly isCounter: boolean;
  /** When it was so, in milliseconds since 1970; where the page says it. */
  readonly timeMs?: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)\s*(?:\{(.*)\})?\s*(\S+)(?:\s+(-?\d+))?$/;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/**
 * What a `/metrics` page says; figures that are no numbers (`NaN`, `+Inf`) are left out.
 *
 * @throws SyntaxError naming the first line that makes no sense.
 */
export function parsePrometheusText(text: string): readonly Sample[] {
  const counters = new Set<string>();
  const samples: Sample[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) {
      const [, name, type] = /^#\s*TYPE\s+(\S+)\s+(\S+)$/.exec(line) ?? [];
      if (name !== undefined && type === 'counter') counters.add(name);
    } else if (line !== '') {
      const sample = parseLine(line, counters);
      if (sample === undefined) throw new SyntaxError(`line ${index + 1}: ${JSON.stringify(line.slice(0, 100))}`);
      if (Number.isFinite(sample.value)) samples.push(sample);
    }
  }
  return samples;
}

function parseLine(line: string, counters: ReadonlySet<string>): Sample | undefined {
  const [, name, inBraces = '', figure = '', time] = LINE.exec(line) ?? [];
  const labels = parseLabels(inBraces);
  const value = parseFigure(figure);
  if (name === undefined || labels === undefined || value === undefined) return undefined;
  const isCounter = counters.has(name) || name.endsWith('_total');
  return { name, labels, value, isCounter, ...(time !== undefined && { timeMs: Number(time) }) };
}

function parseFigure(text: string): number | undefined {
  if (/^[+-]?Inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^NaN$/i.test(text)) return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function parseLabels(text: string): Readonly<Record<string, string>> | undefined {
  const labels: [string, string][] = [];
  let at = 0;
  while (at < text.trimEnd().length) {
    LABEL.lastIndex = at;
    const match = LABEL.exec(text);
    if (match === null) return undefined;
    labels.push([match[1]!, match[2]!.replace(/\\[n"\\]/g, (pair) => ESCAPES[pair]!)]);
    at = LABEL.lastIndex;
  }
  return Object.fromEntries(labels);
}
