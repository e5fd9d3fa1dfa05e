/** A function that answers once for each object, and keeps the answer for as long as the object lives. */
export const once = <K extends object, V>(work: (key: K) => V): ((key: K) => V) => answering(new WeakMap(), work, key => key);

/** A function that answers once for each key, and keeps all answers for as long as it lives itself. */
export const remembered = <A, V>(work: (asked: A) => V, keyOf: (asked: A) => string | number | A = asked => asked): ((asked: A) => V) =>
  answering(new Map<string | number | A, { readonly value: V }>(), work, keyOf);

interface Answers<K, V> {
  get(key: K): { readonly value: V } | undefined;
  set(key: K, answer: { readonly value: V }): void;
}

function answering<A, K, V>(known: Answers<K, V>, work: (asked: A) => V, keyOf: (asked: A) => K): (asked: A) => V {
  return asked => {
    const key = keyOf(asked);
    const found = known.get(key) ?? { value: work(asked) };
    known.set(key, found);
    return found.value;
  };
}
