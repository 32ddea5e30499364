/** A binary heap: the least element first, with removal of what is no longer wanted left to the user. */

export interface Heap<T> {
  readonly size: number;
  push(value: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

export function createHeap<T>(isBefore: (left: T, right: T) => boolean): Heap<T> {
  const values: T[] = [];

  const rise = (from: number) => {
    const value = values[from]!;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(value, values[parent]!)) break;
      values[index] = values[parent]!;
      index = parent;
    }
    values[index] = value;
  };
  const sink = () => {
    const value = values[0]!;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= values.length) break;
      if (child + 1 < values.length && isBefore(values[child + 1]!, values[child]!)) child++;
      if (!isBefore(values[child]!, value)) break;
      values[index] = values[child]!;
      index = child;
    }
    values[index] = value;
  };

  return {
    get size() {
      return values.length;
    },
    push: (value) => {
      values.push(value);
      rise(values.length - 1);
    },
    peek: () => values[0],
    pop: () => {
      const first = values[0];
      const last = values.pop();
      if (values.length > 0) {
        values[0] = last!;
        sink();
      }
      return first;
    },
  };
}
