import type { ServerResponse } from 'node:http';

/** Adds a name to `Vary` unless it is there, as Django's `patch_vary_headers` does. */
export function addVary(response: ServerResponse, name: string): void {
  const present = response.getHeader('vary');
  const names = present === undefined ? [] : String(present).split(/\s*,\s*/);
  if (names.includes('*')) response.setHeader('Vary', '*');
  else if (!names.some((other) => other.toLowerCase() === name.toLowerCase())) {
    response.setHeader('Vary', [...names.filter(Boolean), name].join(', '));
  }
}
