/** Sets of indexes of an Indexed Job, written as `1,3-5,7`: sorted, and below its completions. */

interface Interval {
  readonly first: number;
  readonly last: number;
}

class IndexesError extends Error {}

function parseIndex(text: string, completions: number): number {
  if (!/^[-+]?\d+$/.test(text)) {
    throw new IndexesError(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
  }
  const index = Number(text);
  if (index >= completions) throw new IndexesError(`too large index: ${JSON.stringify(text)}`);
  return index;
}

const orderError = (previous: number, current: number) =>
  new IndexesError(`non-increasing order, previous: ${previous}, current: ${current}`);

function parseInterval(text: string, completions: number): Interval {
  const [low = '', high, ...more] = text.split('-');
  if (more.length > 0) {
    const rule =
      "violates the requirement that an index interval can have at most two parts separated by '-'";
    throw new IndexesError(`the fragment ${JSON.stringify(text)} ${rule}`);
  }
  const first = parseIndex(low, completions);
  if (high === undefined) return { first, last: first };
  const last = parseIndex(high, completions);
  if (first >= last) throw orderError(first, last);
  return { first, last };
}

function parseIntervals(text: string, completions: number): Interval[] {
  if (text === '') return [];
  const intervals: Interval[] = [];
  for (const fragment of text.split(',')) {
    const interval = parseInterval(fragment, completions);
    const previous = intervals.at(-1);
    if (previous !== undefined && previous.last >= interval.first) {
      throw orderError(previous.last, interval.first);
    }
    intervals.push(interval);
  }
  return intervals;
}

export type ParsedIndexes = { readonly count: number } | { readonly problem: string };

/** How many indexes there are, or why the text says none. */
export function countIndexes(text: string, completions: number): ParsedIndexes {
  try {
    const intervals = parseIntervals(text, completions);
    return { count: intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0) };
  } catch (error) {
    if (error instanceof IndexesError) return { problem: error.message };
    throw error;
  }
}

/** The intervals that can be read; what else is wrong is told of the format. */
function readableIntervals(text: string, completions: number): Interval[] {
  return text.split(',').flatMap((fragment) => {
    try {
      return [parseInterval(fragment, completions)];
    } catch (error) {
      if (error instanceof IndexesError) return [];
      throw error;
    }
  });
}

/** The first index that two sorted sets share. */
export function sharedIndex(left: string, right: string, completions: number): number | undefined {
  const [lefts, rights] = [left, right].map((text) => readableIntervals(text, completions));
  let [leftAt, rightAt] = [0, 0];
  for (;;) {
    const [one, other] = [lefts![leftAt], rights![rightAt]];
    if (one === undefined || other === undefined) return undefined;
    if (one.first <= other.last && other.first <= one.last) return Math.max(one.first, other.first);
    if (one.first <= other.first) leftAt += 1;
    else rightAt += 1;
  }
}
