/** Gives an object properties that are worked out at each use, and returns what makes it as it was before. */
export function overlay(target: object, getters: Readonly<Record<string, () => unknown>>): () => void {
  const before = Object.keys(getters).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const);
  for (const [name, get] of Object.entries(getters)) Object.defineProperty(target, name, { get, configurable: true });
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(target, name, descriptor);
      else Reflect.deleteProperty(target, name);
    }
  };
}
