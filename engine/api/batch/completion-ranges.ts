/** Indexes from the first to the last, both included. */
export type IndexRange = readonly [first: number, last: number];

/**
 * Reads indexes as a success rule lists them: `0,2-4`, in increasing order and below `completions`.
 *
 * @throws Error in the words of kubernetes/kubernetes pkg/apis/batch/validation (validateIndexesFormat).
 */
export function completionRanges(text: string, completions: number): IndexRange[] {
  if (text === '') return [];
  const ranges: IndexRange[] = [];
  for (const fragment of text.split(',')) {
    const range = readRange(fragment, completions);
    const previous = ranges.at(-1)?.[1];
    if (previous !== undefined && previous >= range[0]) throw outOfOrder(previous, range[0]);
    ranges.push(range);
  }
  return ranges;
}

function readRange(fragment: string, completions: number): IndexRange {
  const limits = fragment.split('-');
  if (limits.length > 2) {
    const rule = "an index interval can have at most two parts separated by '-'";
    throw new Error(`the fragment ${JSON.stringify(fragment)} violates the requirement that ${rule}`);
  }
  const [first, last = first] = limits.map((limit) => {
    if (!/^[0-9]{1,10}$/.test(limit)) {
      throw new Error(`cannot convert string to integer for index: ${JSON.stringify(limit)}`);
    }
    if (Number(limit) >= completions) throw new Error(`too large index: ${JSON.stringify(limit)}`);
    return Number(limit);
  }) as [number, number?];
  if (limits.length === 2 && first >= last) throw outOfOrder(first, last);
  return [first, last];
}

function outOfOrder(previous: number, current: number): Error {
  return new Error(`non-increasing order, previous: ${previous}, current: ${current}`);
}
