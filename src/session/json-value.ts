import { SessionValueError } from '../errors/index.js';

/**
 * Throws {@link SessionValueError}, naming the key and the path, unless JSON gives `value` back as it is. Accepted are
 * null, booleans, finite numbers, strings, arrays and plain objects of these.
 */
export function assertJsonValue(key: string, value: unknown): void {
  check(key, value, key, []);
}

function check(key: string, value: unknown, path: string, ancestors: object[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(key, path, String(value), 'Store null or a string in its place.');
      return;
    case 'object':
      if (value !== null) checkObject(key, value, path, ancestors);
      return;
    case 'undefined':
      refuse(key, path, 'undefined', 'Leave it out, store null, or delete the key.');
      break;
    case 'bigint':
      refuse(key, path, 'a BigInt', 'Store it as a string.');
      break;
    default:
      refuse(key, path, `a ${typeof value}`, 'Store plain data only.');
  }
}

function checkObject(key: string, value: object, path: string, ancestors: object[]): void {
  if (ancestors.includes(value)) refuse(key, path, 'an object that contains itself', 'Store a copy without the cycle.');
  ancestors.push(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) check(key, value[index], `${path}[${index}]`, ancestors);
  } else {
    if (!isPlain(value)) refuse(key, path, describeInstance(value), cureFor(value));
    for (const name of Object.keys(value)) {
      check(key, (value as Record<string, unknown>)[name], `${path}.${name}`, ancestors);
    }
  }
  ancestors.pop();
}

/** Also true for objects of another realm, whose Object.prototype is not ours. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describeInstance(value: object): string {
  const name = value.constructor?.name;
  return name ? `a ${name}` : 'a class instance';
}

function cureFor(value: object): string {
  if (value instanceof Date) return 'Store date.toISOString() or date.getTime().';
  if (value instanceof Map) return 'Store Object.fromEntries(map) or [...map].';
  if (value instanceof Set) return 'Store [...set].';
  if (value instanceof Promise) return 'Await it first.';
  return 'Store a plain object, e.g. { ...instance }.';
}

function refuse(key: string, path: string, what: string, cure: string): never {
  throw new SessionValueError(
    `The session value "${key}" holds ${what} at ${path}, which JSON would change or drop. ${cure}`,
  );
}
