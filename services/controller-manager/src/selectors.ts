/** Selectors of cached objects, compiled once: the objects never change, so the selector is the key. */
import {
  selectorFromLabelSelector,
  selectorFromLabels,
  type LabelSelector,
  type Selector,
} from '@drydock/api';

const compiled = new WeakMap<object, Selector>();

function compile<T extends object>(source: T, make: (source: T) => Selector): Selector {
  let selector = compiled.get(source);
  if (selector === undefined) compiled.set(source, (selector = make(source)));
  return selector;
}

export function compileLabelSelector(selector: LabelSelector): Selector {
  return compile(selector, selectorFromLabelSelector);
}

/** A selector of plain labels, as Services have it. */
export function compileLabels(labels: Readonly<Record<string, string>>): Selector {
  return compile(labels, selectorFromLabels);
}
