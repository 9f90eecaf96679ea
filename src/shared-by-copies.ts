import { Injectable } from '@nestjs/common';

/** The version in package.json: copies of another one have classes of their own. */
export const VERSION = '0.9.0';

const CLASSES = Symbol.for('nest-sessions:classes');

/** On Nest itself: whoever has a Nest of their own, as each test file of Jest, has classes of their own. */
const nest = Injectable as { [CLASSES]?: Map<string, unknown> };

/**
 * Makes a class one and the same in all copies of this version that work with one Nest. In one process there may be two,
 * the ESM build and the CommonJS build. For classes that are injection tokens, entities, or what `instanceof` and `@Catch()`
 * go by; not for one that an application may have Nest construct, since any decorator makes Nest look at its parameters.
 */
export function SharedByCopies(name: string): ClassDecorator {
  return <T>(own: T): T => {
    const classes = (nest[CLASSES] ??= new Map<string, unknown>());
    const id = `${name} ${VERSION}`;
    if (!classes.has(id)) classes.set(id, own);
    return classes.get(id) as T;
  };
}
